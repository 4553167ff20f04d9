"""07-4: which share of a workload the processor ran directly, from its exits by reason."""

from dataclasses import dataclass
from textwrap import indent

import numpy as np

from models.events import TITLES
from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import CODE, Exercise, Planted
from models.parameters import Parameters, choice
from models.performance import induced

TECHNIQUES = ("trap-and-emulate", "hardware-assisted-shadow", "hardware-assisted")
WORKLOADS = tuple(name for name in induced.workloads() if name != induced.START)
#: After these the guest goes on, or tries the same again: nothing is taken over.
RETRIED = ("hidden-fault", "second-stage-fault", "timer")


@dataclass(frozen=True)
class Given(Parameters):
    """Which run."""

    workload: str = choice("compute", {name: name for name in WORKLOADS}, label="Workload")
    technique: str = choice(
        "trap-and-emulate", {name: TITLES[name] for name in TECHNIQUES}, label="Engine"
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
        f"The teaching kernel ran the workload {given.workload} (engine: "
        f"{TITLES[given.technique]}); {run(given).counted:,} instructions of it were counted. "
        "It left for the hypervisor so often:\n"
        f"{indent(rows, CODE)}\n"
        "After hidden-fault and second-stage-fault the hypervisor fills a table and lets the guest "
        "try the same instruction again; at timer the guest's turn was over, and no instruction "
        "was at fault. After each other exit it takes over one instruction, which is counted once. "
        "Mostly it does what the instruction would have done. Where that is a trap on the bare "
        "board, too (environment-call: a program calls its kernel; guest-fault: the guest's own "
        "table refuses an access), it enters the guest's handler.\n"
        "How many instructions did the hypervisor take over, and what share of those counted did "
        "the processor complete directly, in per cent?"
    )


def taken(given: Given) -> int:
    """As the engine counted them, which is apart from its exits."""
    return run(given).taken


def direct(given: Given) -> float:
    """Per cent."""
    return 100 * (1 - taken(given) / run(given).counted)


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    all_, done = sum(reasons(given).values()), taken(given)
    return (
        f"All exits: {all_:,}. Without {', '.join(RETRIED)}: {done:,}, one instruction each.\n"
        f"Taken over are {done:,} of {run(given).counted:,}, the rest ran directly: "
        f"{direct(given):.3f} %."
    )


def _exits(given: Given) -> float:
    return sum(reasons(given).values())


TAKEN = Quantity(
    "taken",
    "instructions",
    taken,
    tolerance=0.001,
    slips=(
        Slip(
            _exits,
            "these are all exits; after some of them nothing is taken over, the guest tries again.",
        ),
        Slip(
            lambda g: taken(g) + reasons(g).get("timer", 0),
            "at the end of a turn no instruction is at fault: nothing is taken over.",
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
            "this is the share that was taken over; the rest is asked for.",
        ),
        Slip(
            lambda g: 100 * (1 - _exits(g) / run(g).counted),
            "this takes every exit for an instruction that was taken over.",
        ),
    ),
)

STUB = """\
task = exercise("07-4")
taken = TODO  # instructions that the hypervisor took over
direct = TODO  # per cent of the instructions counted
task.check(taken, direct)
"""

# From the exits; the checker's numbers are the engine's own count.
SOLUTION = """\
task = exercise("07-4")
from models.performance import induced
run = induced.run(task.given.workload, task.given.technique)
again = {"hidden-fault", "second-stage-fault", "timer"}
taken = sum(n for key, n in run.exits.items() if key.split(":")[1] not in again)
direct = 100 * (1 - taken / run.counted)
task.check(taken, direct)
"""

EXERCISE = Exercise(
    id="07-4",
    title="What ran directly",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((TAKEN, DIRECT), steps, Given()),
    planted=(
        Planted("constant", STUB.replace("TODO", "50"), "taken: 50 instructions is too small"),
        Planted(
            "off by one",
            SOLUTION.replace("task.check", "taken = sum(run.exits.values())\ntask.check"),
            "after some of them nothing is taken over",
        ),
        Planted(
            "the other share",
            SOLUTION.replace("task.check", "direct = 100 - direct\ntask.check"),
            "the share that was taken over",
        ),
        Planted(
            "memoriser",
            'task = exercise("07-4")\ntask.check(718, 99.829)\n',
            "right for the printed numbers, but not for yours",
        ),
    ),
)
