"""02-3: settings of an autoscaler within a budget of late requests and of money."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.cloud.demand import Pattern, demand
from models.cloud.elasticity import elasticity
from models.cloud.scaling import Scaler
from models.grading.code import Case, mark_code
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter

ALLOWED = ("policy", "target", "cooldown", "minimum", "maximum")
RATE, SERVICE, SECONDS = 4.0, 1.0, 1_800.0
RUNS = 4


@dataclass(frozen=True)
class Given(Parameters):
    """The budgets."""

    late: int = parameter(14, unit="%", low=1, high=50, label="May wait longer than a second")
    bill: float = parameter(
        0.79, unit="$", low=0.1, high=2.0, step=0.01, label="Bill of half an hour at most"
    )


def draw(rng: np.random.Generator) -> Given:
    """A budget of waiting that can be met; no fixed fleet meets both."""
    return Given(late=int(rng.integers(13, 16)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        "A service gets 4 requests a second, each of one second's work on average. After ten "
        "minutes a crowd comes: up to four times as many requests for about two minutes. "
        "A server takes 5 or 30 s to boot and costs $0.10 an hour.\n"
        "Write settings(boot), which returns the autoscaler's settings as a dictionary, such as "
        "{'policy': 'target', 'target': 0.6, 'minimum': 2, 'maximum': 40, 'cooldown': 120}. The "
        "policies are target, step, scheduled, predictive and fixed.\n"
        f"On every crowd at most {given.late} % of the requests may wait longer than a second, and "
        f"the half hour may cost at most ${given.bill:.2f}. (Twenty servers all the time: $1.00.) "
        "The check draws crowds that nobody has seen."
    )


@dataclass(frozen=True)
class Crowd:
    """A flash crowd drawn at grading time."""

    given: Given
    boot: float
    peak: float
    burst: float
    seed: int


def cases(given: Given, rng: np.random.Generator) -> Iterator[Case]:
    """Crowds from small to large, each met with fast and with slow servers."""
    for peak, boot in ((2.0, 30.0), (4.0, 5.0), (4.0, 30.0)):
        burst, seed = float(10 * rng.integers(11, 13)), int(rng.integers(0, 2**31))
        crowd = Crowd(given, boot, peak, burst, seed)
        shown = f"a crowd of {peak:g} times the base for {burst:g} s, boot {boot:g} s"
        yield Case((boot,), shown, crowd)


def complaint(case: Case, settings: Any) -> str:
    """Whether the settings stay within both budgets on this crowd."""
    crowd: Crowd = case.about
    try:
        scaler = scaler_of(settings, crowd)
    except (TypeError, ValueError) as error:
        return f"these are no settings: {error}."
    pattern = Pattern(rate=RATE, peak=crowd.peak, burst=crowd.burst, seconds=SECONDS)
    run = elasticity(scaler, demand(pattern))
    late, bill = 100 * float(run.late.mean()), float(run.bill.mean())
    if late > crowd.given.late:
        return f"{late:.0f} % of the requests wait too long; {crowd.given.late} % may."
    if bill > crowd.given.bill:
        return f"the bill is ${bill:.2f}; ${crowd.given.bill:.2f} are allowed."
    return ""


def scaler_of(settings: Any, crowd: Crowd) -> Scaler:
    """The scaler of a reader's settings.

    Raises
    ------
    TypeError, ValueError
        For what is no dictionary of allowed settings.
    """
    if not isinstance(settings, dict):
        raise TypeError(f"{settings!r} is not a dictionary")
    for name in settings:
        if name not in ALLOWED:
            raise ValueError(f"{name!r} is unknown; allowed: {', '.join(ALLOWED)}")
    return Scaler(
        boot=crowd.boot,
        service=SERVICE,
        objective=1.0,
        price=0.10,
        replications=RUNS,
        seed=crowd.seed,
        **settings,
    )


STUB = """\
task = exercise("02-3")

def settings(boot):
    return TODO

task.check(settings)
"""


def _answer(settings: str) -> str:
    return STUB.replace("TODO", settings)


EXERCISE = Exercise(
    id="02-3",
    title="Tune an autoscaler",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=_answer('{"policy": "predictive", "target": 0.5, "minimum": 10}'),
    mark=mark_code(cases, complaint, "Within both budgets on"),
    planted=(
        Planted(
            "constant", _answer('{"policy": "fixed", "minimum": 20, "maximum": 20}'), "the bill is"
        ),
        Planted(
            "off by one",  # one server fewer than the largest crowd keeps busy
            _answer('{"policy": "predictive", "target": 0.5, "minimum": 10, "maximum": 15}'),
            "a crowd of 4 times the base",
        ),
        Planted(
            "memoriser",  # just right for a crowd of twice the base, the one to try it on
            _answer('{"policy": "fixed", "minimum": 10, "maximum": 10}'),
            "a crowd of 4 times the base",
        ),
    ),
)
