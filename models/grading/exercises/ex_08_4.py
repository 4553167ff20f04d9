"""08-4: find the workload on which the first generation loses; it is run, and priced."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from models.events import Counters
from models.grading.code import Case, mark_code
from models.grading.task import Exercise, Planted
from models.guests.kernel import board_options, kernel_with, start
from models.hypervisors.host import Host
from models.hypervisors.techniques import ENGINES, HARDWARE, NATIVE
from models.machine.assembler import AssemblyError
from models.machine.board import Board
from models.parameters import Parameters, parameter
from models.performance.induced import Run
from models.performance.overhead import SURE, Counts, handlings, overheads

FIRST, TRANSLATION = "hardware-assisted-shadow", "binary-translation"
EMPTY = "main:   li      a0, 0\n        ret\n"
LEAST, MOST = 2_000, 400_000  # instructions
COSTS = "2006"


@dataclass(frozen=True)
class Given(Parameters):
    """How clearly it is to lose."""

    factor: int = parameter(2, low=1, high=3, label="The first generation adds, times as much")


def draw(rng: np.random.Generator) -> Given:
    """Another factor."""
    return Given(factor=int(rng.integers(1, 4)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        "Write program(), which returns the assembly of a program for the teaching kernel: a label "
        "main, that ends with ret. It runs in U-mode; CALL puts a number into a7 and traps.\n"
        "    main:   SAVE    ra, s0\n"
        "            li      s0, 100         # a hundred times\n"
        "    1:      CALL    CALL_PID        # who am I?\n"
        "            addi    s0, s0, -1\n"
        "            bnez    s0, 1b\n"
        "            RESTORE ra, s0\n"
        "            ret\n"
        "Other calls: CALL_MAP (a0: an address such as HEAP, a1: pages, a2: PTE_R | PTE_W), "
        "CALL_UNMAP (a0: address, a1: pages), CALL_FORK (a0 is 0 in the child), CALL_WAIT, "
        "CALL_EXIT (a0: result), CALL_YIELD.\n"
        f"Between {LEAST:,} and {MOST:,} instructions, beyond the kernel's start. At the costs of "
        "2006 the first generation of hardware must add more than "
        f"{given.factor} times what binary translation adds, in {SURE:.0%} of all draws from the "
        "costs' bands."
    )


@cache
def _counted(text: str, technique: str) -> tuple[Counters, str]:
    """Counters of a run, and how it ended if not well."""
    options, program = board_options("hello"), kernel_with(text)
    if technique == NATIVE:
        board = Board(options)
        counters = None
    else:
        host = Host(options.memory, replace(options, hypervisor=technique in HARDWARE))
        vm = host.create(options, ENGINES[technique])
        board, counters = vm.board, vm.counts
    start(board, program)
    stop = board.run(2 * MOST)
    ended = "" if stop.reason == "halt" and stop.code == 0 else f"it ends with {stop}"
    return (board.counters if counters is None else counters()), ended


def _induced(text: str, technique: str) -> Run:
    """What the program adds to the kernel's start."""
    native = _counted(text, NATIVE)[0].since(_counted(EMPTY, NATIVE)[0])
    counters = _counted(text, technique)[0].since(_counted(EMPTY, technique)[0])
    return Run("yours", technique, counters, native)


def compared(text: str) -> tuple[np.ndarray, np.ndarray]:
    """What each adds, draw by draw: binary translation, the first generation."""
    runs = [_induced(text, technique) for technique in (TRANSLATION, FIRST)]
    found = [handlings(run) for run in runs]
    kinds = tuple(sorted({kind for one in found for kind in one}))
    each = [
        [max(one.get(kind, 0), 0) / run.instructions for kind in kinds]
        for one, run in zip(found, runs, strict=True)
    ]
    counts = Counts(("yours",), (TRANSLATION, FIRST), kinds, np.array([each]))
    drawn = overheads(COSTS, counts).drawn[:, 0]
    return drawn[:, 0], drawn[:, 1]


def cases(given: Given, rng: np.random.Generator) -> Iterator[Case]:
    """One: the program itself."""
    yield Case((), "your program", given)


def complaint(case: Case, text: Any) -> str:
    """Run it on the bare board, translated and on the first generation, and price both."""
    if not isinstance(text, str):
        return f"{type(text).__name__} is returned; a text is needed."
    try:
        ended = _counted(text, NATIVE)[1]
    except AssemblyError as error:
        return f"the assembler refuses it: {error}"
    except ValueError as error:
        return f"it does not fit: {error}."
    if ended:
        return f"{ended}, on the bare board."
    instructions = _induced(text, TRANSLATION).instructions
    if not LEAST <= instructions <= MOST:
        return f"it does {instructions:,} instructions; allowed: {LEAST:,} to {MOST:,}."
    translated, first = compared(text)
    share = float(np.mean(first > case.about.factor * translated))
    if share < SURE:
        middle = f"{100 * float(np.median(translated)):,.1f} % against"
        return (
            f"translation adds {middle} {100 * float(np.median(first)):,.1f} % on the first "
            f"generation (medians); more than {case.about.factor} times as much in {share:.2%} "
            f"of the draws, {SURE:.0%} are asked for."
        )
    return ""


STUB = """\
task = exercise("08-4")

def program():
    return TODO

task.check(program)
"""
#: Page tables are what it loses on: pages are mapped, touched and unmapped.
MAPPING = """\
main:   SAVE    ra, s0
        li      s0, 40
1:      li      a0, HEAP
        li      a1, 4
        li      a2, PTE_R | PTE_W
        CALL    CALL_MAP
        li      t0, HEAP
        li      t1, PAGE
        .rept   4
        sd      s0, 0(t0)
        add     t0, t0, t1
        .endr
        li      a0, HEAP
        li      a1, 4
        CALL    CALL_UNMAP
        addi    s0, s0, -1
        bnez    s0, 1b
        RESTORE ra, s0
        li      a0, 0
        ret
"""
COMPUTING = """\
main:   li      t0, 5000
1:      addi    t0, t0, -1
        bnez    t0, 1b
        li      a0, 0
        ret
"""
CALLING = """\
main:   SAVE    ra, s0
        li      s0, 100
1:      CALL    CALL_PID
        addi    s0, s0, -1
        bnez    s0, 1b
        RESTORE ra, s0
        li      a0, 0
        ret
"""
#: Page tables among system calls: enough for a small factor, not for a large one.
MIXED = MAPPING.replace(
    "        addi    s0, s0, -1\n",
    "        .rept   MANY\n        CALL    CALL_PID\n        .endr\n        addi    s0, s0, -1\n",
)


def _answer(program: str) -> str:
    return STUB.replace("TODO", f"'''\\\n{program}'''")


EXERCISE = Exercise(
    id="08-4",
    title="Where the first generation loses",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=_answer(MAPPING),
    mark=mark_code(cases, complaint, "The first generation loses on it, in"),
    planted=(
        Planted("constant", _answer(COMPUTING), "times as much in"),
        Planted("off by one", _answer(CALLING), "times as much in 0.00% of the draws"),
        Planted("memoriser", _answer(MIXED.replace("MANY", "6")), "times as much in"),
        Planted("does not end", _answer("main:   j       main\n"), "it ends with"),
        Planted("nothing to do", _answer(EMPTY), "it does 0 instructions"),
    ),
)
