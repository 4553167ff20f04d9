"""06-4: the counters of a program of twelve lines, exactly."""

from dataclasses import dataclass
from functools import cache
from textwrap import indent

import numpy as np

from models.events import Counters
from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import CODE, Exercise, Planted
from models.machine.debugger import Debugger, build
from models.parameters import Parameters, parameter

PROGRAM = """\
_start:  li   a0, {rounds}
         jal  t0, again
handler: csrr t1, mepc
         addi t1, t1, 4
         csrw mepc, t1
         mret
again:   csrw mtvec, t0
         sfence.vma
         ecall
         addi a0, a0, -1
         bnez a0, again
         wfi
"""


@dataclass(frozen=True)
class Given(Parameters):
    """How long the loop is."""

    rounds: int = parameter(6, unit="rounds", low=2, high=40, label="Number in the first line")


def draw(rng: np.random.Generator) -> Given:
    """Rounds worth a formula."""
    return Given(rounds=int(rng.integers(7, 40)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        "A program in M-mode, every instruction four bytes long. (jal t0 leaves the next "
        "address in t0; sfence.vma empties the TLB; at the wfi the run ends.)\n"
        f"{indent(PROGRAM.format(rounds=given.rounds), CODE)}"
        "When it has ended: how many instructions has the machine counted as retired, how many "
        "ecall traps, and how many TLB flushes? Exactly."
    )


@cache
def counters(rounds: int) -> Counters:
    """The machine's own counts."""
    debugger = Debugger(build(".option norvc\n" + PROGRAM.format(rounds=rounds)))
    debugger.run(10_000)
    return debugger.board.counters


def total(family: str, given: Given) -> float:
    """One number of the vector."""
    return float(counters(given.rounds).total(family))


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    n = given.rounds
    return (
        "Before the loop: li and jal, 2 instructions.\n"
        "A round: csrw, sfence.vma, addi and bnez retire, 4. The ecall traps and does not retire; "
        "it costs the handler's 4: csrr, addi, csrw and mret.\n"
        f"{n} rounds: {n} x 8; behind them the wfi, 1: {total('retired', given):g}.\n"
        f"An ecall and a flush a round: {n} each."
    )


RETIRED = Quantity(
    "retired",
    "instructions",
    lambda g: total("retired", g),
    tolerance=0.0,
    slips=(
        Slip(
            lambda g: total("retired", g) + g.rounds,
            "this counts each ecall as retired; an instruction that traps is not completed.",
        ),
        Slip(lambda g: total("retired", g) - 1, "the wfi that ends the run retires, too."),
        Slip(
            lambda g: total("retired", g) - 4 * g.rounds,
            "this leaves out what the handler executes.",
        ),
    ),
)
ECALLS = Quantity("ecalls", "traps", lambda g: total("traps", g), tolerance=0.0)
FLUSHES = Quantity("flushes", "flushes", lambda g: total("tlb_flushes", g), tolerance=0.0)

STUB = """\
task = exercise("06-4")
retired = TODO  # instructions
ecalls = TODO  # traps
flushes = TODO  # of the TLB
task.check(retired, ecalls, flushes)
"""

# Counted by hand from the listing, apart from the machine.
SOLUTION = """\
task = exercise("06-4")
n = task.given.rounds
in_round, handler = 4, 4  # csrw sfence.vma addi bnez; csrr addi csrw mret
retired = 2 + n * (in_round + handler) + 1  # li jal; the wfi
ecalls = n
flushes = n
task.check(retired, ecalls, flushes)
"""

EXERCISE = Exercise(
    id="06-4",
    title="Predict the counters",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((RETIRED, ECALLS, FLUSHES), steps, Given()),
    planted=(
        Planted(
            "constant",
            'task = exercise("06-4")\ntask.check(12, 1, 1)\n',
            "retired: 12 instructions is too small",
        ),
        Planted("off by one", SOLUTION.replace(" + 1  # li jal; the wfi", ""), "the wfi that ends"),
        Planted(
            "memoriser",
            'task = exercise("06-4")\ntask.check(51, 6, 6)\n',
            "right for the printed numbers, but not for yours",
        ),
    ),
)
