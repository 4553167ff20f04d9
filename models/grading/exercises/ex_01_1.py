"""01-1: the number of tasks that ends a job soonest, and when that is."""

from dataclasses import dataclass
from functools import cache
from math import isqrt

import numpy as np

from models.cloud.scatter_gather import Job, scatter_gather
from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter


@dataclass(frozen=True)
class Given(Parameters):
    """What the reader is told."""

    work: int = parameter(3_600, unit="s", low=100, high=40_000, label="Work in all")
    overhead: int = parameter(1, unit="s", low=1, high=5, label="To hand out one task")


def draw(rng: np.random.Generator) -> Given:
    """A job whose best number of tasks is a whole number."""
    overhead, tasks = int(rng.integers(1, 5)), int(rng.integers(20, 90))
    return Given(work=overhead * tasks**2, overhead=overhead)


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A job takes one machine {given.work:,} s. It is cut into equal tasks, with a machine for "
        f"each of them. The master hands out one task after another, {given.overhead} s each, and "
        "a machine begins when it has its task. No machine is slow, and results come back at "
        "once.\n"
        "Into how many tasks should the job be cut to be finished soonest, and how many seconds "
        "does it take then?"
    )


def _makespan(given: Given, tasks: int) -> float:
    """The model's answer to one cut, in s."""
    job = Job(work=float(given.work), overhead=float(given.overhead), tasks=tasks)
    return float(scatter_gather(job).makespan[0])


@cache
def best(given: Given) -> int:
    """Every cut tried, up to the one whose hand-outs alone take three times the best makespan."""
    most = 6 * isqrt(given.work // given.overhead)
    return min(range(1, most + 1), key=lambda tasks: _makespan(given, tasks))


def soonest(given: Given) -> float:
    """Makespan of the best cut, in s."""
    return _makespan(given, best(given))


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    g, n = given, best(given)
    return (
        f"With n tasks the last one is handed out after {g.overhead} n seconds, and then takes "
        f"{g.work:,}/n seconds.\n"
        f"One more task costs {g.overhead} s and saves about {g.work:,}/n^2 s. They are equal at "
        f"n^2 = {g.work:,}/{g.overhead}: n = {n}.\n"
        f"Then {g.overhead} x {n} + {g.work:,}/{n} = {soonest(g):g} s."
    )


TASKS = Quantity(
    "tasks",
    "tasks",
    best,
    tolerance=1e-6,  # a count is right or wrong
    slips=(
        Slip(
            lambda g: g.work / g.overhead,
            "this makes a task as short as its hand-out, and handing out takes as long as the "
            "whole work.",
        ),
        Slip(lambda g: best(g) + 1, "one too many: it costs more to hand out than it saves."),
        Slip(lambda g: best(g) - 1, "one too few: another one still saves more than it costs."),
        Slip(soonest, "this is the time of the best cut, in seconds; tasks are asked for.", "unit"),
    ),
)
SECONDS = Quantity(
    "seconds",
    "s",
    soonest,
    tolerance=0.001,
    slips=(
        Slip(lambda g: soonest(g) / 60, "this is in minutes; give seconds.", "unit"),
        Slip(
            lambda g: soonest(g) / 2,
            "this is the handing out alone; the last task has still to be done.",
        ),
        Slip(
            lambda g: g.overhead + g.work / best(g),
            "this hands out all tasks at once; the master does it one after another.",
        ),
    ),
)

STUB = """\
task = exercise("01-1")
tasks = TODO  # number of tasks that ends the job soonest
seconds = TODO  # from the beginning to the last result
task.check(tasks, seconds)
"""

# Written apart from models.cloud: one cut after another, while they get better.
SOLUTION = """\
task = exercise("01-1")
g = task.given
tasks = 1
while g.work / (tasks + 1) + g.overhead < g.work / tasks:
    tasks += 1
seconds = g.overhead * tasks + g.work / tasks
task.check(tasks, seconds)
"""

EXERCISE = Exercise(
    id="01-1",
    title="The best cut",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((TASKS, SECONDS), steps, Given()),
    planted=(
        Planted(
            "constant",
            STUB.replace("tasks = TODO", "tasks = 1000").replace("seconds = TODO", "seconds = 1"),
            "tasks: 1,000 tasks is too large",
        ),
        Planted(
            "off by one",
            SOLUTION.replace("seconds = ", "tasks += 1\nseconds = "),
            "one too many",
        ),
        Planted(
            "memoriser",
            STUB.replace("tasks = TODO", "tasks = 60").replace("seconds = TODO", "seconds = 120"),
            "right for the printed numbers, but not for yours",
        ),
        Planted(
            "handed out at once",
            SOLUTION.replace("g.overhead * tasks +", "g.overhead +"),
            "the master does it one after another",
        ),
    ),
)
