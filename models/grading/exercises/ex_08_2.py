"""08-2: which exits a generation of hardware removes, checked by running the guest on both."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from models.grading.choice import mark_choice
from models.grading.task import Exercise, Planted
from models.hypervisors.generations import ENGINES, WORK, induced
from models.parameters import Parameters, choice

#: What may be asked about: the exits that it stands for, and what to say to who errs.
OPTIONS: dict[str, tuple[Iterable[str], str]] = {
    "system call": (
        ("U:environment-call",),
        "a program calls its own kernel. With a mode for guests that is VU's affair and VS's.",
    ),
    "status register": (
        ("S:csr",),
        "the kernel's own registers have a second set with a mode for guests. One is kept for "
        "the hypervisor while page tables are shadowed: satp, which a change of process writes.",
    ),
    "trap return": (
        ("S:trap-return",),
        "sret out of VS stays in the guest; in U-mode it cannot be executed at all.",
    ),
    "table write": (
        ("S:table-write", "S:table-write-call"),
        "shadow tables must follow what the guest writes into its own; with two stages the "
        "hypervisor does not care.",
    ),
    "fence": (
        ("S:fence",),
        "shadow tables must follow it; with two stages the hart drops what the guest's fence says.",
    ),
    "hidden fault": (
        ("S:hidden-fault", "U:hidden-fault", "S:hidden-fault-call"),
        "a fault that the guest did not cause, for the shadow table had no entry yet. Without "
        "shadow tables there is none.",
    ),
    "timer": (
        ("S:timer", "U:timer"),
        "the tick is due, and somebody must tell the guest: the hypervisor, unless the processor "
        "itself compares for the guest.",
    ),
    "sbi call": (
        ("S:environment-call",),
        "the guest asks for something that only the hypervisor has, such as the next tick.",
    ),
    "device": (
        ("S:device", "S:device-call"),
        "the device is software, whatever the processor translates.",
    ),
    "wait": (
        ("S:wait",),
        "an idle guest gives the processor up on every generation: another one may want it.",
    ),
}
STEPS = {
    "first": "binary translation to the first generation, which brings a mode for guests",
    "second": "the first generation to the second, which brings nested paging",
    "third": "the second generation to the third, which brings a timer without exits",
}
GUESTS = {"mapping": "maps and unmaps memory", "fork": "forks", "disk": "reads and writes sectors"}


@dataclass(frozen=True)
class Given(Parameters):
    """A step of the hardware and a guest."""

    step: str = choice("second", STEPS, label="From")
    guest: str = choice("fork", GUESTS, label="A guest that")


def draw(rng: np.random.Generator) -> Given:
    """Another step or guest."""
    return Given(
        step=list(STEPS)[int(rng.integers(0, 3))],
        guest=list(GUESTS)[int(rng.integers(0, 3))],
    )


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A guest {GUESTS[given.guest]}, and its timer ticks. It runs twice, before and after the "
        f"step from {STEPS[given.step]}.\n"
        "Which exits does it have before and not after? Exits that it never had do not count, nor "
        f"do those that only become fewer. Give a set of names out of {', '.join(OPTIONS)}. The "
        "check runs both."
    )


@cache
def exits(guest: str, generation: str) -> frozenset[str]:
    """Exits that occur in the guest's work, its ticks among them."""
    work = replace(WORK[guest], options={})  # ticks are as frequent as the kernel has them
    return frozenset(dict(induced(work, [generation]))[generation]["exits"])


def _right(given: Given, option: str) -> bool:
    names = list(ENGINES)
    before = names[names.index(given.step) - 1]
    kinds = set(OPTIONS[option][0])
    return bool(kinds & exits(given.guest, before)) and not kinds & exits(given.guest, given.step)


STUB = """\
task = exercise("08-2")
removed = TODO  # a set of names, such as {"timer", "wait"}
task.check(removed)
"""

# Reasoned, not run.
SOLUTION = """\
task = exercise("08-2")
removed = {
    "first": {"system call", "trap return"},
    "second": {"table write", "fence", "hidden fault"},
    "third": {"timer"},
}[task.given.step]
forks = task.given.guest == "fork"
if forks and task.given.step == "second":
    removed |= {"status register"}  # satp, at each change of process
if not forks and task.given.step == "first":
    removed |= {"status register"}  # nobody changes the process: none is left
task.check(removed)
"""

EXERCISE = Exercise(
    id="08-2",
    title="What a generation removes",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_choice({name: says for name, (_, says) in OPTIONS.items()}, _right),
    planted=(
        Planted(
            "constant",
            STUB.replace("removed = TODO", 'removed = {"device"}'),
            "device does not belong",
        ),
        Planted(
            "off by one",  # forgets satp, or takes it where it stays
            SOLUTION.replace("task.check", 'removed ^= {"status register"}\ntask.check'),
            "something is missing",
        ),
        Planted(
            "memoriser",
            STUB.replace(
                "removed = TODO",
                'removed = {"table write", "fence", "hidden fault", "status register"}',
            ),
            "table write does not belong",
        ),
    ),
)
