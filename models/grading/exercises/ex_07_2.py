"""07-2: three instructions that tell a guest that it is one, on a processor with a hole."""

from dataclasses import dataclass

import numpy as np

from models.grading.feedback import Feedback, not_yet, passed
from models.grading.task import Attempt, Exercise, Planted
from models.hypervisors.find_out import FRAME, LINES, Duel, Setting, find_out
from models.machine.assembler import AssemblyError
from models.parameters import Parameters, choice

#: Holes, and what kind of leak each is.
KINDS = {
    "sstatus": "sstatus can be read in U-mode, and what is written to it there is lost",
    "sret": "sret does nothing in U-mode",
    "sscratch": "sscratch can be read in U-mode, and what is written to it there is lost",
    "satp": "satp can be read in U-mode, and what is written to it there is lost",
}


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
    before = FRAME[: FRAME.index("kernel:")]
    shown = "\n".join(f"    {line}" for line in before.splitlines())
    return (
        f"On this processor, {KINDS[given.hole]}, and nothing traps. Everything else traps as it "
        "should.\n"
        f"Write up to {LINES} instructions of a kernel, a text with one in each line, behind which "
        "a0 holds one value on the bare board and another as a guest of trap-and-emulate. On a "
        "processor without holes it must be the same value.\n"
        f"Your kernel runs in S-mode, behind these instructions of its firmware:\n{shown}"
    )


def ends(duel: Duel) -> tuple[int, int]:
    """What a0 is in the end, on the bare board and as a guest."""
    last = duel.steps[-1]
    return last.native.x[10], last.guest.x[10]


def mark(attempt: Attempt) -> Feedback:
    """Run the program four times: bare and as a guest, with the hole and without."""
    answer = attempt.answers[0]
    if len(attempt.answers) != 1 or not isinstance(answer, str) or not answer.strip():
        return not_yet("form", "Give one text: check(program).")
    try:
        holed = find_out(Setting(True), answer.splitlines(), (attempt.given.hole,))
        whole = find_out(Setting(False), answer.splitlines())
    except AssemblyError as error:
        return not_yet("form", f"The assembler refuses {error.token!r}: {error.problem}.")
    except ValueError as error:
        return not_yet("form", f"{error}.")
    bare, guest = ends(holed)
    if ends(whole)[0] != ends(whole)[1]:
        return not_yet("counterexample", "It tells them apart on a processor without holes, too.")
    trapped = [step.text for step in holed.steps if step.exits]
    if bare == guest:
        why = f"The hypervisor was called for {'; '.join(trapped)}." if trapped else (
            "Nothing trapped, and nothing that is not the program's own was looked at."
        )  # fmt: skip
        return not_yet("counterexample", f"a0 is {bare:#x} on both boards. {why}")
    first = holed.first
    return passed(
        f"a0 is {bare:#x} on the bare board and {guest:#x} as a guest.",
        f"They part at {first.text if first else 'the end'}, without a trap.",
    )


STUB = """\
task = exercise("07-2")
program = TODO  # a text, one instruction in each line
task.check(program)
"""

# One for each hole: what the guest finds is not its own.
SOLUTION = """\
task = exercise("07-2")
known = {
    "sstatus": "csrr a0, sstatus",
    "sret": "sret\\naddi a0, a0, 1",  # on the bare board, sret goes past what is behind it
    "sscratch": "li a0, 7\\ncsrw sscratch, a0\\ncsrr a0, sscratch",
    "satp": "csrr a0, satp",
}
program = known[task.given.hole]
task.check(program)
"""


def _answer(text: str) -> str:
    return f'task = exercise("07-2")\nprogram = """\n{text}\n"""\ntask.check(program)\n'


EXERCISE = Exercise(
    id="07-2",
    title="Am I a guest?",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark,
    planted=(
        Planted("constant", _answer("li a0, 1"), "on both boards"),
        Planted("off by one", _answer("csrr a0, sscratch\ncsrr a1, sstatus"), "on both boards"),
        Planted("memoriser", _answer("csrr a0, mhartid"), "on both boards"),
        Planted("too long", _answer("nop\nnop\nnop\ncsrr a0, sstatus"), "allowed: up to 3"),
    ),
)
