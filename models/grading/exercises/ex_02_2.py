"""02-2: what rounding up to the hour adds to a bill."""

from dataclasses import dataclass

import numpy as np

from models.cloud.metering.bill import GRANULARITY, round_up
from models.cloud.metering.rounding import mean_factor
from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter

HOUR = 60  # minutes


@dataclass(frozen=True)
class Given(Parameters):
    """What the reader is told."""

    ran: int = parameter(61, unit="min", low=1, high=600, label="One machine ran for")
    life: int = parameter(40, unit="min", low=5, high=600, label="Mean lifetime in the fleet")


def draw(rng: np.random.Generator) -> Given:
    """A machine just over an hour or two, and a fleet that rounding hurts."""
    return Given(
        ran=60 * int(rng.integers(1, 4)) + int(rng.integers(1, 16)),
        life=5 * int(rng.integers(3, 25)),
    )


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A machine ran for {given.ran} minutes and is billed by the started hour. How many times "
        "its use is the bill (one)?\n"
        f"A fleet's machines live for {given.life} minutes on average, exponentially distributed. "
        "How many times their use are all bills together (fleet)?"
    )


def one(given: Given) -> float:
    """The bill's own rounding, of one machine."""
    seconds = np.array([60 * given.ran])
    return float(round_up(seconds, GRANULARITY["hour"])[0] / seconds[0])


def fleet(given: Given) -> float:
    """The model's closed form."""
    return mean_factor(given.life, HOUR)


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    hours = -(-given.ran // HOUR)
    units = HOUR / given.life
    return (
        f"{given.ran} minutes begin {hours} hours: {hours * HOUR} / {given.ran} = "
        f"{one(given):.4g}.\n"
        f"A machine's hour k is billed if it still lives when that hour begins: with probability "
        f"exp(-k * 60 / {given.life}) = {np.exp(-units):.4g}^k.\n"
        f"These add up to 1 / (1 - {np.exp(-units):.4g}) = {1 / (1 - np.exp(-units)):.4g} hours a "
        f"machine, for {given.life} minutes of use: {fleet(given):.4g}."
    )


ONE = Quantity(
    "one",
    "times the use",
    one,
    slips=(
        Slip(lambda g: 100 * one(g), "this is in per cent; give a factor.", "unit"),
        Slip(lambda g: one(g) - 1, "this is what is added; give the bill over the use."),
        Slip(lambda g: 1 / one(g), "this is the use over the bill; give the bill over the use."),
        Slip(
            lambda g: (-(-g.ran // HOUR) - 1) * HOUR / g.ran,
            "this leaves out the hour that was begun last.",
        ),
    ),
)
FLEET = Quantity(
    "fleet",
    "times the use",
    fleet,
    slips=(
        Slip(lambda g: 100 * fleet(g), "this is in per cent; give a factor.", "unit"),
        Slip(
            lambda g: (g.life + HOUR / 2) / g.life,
            "this adds half an hour to each machine. The last hour is half used on average only "
            "where lifetimes are much longer than an hour.",
        ),
        Slip(
            lambda g: -(-g.life // HOUR) * HOUR / g.life,
            "this rounds up the mean. Each machine is rounded up, and then the mean is taken.",
        ),
    ),
)

STUB = """\
task = exercise("02-2")
one = TODO  # times the use
fleet = TODO  # times the use
task.check(one, fleet)
"""

# Written apart from models.cloud.metering: hour by hour, until nobody is left.
SOLUTION = """\
task = exercise("02-2")
from math import ceil, exp
g = task.given
one = ceil(g.ran / 60) * 60 / g.ran
hours = sum(exp(-k * 60 / g.life) for k in range(10_000))
fleet = hours * 60 / g.life
task.check(one, fleet)
"""

EXERCISE = Exercise(
    id="02-2",
    title="A started hour",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((ONE, FLEET), steps, Given()),
    planted=(
        Planted(
            "constant",
            STUB.replace("one = TODO", "one = 5.0").replace("fleet = TODO", "fleet = 5.0"),
            "one: 5 times the use is too large",
        ),
        Planted(
            "off by one",
            SOLUTION.replace("ceil(g.ran / 60) * 60", "(g.ran // 60) * 60"),
            "leaves out the hour that was begun last",
        ),
        Planted(
            "memoriser",
            STUB.replace("one = TODO", "one = 1.967").replace("fleet = TODO", "fleet = 1.931"),
            "right for the printed numbers, but not for yours",
        ),
    ),
)
