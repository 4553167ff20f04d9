"""07-3: the one rule by which a translator closes a hole; random kernels must not find it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.grading.exercises.ex_07_2 import KINDS
from models.grading.feedback import Feedback, Outcome, not_yet, passed
from models.grading.task import Attempt, Exercise, Planted
from models.grading.todo import TODO
from models.hypervisors.find_out import Duel, Setting, find_out
from models.hypervisors.smallest import Instr, decoded, image
from models.machine.decode import Decoded
from models.parameters import Parameters, choice

KERNELS = 12
CALM = ("add a1, a0, a2", "xori a0, a1, 77", "ld a3, 0(sp)", "c.addi a0, 1", "csrr a0, scause")
#: Ways to look at what a hole shows; `{r}` is its register.
LOOKS = ("csrr a0, {r}", "csrrs a1, {r}, a2", "csrrw a0, {r}, a1", "csrrci a2, {r}, 3")
RETURN = "sret"


@dataclass(frozen=True)
class Given(Parameters):
    """Which instruction does not trap."""

    hole: str = choice("sstatus", KINDS, label="The hole")


def draw(rng: np.random.Generator) -> Given:
    """Another hole."""
    names = list(KINDS)[1:]
    return Given(hole=names[int(rng.integers(0, len(names)))])


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"On this processor, {KINDS[given.hole]}, and nothing traps. Everything else traps as it "
        "should.\n"
        "A translator looks at each instruction of the guest's kernel before it runs for the first "
        "time. Write rule(instr), which says whether to replace it by a call of the hypervisor. "
        "instr has name (such as 'add' or 'csrrs'), csr (the name of a control register, or an "
        "empty text), rd, rs1 and imm.\n"
        f"The check runs {KERNELS} random kernels on the bare board and under your rule. They have "
        "to end alike, and what is innocuous must stay as it is. (In the instruction table csrr is "
        "csrrs, and csrw is csrrw.)"
    )


def kernels(given: Given, rng: np.random.Generator) -> Iterator[list[str]]:
    """From one line to three, each with a look through the hole."""
    for n in range(KERNELS):
        look = RETURN if given.hole == RETURN else LOOKS[n % len(LOOKS)].format(r=given.hole)
        lines = [CALM[int(rng.integers(0, 2))] for _ in range(n * 3 // KERNELS)]
        lines.insert(int(rng.integers(0, len(lines) + 1)), look)
        yield lines


class _NotAttempted(Exception):
    """The rule is still a hole."""


class _Raised(Exception):
    """What a reader's rule raised."""


def asked(rule: Callable[[Instr], Any], word: int) -> bool:
    """What the reader's rule says of a word."""
    instr = decoded(word)
    try:
        answer = rule(instr) if instr else True
        replaced = bool(answer)  # of an array it may raise, too
    except Exception as error:  # a reader's code may raise anything
        raise _Raised(f"rule raises {error!r}.") from error
    if answer is TODO:
        raise _NotAttempted
    return replaced


def complaint(given: Given, lines: list[str], rule: Callable[[Instr], Any]) -> str:
    """Where the guest parts from the bare board; empty if it does not."""

    def told(found: Decoded) -> bool:
        return asked(rule, found.word)

    duel: Duel = find_out(Setting(True), lines, (given.hole,), told)
    step = duel.first
    if step is None:
        return ""
    facts = duel.facts()
    return (
        f"at {step.text}, {facts['Differs'].value} is {facts['On the bare board'].value} on the "
        f"bare board and {facts['As a guest'].value} as a guest."
    )


def mark(attempt: Attempt) -> Feedback:
    """Innocuous instructions first, then kernels from small to large."""
    if len(attempt.answers) != 1 or not callable(attempt.answers[0]):
        return not_yet("form", "Give one function: check(rule).")
    rule, given = attempt.answers[0], attempt.given
    try:
        for line in CALM[:-1]:
            if asked(rule, int.from_bytes(image(line)[:4], "little")):
                return not_yet(
                    "counterexample",
                    f"{line} is replaced. It does the same in every mode; as a call it takes "
                    "a hundred times as long.",
                )
        for lines in kernels(given, attempt.rng):
            if wrong := complaint(given, lines, rule):
                return not_yet("counterexample", f"The kernel {'; '.join(lines)}: {wrong}")
    except _NotAttempted:
        return Feedback(Outcome.NOT_ATTEMPTED)
    except _Raised as raised:
        return not_yet("counterexample", str(raised))
    return passed(f"{KERNELS} kernels looked through the hole and found nothing.")


STUB = """\
task = exercise("07-3")

def rule(instr):
    return TODO

task.check(rule)
"""

SOLUTION = """\
task = exercise("07-3")

def rule(instr):
    return task.given.hole in (instr.name, instr.csr)

task.check(rule)
"""

EXERCISE = Exercise(
    id="07-3",
    title="One rule closes it",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark,
    planted=(
        Planted("constant", STUB.replace("TODO", "False"), "on the bare board and"),
        Planted("everything", STUB.replace("TODO", "True"), "is replaced"),
        Planted(
            "off by one",  # replaces the reads alone
            STUB.replace("TODO", 'instr.csr == "sstatus" and instr.name == "csrrs"'),
            "The kernel",
        ),
        Planted(
            "memoriser",  # another hole's rule
            STUB.replace("TODO", 'instr.name == "sfence.vma"'),
            "The kernel",
        ),
    ),
)
