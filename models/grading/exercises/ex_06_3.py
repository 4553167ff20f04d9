"""06-3: a trap handler that programs full of traps do not notice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.grading.code import Case, mark_code
from models.grading.task import Exercise, Planted
from models.machine.assembler import AssemblyError
from models.machine.board import Board
from models.machine.debugger import Debugger, build
from models.parameters import Parameters, parameter

MOST_STEPS = 20_000
#: What traps, and a harmless instruction of the same length in its place.
TRAPS = {
    ".half 0": "c.nop",
    "c.ebreak": "c.nop",
    "ecall": "nop",
    ".word 0xffffffff": "nop",
    "csrr x0, 0x5ff": "nop",
    "ld x0, 0(x0)": "nop",
    "sw x31, 4(x0)": "nop",
}
CALM = (
    "addi x{a}, x{b}, {n}",
    "add x{a}, x{b}, x{c}",
    "xor x{a}, x{b}, x{c}",
    "sub x{a}, x{b}, x{c}",
)
FRAME = """\
_start: .option norvc
        la   t0, handler
        csrw mtvec, t0
        la   t0, room
        csrw mscratch, t0
        .option rvc
{body}
done:   wfi
        .balign 4
handler:
{handler}
        .bss
room:   .space 512
"""


@dataclass(frozen=True)
class Given(Parameters):
    """How long the fuzzer's programs get."""

    length: int = parameter(
        40, unit="instructions", low=10, high=60, label="The longest program of the fuzzer"
    )


def draw(rng: np.random.Generator) -> Given:
    """Another length."""
    return Given(length=int(rng.integers(30, 61)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        "Write handler(), which returns the assembly of a trap handler. It runs in M-mode, at a "
        "multiple of four; mtvec points to it, and mscratch holds the address of 512 bytes of "
        "memory that are yours.\n"
        f"Programs of up to {given.length} random instructions will trap on it: by ecall, by "
        "ebreak, by instructions that do not exist, by addresses without memory; no jump traps. "
        "Some of these instructions are two bytes long and some four (four, if the two lowest "
        "bits are both 1).\n"
        "After each trap the program must go on behind the instruction, every one of its 31 "
        "registers as before."
    )


def cases(given: Given, rng: np.random.Generator) -> Iterator[Case]:
    """Each trap alone, then random programs that become longer."""
    for trap in TRAPS:
        yield _case([f"addi x{n}, x0, {n}" for n in range(1, 32)] + [trap])
    for length in np.linspace(4, given.length, 16).astype(int):
        lines = [f"addi x{n}, x0, {int(rng.integers(-2000, 2000))}" for n in range(1, 32)]
        for _ in range(int(length)):
            if rng.random() < 0.4:
                lines.append(list(TRAPS)[int(rng.integers(0, len(TRAPS)))])
            else:
                a, b, c = (int(rng.integers(1, 32)) for _ in range(3))
                form = CALM[int(rng.integers(0, len(CALM)))]
                lines.append(form.format(a=a, b=b, c=c, n=int(rng.integers(-99, 99))))
        yield _case(lines)


def _case(lines: list[str]) -> Case:
    traps = [line for line in lines if line in TRAPS]
    shown = f"a program of {len(lines) - 31} instructions with the traps {'; '.join(traps)}"
    return Case((), shown, tuple(lines))


def complaint(case: Case, handler: Any) -> str:
    """Compare with the same program in which nothing traps."""
    if not isinstance(handler, str):
        return f"{type(handler).__name__} is returned; a text is needed."
    lines: tuple[str, ...] = case.about
    calm = _run([TRAPS.get(line, line) for line in lines], "        mret")
    try:
        board = _run(list(lines), handler)
    except AssemblyError as error:
        return f"the assembler refuses it: {error}"
    except ValueError as error:
        return f"it does not fit: {error}."
    if board is None or calm is None:
        return f"after {MOST_STEPS:,} steps it has not come to its end."
    for n in range(1, 32):
        if board.hart.x[n] != calm.hart.x[n]:
            return f"x{n} ends as {board.hart.x[n]}; without traps it would be {calm.hart.x[n]}."
    wanted = sum(line in TRAPS for line in lines)
    if board.counters.total("traps") != wanted:
        return f"{board.counters.total('traps')} traps were taken; {wanted} were planted."
    return ""


def _run(lines: list[str], handler: str) -> Board | None:
    """The board at the program's `done`; None if it never comes there."""
    body = "\n".join(f"        {line}" for line in lines)
    program = build(FRAME.format(body=body, handler=handler), "handler.S")
    debugger = Debugger(program)
    debugger.run(MOST_STEPS)
    done = program.symbols["done"]
    return debugger.board if debugger.ended and debugger.pc == done + 4 else None


STUB = """\
task = exercise("06-3")

def handler():
    return TODO

task.check(handler)
"""

SAVING = """\
    csrrw tp, mscratch, tp
    sd   t0, 0(tp)
    sd   t1, 8(tp)
    csrr t0, mepc
    lbu  t1, 0(t0)
    andi t1, t1, 3
    addi t1, t1, -3
    seqz t1, t1
    slli t1, t1, 1
    addi t1, t1, 2
    add  t0, t0, t1
    csrw mepc, t0
    ld   t0, 0(tp)
    ld   t1, 8(tp)
    csrrw tp, mscratch, tp
    mret
"""
LENGTH = SAVING[SAVING.index("    lbu") : SAVING.index("    add  t0")]


def _answer(text: str) -> str:
    return STUB.replace("TODO", f'"""\n{text}"""')


EXERCISE = Exercise(
    id="06-3",
    title="A handler that nobody notices",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=_answer(SAVING),
    mark=mark_code(cases, complaint, "Nobody noticed it in"),
    planted=(
        Planted("constant", _answer("    mret\n"), "has not come to its end"),
        Planted(
            "off by one",  # every instruction four bytes long: the next one is cut in two
            _answer(SAVING.replace(LENGTH, "    li   t1, 4\n")),
            "with the traps .half 0",
        ),
        Planted(
            "memoriser",  # knows the one trap that everybody tries first
            _answer(
                "    csrrw tp, mscratch, tp\n    sd   t0, 0(tp)\n    csrr t0, mepc\n"
                "    addi t0, t0, 2\n    csrw mepc, t0\n    ld   t0, 0(tp)\n"
                "    csrrw tp, mscratch, tp\n    mret\n"
            ),
            "with the traps ecall",
        ),
        Planted(
            "forgets a register",
            _answer(SAVING.replace("    ld   t1, 8(tp)\n", "")),
            "x6 ends as",
        ),
    ),
)
