"""03-1: own up to which quantile of demand, and how many servers that is."""

from dataclasses import dataclass

import numpy as np

from models.cloud.deployment.burst import Prices, plan_of
from models.cloud.deployment.load import Load
from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter

DAY = 24
APART = 0.02


@dataclass(frozen=True)
class Given(Parameters):
    """What the reader is told."""

    own: float = parameter(
        0.4, unit="$/h", low=0.1, high=2.0, step=0.05, label="Own server, used or not"
    )
    public: float = parameter(
        1.0, unit="$/h", low=0.1, high=5.0, step=0.1, label="Rented server, when used"
    )
    night: int = parameter(20, unit="servers", low=1, high=500, label="Wanted at least")
    day: int = parameter(60, unit="servers", low=2, high=500, label="Wanted by day")
    peak: int = parameter(100, unit="servers", low=3, high=500, label="Wanted at the peak")
    day_hours: int = parameter(8, unit="h", low=1, high=20, label="Day, without the peak")
    peak_hours: int = parameter(4, unit="h", low=1, high=20, label="Peak")

    def load(self) -> Load:
        """One day, by the hour."""
        night = DAY - self.day_hours - self.peak_hours
        hours = [self.night] * night + [self.day] * self.day_hours + [self.peak] * self.peak_hours
        return Load(np.array(hours, float), 1.0)


def draw(rng: np.random.Generator) -> Given:
    """Prices whose ratio lies apart from the share of the day in which more than `night` is wanted.

    At that share itself every number of servers between both levels would be the cheapest.
    """
    while True:
        given = _drawn(rng)
        busy = (given.day_hours + given.peak_hours) / DAY
        if abs(given.own / given.public - busy) > APART:
            return given


def _drawn(rng: np.random.Generator) -> Given:
    night = int(5 * rng.integers(2, 9))
    day = night + int(5 * rng.integers(4, 11))
    return Given(
        own=round(0.3 + 0.05 * int(rng.integers(0, 5)), 2),
        public=round(0.8 + 0.1 * int(rng.integers(0, 8)), 1),
        night=night,
        day=day,
        peak=day + int(5 * rng.integers(4, 11)),
        day_hours=int(rng.integers(7, 9)),
        peak_hours=int(rng.integers(2, 4)),
    )


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"Every day a service keeps {given.peak} servers busy for {given.peak_hours} h, "
        f"{given.day} for another {given.day_hours} h, and {given.night} for the rest of the 24. "
        f"An own server costs ${given.own:.2f} an hour, used or not; "
        f"a rented one ${given.public:.2f} in each hour in which it is used, and nothing has to be "
        "ported.\n"
        "Up to which quantile of demand (a share from 0 to 1) is owning the cheaper, and how many "
        "servers should be owned?"
    )


def quantile(given: Given) -> float:
    """The share of time in which demand is at most the own servers of the cheapest plan."""
    return 1 - given.own / given.public


def owned(given: Given) -> float:
    """By trying every number of own servers."""
    prices = Prices(own=given.own, public=given.public)
    return plan_of(given.load(), prices, 0.0, np.arange(given.peak + 1.0)).best


def _next_level(given: Given) -> float:
    """The level above the right one."""
    levels = [given.night, given.day, given.peak]
    return float(levels[min(levels.index(int(owned(given))) + 1, 2)])


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    busy = (given.day_hours + given.peak_hours) / DAY
    return (
        f"An own server must be busy for {given.own:g}/{given.public:g} = "
        f"{given.own / given.public:.3g} of the time; the rest is the quantile, "
        f"{quantile(given):.3g}.\n"
        f"The first {given.night} servers are busy always, those up to {given.day} for {busy:.3g} "
        f"of the day, those up to {given.peak} for {given.peak_hours / DAY:.3g}.\n"
        f"Own every server that is busy enough: {owned(given):g}."
    )


QUANTILE = Quantity(
    "quantile",
    "",
    quantile,
    slips=(
        Slip(lambda g: 100 * quantile(g), "this is in per cent; give a share.", "unit"),
        Slip(
            lambda g: g.own / g.public,
            "for this share of the time a server has to be busy. The quantile is the share of time "
            "in which demand is no higher, so it is the rest.",
        ),
    ),
)
SERVERS = Quantity(
    "servers",
    "servers",
    owned,
    slips=(
        Slip(lambda g: quantile(g) * g.peak, "a quantile is a share of time, not of the servers."),
        Slip(lambda g: g.load().mean, "the mean says nothing about a single server."),
        Slip(_next_level, "servers of this level are not busy for enough of the day."),
    ),
)

STUB = """\
task = exercise("03-1")
quantile = TODO  # a share of the time, 0 to 1
servers = TODO  # to own
task.check(quantile, servers)
"""

# Server by server: each is busy in the hours in which more than those before it are wanted.
SOLUTION = """\
task = exercise("03-1")
g = task.given
hours = {g.night: 24, g.day: g.day_hours + g.peak_hours, g.peak: g.peak_hours}
busy_enough = g.own / g.public
quantile = 1 - busy_enough
servers = max(level for level, busy in hours.items() if busy / 24 >= busy_enough)
task.check(quantile, servers)
"""

EXERCISE = Exercise(
    id="03-1",
    title="Up to which quantile?",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((QUANTILE, SERVERS), steps, Given()),
    planted=(
        Planted(
            "constant",
            STUB.replace("quantile = TODO", "quantile = 0.01").replace(
                "servers = TODO", "servers = 1"
            ),
            "quantile: 0.01 is too small",
        ),
        Planted(
            "off by one",  # the level above
            SOLUTION.replace(
                "task.check(q", "servers = min(n for n in hours if n > servers)\ntask.check(q"
            ),
            "not busy for enough of the day",
        ),
        Planted(
            "memoriser",
            STUB.replace("quantile = TODO", "quantile = 0.6").replace(
                "servers = TODO", "servers = 60"
            ),
            "right for the printed numbers, but not for yours",
        ),
    ),
)
