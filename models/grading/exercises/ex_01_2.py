"""01-2: Amdahl's law, on some machines and on as many as one likes."""

from dataclasses import dataclass

import numpy as np

from models.cloud.scatter_gather import Job, scatter_gather
from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter

ENOUGH = 100_000  # machines: within 0.2 % of the limit for every number drawn


@dataclass(frozen=True)
class Given(Parameters):
    """What the reader is told."""

    parallel: int = parameter(95, unit="%", low=50, high=99, label="Part that can be cut")
    machines: int = parameter(20, unit="machines", low=2, high=1_000, label="Machines")


def draw(rng: np.random.Generator) -> Given:
    """A job that is far from its limit on its machines."""
    return Given(parallel=int(rng.integers(85, 99)), machines=int(rng.integers(8, 30)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"Of a job, {given.parallel} % can be cut into equal tasks; the rest has to be done first, "
        "by one machine. Handing out costs nothing, and no machine is slow.\n"
        f"How many times faster than on one machine is the whole job on {given.machines} machines, "
        "with a task for each (speedup)? And what is the limit for more and more machines (limit)?"
    )


def speedup(given: Given, machines: int | None = None) -> float:
    """The model's answer, as many tasks as machines."""
    count = given.machines if machines is None else machines
    serial = 1 - given.parallel / 100
    job = Job(tasks=count, machines=count, serial=serial, overhead=0.0)
    return scatter_gather(job).speedup


def limit(given: Given) -> float:
    """The same on so many machines that more hardly matter."""
    return speedup(given, ENOUGH)


def _sequential(given: Given) -> float:
    return 1 - given.parallel / 100


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    s, p = _sequential(given), given.parallel / 100
    return (
        f"Let the job take 1 on one machine. {s:.2g} of it stays; the other {p:.2g} takes "
        f"{p:.2g}/{given.machines} = {p / given.machines:.4g}.\n"
        f"Together {s + p / given.machines:.4g}: 1/{s + p / given.machines:.4g} = "
        f"{speedup(given):.4g} times faster.\n"
        f"With ever more machines the second part vanishes and {s:.2g} stays: 1/{s:.2g} = "
        f"{1 / s:.4g} times."
    )


SPEEDUP = Quantity(
    "speedup",
    "times",
    speedup,
    tolerance=0.002,
    slips=(
        Slip(
            lambda g: g.machines * g.parallel / 100,
            "this leaves out the part that one machine does alone, while all others wait.",
        ),
        Slip(
            lambda g: _sequential(g) + g.machines * g.parallel / 100,
            "this is Gustafson's law, where the job grows with the machines; here the job stays.",
        ),
        Slip(
            lambda g: 1 / speedup(g), "this is the time that is left; give how many times faster."
        ),
        Slip(
            lambda g: speedup(g, g.machines + 1),
            "this is one machine more than there are.",
        ),
    ),
)
LIMIT = Quantity(
    "limit",
    "times",
    limit,
    tolerance=0.003,
    slips=(
        Slip(
            lambda g: g.machines,
            "more machines than these are allowed, and still the first part takes its time.",
        ),
        Slip(
            lambda g: 100 / g.parallel,
            "this is what would be gained if the parallel part were all that is left; it vanishes.",
        ),
    ),
)

STUB = """\
task = exercise("01-2")
speedup = TODO  # times faster, on the machines given
limit = TODO  # times faster, on as many machines as you like
task.check(speedup, limit)
"""

# Written apart from models.cloud: the two parts of the job, in parts of its whole time.
SOLUTION = """\
task = exercise("01-2")
g = task.given
alone, together = (100 - g.parallel) / 100, g.parallel / 100
speedup = 1 / (alone + together / g.machines)
limit = 1 / alone
task.check(speedup, limit)
"""

EXERCISE = Exercise(
    id="01-2",
    title="The part that cannot be cut",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((SPEEDUP, LIMIT), steps, Given()),
    planted=(
        Planted(
            "constant",
            STUB.replace("speedup = TODO", "speedup = 2").replace("limit = TODO", "limit = 2"),
            "speedup: 2 times is too small",
        ),
        Planted(
            "off by one",
            SOLUTION.replace("together / g.machines", "together / (g.machines + 1)"),
            "one machine more than there are",
        ),
        Planted(
            "memoriser",
            STUB.replace("speedup = TODO", "speedup = 10.256").replace(
                "limit = TODO", "limit = 20"
            ),
            "right for the printed numbers, but not for yours",
        ),
        Planted(
            "no serial part",
            SOLUTION.replace("1 / (alone + together / g.machines)", "together * g.machines"),
            "while all others wait",
        ),
    ),
)
