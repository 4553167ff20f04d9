"""07-4: which share of a workload the processor ran directly, from its exits by reason."""

from dataclasses import dataclass
from textwrap import indent

import numpy as np

from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import CODE, Exercise, Planted
from models.parameters import Parameters, choice
from models.performance import induced

TECHNIQUES = ("trap-and-emulate", "hardware-assisted-shadow", "hardware-assisted")
WORKLOADS = tuple(name for name in induced.workloads() if name != induced.START)
#: After these the guest goes on, or tries the same again: nothing is emulated.
RETRIED = ("hidden-fault", "second-stage-fault", "timer")


@dataclass(frozen=True)
class Given(Parameters):
    """Which run."""

    workload: str = choice("compute", {name: name for name in WORKLOADS}, label="Workload")
    technique: str = choice(
        "trap-and-emulate", {name: name for name in TECHNIQUES}, label="Technique"
    )


def draw(rng: np.random.Generator) -> Given:
    """Another workload."""
    others = [name for name in WORKLOADS if name != "compute"]
    return Given(
        workload=others[int(rng.integers(0, len(others)))],
        technique=TECHNIQUES[int(rng.integers(0, len(TECHNIQUES)))],
    )


def run(given: Given) -> induced.Run:
    """Its counts."""
    return induced.run(given.workload, given.technique)


def reasons(given: Given) -> dict[str, int]:
    """Exits by reason, all modes of the guest together."""
    found: dict[str, int] = {}
    for key, number in run(given).exits.items():
        reason = key.split(":")[1]
        found[reason] = found.get(reason, 0) + number
    return found


def prompt(given: Given) -> str:
    """The question."""
    rows = "\n".join(f"{reason:<20}{number:>7,}" for reason, number in reasons(given).items())
    return (
        f"The teaching kernel ran the workload {given.workload} under {given.technique}: "
        f"{run(given).instructions:,} instructions of the guest. It left for the hypervisor so "
        "often:\n"
        f"{indent(rows, CODE)}\n"
        "After hidden-fault and second-stage-fault the hypervisor fills a table and lets the guest "
        "try the same instruction again; at timer the guest's turn was over, and no instruction "
        "was at fault. After each other exit it emulates one instruction.\n"
        "How many instructions were emulated, and what share of the guest's instructions did the "
        "processor run directly, in per cent?"
    )


def emulated(given: Given) -> float:
    """As the engine counted them, which is apart from its exits."""
    counted = run(given).counters["emulated"]
    return sum(number for mode, number in counted.items() if mode != "firmware")


def direct(given: Given) -> float:
    """Per cent."""
    return 100 * (1 - emulated(given) / run(given).instructions)


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    all_, done = sum(reasons(given).values()), emulated(given)
    return (
        f"All exits: {all_:,}. Without {', '.join(RETRIED)}: {done:,g}, one instruction each.\n"
        f"Emulated is {done:,g} of {run(given).instructions:,}, the rest ran directly: "
        f"{direct(given):.3f} %."
    )


def _exits(given: Given) -> float:
    return sum(reasons(given).values())


EMULATED = Quantity(
    "emulated",
    "instructions",
    emulated,
    tolerance=0.001,
    slips=(
        Slip(
            _exits,
            "these are all exits; after some of them nothing is emulated, the guest tries again.",
        ),
        Slip(
            lambda g: emulated(g) + reasons(g).get("timer", 0),
            "at the end of a turn no instruction is at fault: nothing is emulated for it.",
        ),
    ),
)
DIRECT = Quantity(
    "direct",
    "%",
    direct,
    tolerance=0.00005,
    slips=(
        Slip(lambda g: direct(g) / 100, "this is a share of one; it is asked in per cent.", "unit"),
        Slip(
            lambda g: 100 - direct(g),
            "this is the share that was emulated; the rest is asked for.",
        ),
        Slip(
            lambda g: 100 * (1 - _exits(g) / run(g).instructions),
            "this takes every exit for an emulated instruction.",
        ),
    ),
)

STUB = """\
task = exercise("07-4")
emulated = TODO  # instructions that the hypervisor did for the guest
direct = TODO  # per cent of the guest's instructions
task.check(emulated, direct)
"""

# From the exits; the checker's numbers are the engine's own count of what it emulated.
SOLUTION = """\
task = exercise("07-4")
from models.performance import induced
run = induced.run(task.given.workload, task.given.technique)
again = {"hidden-fault", "second-stage-fault", "timer"}
emulated = sum(n for key, n in run.exits.items() if key.split(":")[1] not in again)
direct = 100 * (1 - emulated / run.instructions)
task.check(emulated, direct)
"""

EXERCISE = Exercise(
    id="07-4",
    title="What ran directly",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((EMULATED, DIRECT), steps, Given()),
    planted=(
        Planted("constant", STUB.replace("TODO", "50"), "emulated: 50 instructions is too small"),
        Planted(
            "off by one",
            SOLUTION.replace("task.check", "emulated = sum(run.exits.values())\ntask.check"),
            "after some of them nothing is emulated",
        ),
        Planted(
            "the other share",
            SOLUTION.replace("task.check", "direct = 100 - direct\ntask.check"),
            "the share that was emulated",
        ),
        Planted(
            "memoriser",
            'task = exercise("07-4")\ntask.check(718, 99.829)\n',
            "right for the printed numbers, but not for yours",
        ),
    ),
)
