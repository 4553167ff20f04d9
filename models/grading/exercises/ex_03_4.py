"""03-4: what bursting saves, and the porting time from which on it saves nothing."""

from dataclasses import dataclass

import numpy as np

from models.cloud.deployment.burst import Prices, plan_of
from models.cloud.deployment.load import Load
from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter

DAY, DAYS = 24, 7
BASE, TOP = 20.0, 100.0  # servers wanted always, and in the burst


@dataclass(frozen=True)
class Given(Parameters):
    """What the reader is told."""

    own: float = parameter(
        0.4, unit="$/h", low=0.1, high=2.0, step=0.05, label="Own server, used or not"
    )
    public: float = parameter(
        1.0, unit="$/h", low=0.1, high=5.0, step=0.1, label="Rented server, from its order on"
    )
    missing: float = parameter(
        2.0, unit="$/h", low=0.1, high=20.0, step=0.5, label="Loss by a missing server"
    )
    burst: int = parameter(6, unit="h", low=2, high=12, label="Burst of every day")

    def check(self) -> None:
        """Bursting saves something when nothing has to be ported, and nothing after its end."""
        if self.public * self.burst >= self.own * DAY:
            raise ValueError(
                f"burst: {self.burst} h of rent cost more than owning all day; allowed: less than "
                f"{self.own * DAY / self.public:.3g} h"
            )
        if self.missing * self.burst <= self.own * DAY - self.public * self.burst:
            raise ValueError(
                f"missing: ${self.missing:g} an hour never eats the saving in {self.burst} h; "
                "allowed: more"
            )


def draw(rng: np.random.Generator) -> Given:
    """A burst that is over before renting has cost as much as owning."""
    return Given(
        own=round(0.35 + 0.05 * int(rng.integers(0, 4)), 2),
        public=round(0.8 + 0.1 * int(rng.integers(0, 4)), 1),
        missing=float(3 + 0.5 * int(rng.integers(0, 7))),
        burst=int(rng.integers(4, 7)),
    )


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"Every day demand rises from 20 to 100 servers for {given.burst} h. An own server costs "
        f"${given.own:.2f} in every hour of the day. A rented one costs ${given.public:.2f} an "
        "hour from its order, when the burst begins, until the burst ends, but it is of use only "
        "after the porting time; until then the server is missing, which loses "
        f"${given.missing:.2f} an hour.\n"
        "How many dollars a day does renting one of the 80 servers save, against owning it, if "
        "nothing has to be ported? And how many hours may porting take before that is gone?"
    )


def plan_cost(given: Given, hours: float) -> float:
    """Dollars a day of one server above the base, by the planner, with so many hours of porting."""
    day = np.full(DAY, BASE)
    day[8 : 8 + given.burst] = TOP
    prices = Prices(own=given.own, public=given.public, missing=given.missing, porting=float(hours))
    got = plan_of(Load(np.tile(day, DAYS), 1.0), prices, BASE, np.array([BASE]))
    return DAY * float(got.hybrid.total[0] - given.own * BASE) / (TOP - BASE)


def saved(given: Given) -> float:
    """Dollars a day and server, nothing being ported."""
    return given.own * DAY - plan_cost(given, 0)


def gone(given: Given) -> float:
    """Hours of porting that cost as much: each hour costs the same, so one tells of all."""
    return saved(given) / (plan_cost(given, 1) - plan_cost(given, 0))


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    return (
        f"Owning: 24 x {given.own:g} = {24 * given.own:.4g} $ a day. Renting: {given.burst} x "
        f"{given.public:g} = {given.burst * given.public:.4g} $. Saved: {saved(given):.4g} $.\n"
        f"Each hour of porting loses {given.missing:g} $, and its rent is due all the same.\n"
        f"{saved(given):.4g} / {given.missing:g} = {gone(given):.4g} h."
    )


SAVED = Quantity(
    "saved",
    "$",
    saved,
    slips=(
        Slip(lambda g: 80 * saved(g), "this is for all 80; give it for one server.", "unit"),
        Slip(
            lambda g: (g.own - g.public) * g.burst,
            "an own server is paid for 24 hours a day, not only in the burst.",
        ),
    ),
)
GONE = Quantity(
    "hours",
    "h",
    gone,
    slips=(
        Slip(lambda g: 60 * gone(g), "this is in minutes; give hours.", "unit"),
        Slip(
            lambda g: float(g.burst),
            "that is when renting serves nothing at all; the saving is gone before.",
        ),
        Slip(
            lambda g: saved(g) / (g.missing - g.public),
            "the rent is due while the work is being ported, too.",
        ),
    ),
)

STUB = """\
task = exercise("03-4")
saved = TODO  # $ a day, for one server
hours = TODO  # of porting
task.check(saved, hours)
"""

SOLUTION = """\
task = exercise("03-4")
g = task.given
saved = 24 * g.own - g.burst * g.public
hours = saved / g.missing
task.check(saved, hours)
"""

EXERCISE = Exercise(
    id="03-4",
    title="How late may the second cloud come?",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((SAVED, GONE), steps, Given()),
    planted=(
        Planted(
            "constant",
            STUB.replace("saved = TODO", "saved = 0.01").replace("hours = TODO", "hours = 0.01"),
            "saved: 0.01 $ is too small",
        ),
        Planted(
            "off by one",
            SOLUTION.replace("saved / g.missing", "saved / (g.missing - g.public)"),
            "the rent is due while the work is being ported",
        ),
        Planted(
            "memoriser",
            STUB.replace("saved = TODO", "saved = 3.6").replace("hours = TODO", "hours = 1.8"),
            "right for the printed numbers, but not for yours",
        ),
    ),
)
