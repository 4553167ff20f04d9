"""06-2: the offenders of a machine with holes, checked by running them."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from models.grading.choice import mark_choice
from models.grading.task import Exercise, Planted
from models.hypervisors.popek_goldberg import Machine, audit
from models.parameters import Parameters, parameter

#: What may be asked about, with what to say to who takes or leaves it wrongly.
OPTIONS = {
    "sstatus": "reading it tells which mode was interrupted, and with a hole nobody notices.",
    "satp": "it holds where the page table lies; a guest may see only its own.",
    "sscratch": "it is the kernel's own register; a guest must find what the guest wrote there.",
    "sret": "in S-mode it changes the mode; through a hole it does nothing, and nobody notices.",
    "wfi": "in S-mode it gives the processor up; through a hole it does not, and nobody notices.",
    "sfence.vma": "in S-mode it empties the TLB; through a hole it leaves it as it is.",
    "time": "it is the machine's time. Who may read it without a trap depends on the switches.",
    "misa": "it is the same in every world, so a program that reads it can tell nothing apart.",
    "mhartid": "on a board with one hart it is 0 in every world: nothing shows through.",
    "mhpmcounter3": "this board counts no such events: it is 0 in every world.",
    "ecall": "it always traps, in every mode: the hypervisor gets it.",
    "fence.i": "it does the same in every world and changes nothing that is not the program's.",
    "add": "registers in, a register out: the same in every world.",
}
LEAKS = ("sstatus", "satp", "sscratch", "sret", "wfi", "sfence.vma")
HARMLESS = ("misa", "mhartid", "mhpmcounter3")


@dataclass(frozen=True)
class Given(Parameters):
    """The machine, by a number from which its holes follow."""

    number: int = parameter(5, low=1, high=9999, label="Machine number")

    def machine(self) -> Machine:
        """Three holes that leak, one that does not, and counters open or closed."""
        rng = np.random.default_rng((6, self.number))
        chosen = _some(LEAKS, 3, rng) | _some(HARMLESS, 1, rng)
        holes = tuple(name for name in OPTIONS if name in chosen)
        return Machine(counters=bool(rng.integers(0, 2)), holes=holes)


def _some(names: tuple[str, ...], count: int, rng: np.random.Generator) -> set[str]:
    order = np.argsort(rng.random(len(names)))
    return {names[int(n)] for n in order[:count]}


def draw(rng: np.random.Generator) -> Given:
    """Another machine."""
    return Given(number=int(rng.integers(6, 10_000)))


def prompt(given: Given) -> str:
    """The question."""
    machine = given.machine()
    counters = "open to" if machine.counters else "closed to"
    return (
        f"On machine {given.number}, these do not trap in U-mode: {', '.join(machine.holes)}. The "
        f"counters cycle, time and instret are {counters} U-mode.\n"
        f"Which of the following are critical on it, sensitive and yet not trapping in U-mode? "
        f"Give a set of names out of {', '.join(OPTIONS)}. The check runs them all."
    )


@cache
def offenders(machine: Machine) -> frozenset[str]:
    """What the audit finds critical among the options."""
    return frozenset(audit(machine, OPTIONS).critical)


def _right(given: Given, option: str) -> bool:
    return option in offenders(given.machine())


STUB = """\
task = exercise("06-2")
critical = TODO  # a set of names, such as {"add", "ecall"}
task.check(critical)
"""

# Reasoned, not run: holes leak unless they read a constant, and open counters show the time.
SOLUTION = """\
task = exercise("06-2")
machine = task.given.machine()
constant = {"misa", "mhartid", "mhpmcounter3"}
critical = set(machine.holes) - constant
critical |= {"time"} if machine.counters else set()
task.check(critical)
"""

EXERCISE = Exercise(
    id="06-2",
    title="Which holes leak?",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_choice(OPTIONS, _right),
    planted=(
        Planted(
            "constant",
            STUB.replace("critical = TODO", "critical = set()"),
            "something is missing",
        ),
        Planted(
            "off by one",
            SOLUTION.replace(" - constant", ""),
            "does not belong",
        ),
        Planted(
            "memoriser",
            STUB.replace("critical = TODO", 'critical = {"sret", "sstatus", "time", "wfi"}'),
            "does not belong",
        ),
    ),
)
