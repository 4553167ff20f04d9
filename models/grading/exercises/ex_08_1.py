"""08-1: what a rate of exits takes of a core, and which rate takes a tenth."""

from dataclasses import dataclass

import numpy as np

from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter
from models.performance.costs import ExitBudget, budget


@dataclass(frozen=True)
class Given(Parameters):
    """What the reader is told."""

    exits: int = parameter(20_000, unit="exits/s", low=100, high=1_000_000, label="Exits")
    cycles: int = parameter(1_500, unit="cycles", low=500, high=20_000, label="One exit in all")
    gigahertz: float = parameter(3.0, unit="GHz", low=1.0, high=5.0, step=0.1, label="Clock")
    allowed: int = parameter(10, unit="%", low=2, high=50, label="Share of the core allowed")


def draw(rng: np.random.Generator) -> Given:
    """Another guest on another core."""
    return Given(
        exits=1_000 * int(rng.integers(5, 60)),
        cycles=100 * int(rng.integers(10, 80)),
        gigahertz=round(2.0 + 0.1 * int(rng.integers(0, 25)), 1),
        allowed=int(rng.integers(4, 31)),
    )


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A guest leaves for its hypervisor {given.exits:,} times a second, and each time takes "
        f"{given.cycles:,} cycles in all, on a core of {given.gigahertz:g} GHz. Which share of the "
        "core's cycles is that, in per cent?\n"
        f"At which rate of exits would the share be {given.allowed} %?\n"
        "And by how many per cent does the guest's own work take longer then?"
    )


def share(given: Given) -> float:
    """Per cent of the core."""
    return 100 * budget(ExitBudget(given.exits, given.cycles, given.gigahertz)).share


def rate(given: Given) -> float:
    """Exits a second at which the allowed share is reached, from the share that one rate takes."""
    return given.exits * given.allowed / share(given)


def longer(given: Given) -> float:
    """Per cent of added time at that rate."""
    taken = ExitBudget(round(rate(given)), given.cycles, given.gigahertz)
    return 100 * (budget(taken).slowdown - 1)


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    return (
        f"{given.exits:,} exits x {given.cycles:,} cycles = {given.exits * given.cycles:,} cycles "
        f"a second.\nThe core has {given.gigahertz * 1e9:,.0f} of them, so the share is "
        f"{share(given):.3g} %.\nThe share grows with the rate: {given.exits:,} x {given.allowed} "
        f"/ {share(given):.3g} = {rate(given):,.0f} exits a second.\nOf every 100 cycles "
        f"{100 - given.allowed} are left to the guest, which takes 100 / {100 - given.allowed} of "
        f"its time: {longer(given):.3g} % longer."
    )


SHARE = Quantity(
    "share",
    "%",
    share,
    slips=(
        Slip(
            lambda g: share(g) / 100, "this is a fraction; the question asks for per cent.", "unit"
        ),
        Slip(lambda g: share(g) * 1000, "a GHz is a thousand million cycles a second.", "unit"),
    ),
)
RATE = Quantity("rate", "exits/s", rate)
LONGER = Quantity(
    "longer",
    "%",
    longer,
    slips=(
        Slip(
            lambda g: g.allowed,
            "this is the share of the core. What is left to the guest is smaller than the whole, "
            "so its work takes longer than that by more.",
        ),
    ),
)

STUB = """\
task = exercise("08-1")
share = TODO  # per cent of the core
rate = TODO  # exits a second at the allowed share
longer = TODO  # per cent that the guest's work takes longer then
task.check(share, rate, longer)
"""

SOLUTION = """\
task = exercise("08-1")
g = task.given
core = g.gigahertz * 1e9
share = 100 * g.exits * g.cycles / core
rate = g.allowed / 100 * core / g.cycles
longer = 100 * (100 / (100 - g.allowed) - 1)
task.check(share, rate, longer)
"""

EXERCISE = Exercise(
    id="08-1",
    title="An exit budget",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((SHARE, RATE, LONGER), steps, Given()),
    planted=(
        Planted(
            "constant",
            STUB.replace("share = TODO", "share = 50")
            .replace("rate = TODO", "rate = 50")
            .replace("longer = TODO", "longer = 50"),
            "share: 50 % is too large",
        ),
        Planted(
            "off by one",  # one minus too few: the share taken for the delay
            SOLUTION.replace("100 * (100 / (100 - g.allowed) - 1)", "g.allowed"),
            "this is the share of the core",
        ),
        Planted(
            "memoriser",
            SOLUTION.replace("task.check", "rate = 200000\ntask.check"),
            "right for the printed numbers, but not for yours",
        ),
    ),
)
