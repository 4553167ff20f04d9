"""07-1: the emulating half of trap-and-emulate; random guests must end as on the bare board."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.grading.feedback import Feedback, Outcome, not_yet, passed
from models.grading.task import Attempt, Exercise, Planted
from models.grading.todo import TODO
from models.hypervisors.smallest import OWN, Astray, Instr, Virtual, as_guest, image, on_the_board
from models.parameters import Parameters, parameter

FORMS = ("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci")
CALM = ("add x{a}, x{b}, x{c}", "xor x{a}, x{b}, x{c}", "addi x{a}, x{b}, {n}")
JUMP = "mret to the next line"
FIRST = [97 * n for n in range(32)]  # what the registers hold
LAST = ["        li t0, 0x100000", "        li t1, 0x5555", "        sw t1, 0(t0)"]


@dataclass(frozen=True)
class Given(Parameters):
    """How many guests there are."""

    guests: int = parameter(60, unit="guests", low=40, high=100, label="Random guests")


def draw(rng: np.random.Generator) -> Given:
    """Another number of them."""
    return Given(guests=int(rng.integers(50, 81)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        "Write emulate(instr, vcpu), the half of a hypervisor that handles exits. A guest's kernel "
        "believes to be in M-mode and runs in U-mode; each of its privileged instructions traps, "
        "and your function is called to do it.\n"
        "instr has name ('csrrw', 'csrrs', 'csrrc', the same three with an i at the end, or "
        "'mret'), rd and rs1 (numbers of registers), imm (the constant of the i forms), and csr "
        "(a name).\n"
        f"vcpu has x (a list of 32 registers), pc, and csr, a dict of {', '.join(OWN)}. Values are "
        "0 up to 2**64 - 1. Set what the instruction would have set, and pc to where the guest "
        "goes on.\n"
        "    old = csr            csrrw: csr = x[rs1]    csrrs: csr |= x[rs1]\n"
        "    x[rd] = old          csrrc: csr &= ~x[rs1]  mret:  pc = mepc\n"
        "In mepc bit 0 is always 0, whatever is written.\n"
        f"The check runs {given.guests} random guests under your function, and on the bare board."
    )


def guest(rng: np.random.Generator, length: int) -> list[str]:
    """A random kernel of so many lines; behind an mret, no privileged one follows."""
    lines: list[str] = []
    calm = False
    for _ in range(length):
        a, b, c = (int(n) for n in rng.integers(0, 32, size=3))
        kind = rng.random()
        if kind < 0.35 or calm:
            form = CALM[int(rng.integers(0, len(CALM)))]
            lines.append(form.format(a=a, b=b, c=c, n=int(rng.integers(-99, 99))))
        elif kind < 0.95:
            form, csr = FORMS[int(rng.integers(0, 6))], OWN[int(rng.integers(0, len(OWN)))]
            lines.append(f"{form} x{a}, {csr}, {'' if form.endswith('i') else 'x'}{b}")
        else:
            lines.append(JUMP)
            calm = True
    return lines


def program(lines: list[str]) -> str:
    """The whole guest, with its end."""
    body: list[str] = []
    for number, line in enumerate(lines):
        if line == JUMP:
            body += [f"        la x5, behind{number}", "        csrw mepc, x5", "        mret",
                     f"behind{number}:"]  # fmt: skip
        else:
            body.append(f"        {line}")
    return "\n".join([*body, *LAST]) + "\n"


class _NotAttempted(Exception):
    """The function is still a hole."""


def complaint(lines: list[str], emulate: Callable[[Instr, Virtual], Any]) -> str:
    """What differs from the bare board; empty if nothing does."""

    def watched(instr: Instr, vcpu: Virtual) -> None:
        if emulate(instr, vcpu) is TODO:
            raise _NotAttempted

    code = image(program(lines))
    alone = on_the_board(code, FIRST)
    try:
        vcpu = as_guest(code, FIRST, watched)
    except Astray as astray:
        return f"{astray}."
    except _NotAttempted:
        raise
    except Exception as error:  # a reader's code may raise anything; tell what and where
        return f"emulate raises {error!r}."
    for n in range(32):
        if vcpu.x[n] != alone.x[n]:
            return f"x{n} ends as {vcpu.x[n]:#x}; on the bare board it is {alone.x[n]:#x}."
    for name in OWN:
        if vcpu.csr.get(name) != alone.csr[name]:
            have = vcpu.csr.get(name)
            shown = f"{have:#x}" if isinstance(have, int) else repr(have)
            return f"{name} ends as {shown}; on the bare board it is {alone.csr[name]:#x}."
    return ""


def smallest(lines: list[str], emulate: Callable[[Instr, Virtual], Any]) -> tuple[list[str], str]:
    """Leave lines out as long as something is still wrong."""
    told = complaint(lines, emulate)
    shrinking = True
    while shrinking:
        shrinking = False
        for n in range(len(lines)):
            fewer = lines[:n] + lines[n + 1 :]
            if wrong := complaint(fewer, emulate):
                lines, told, shrinking = fewer, wrong, True
                break
    return lines, told


def guests(given: Given, rng: np.random.Generator) -> Iterator[list[str]]:
    """From one line to twelve."""
    for length in np.linspace(1, 12, given.guests).astype(int):
        yield guest(rng, int(length))


def mark(attempt: Attempt) -> Feedback:
    """Run every guest; show the smallest that fails."""
    if len(attempt.answers) != 1 or not callable(attempt.answers[0]):
        return not_yet("form", "Give one function: check(emulate).")
    emulate = attempt.answers[0]
    try:
        for lines in guests(attempt.given, attempt.rng):
            if complaint(lines, emulate):
                least, told = smallest(lines, emulate)
                return not_yet(
                    "counterexample",
                    "Each register xn holds 97 n, then the guest executes: " + "; ".join(least),
                    f"With your function, {told}",
                )
    except _NotAttempted:
        return Feedback(Outcome.NOT_ATTEMPTED)
    return passed(f"{attempt.given.guests} random guests ended as on the bare board.")


STUB = """\
task = exercise("07-1")

def emulate(instr, vcpu):
    return TODO

task.check(emulate)
"""

SOLUTION = """\
task = exercise("07-1")

def emulate(instr, vcpu):
    if instr.name == "mret":
        vcpu.pc = vcpu.csr["mepc"]
        return
    old = vcpu.csr[instr.csr]
    value = instr.imm if instr.name.endswith("i") else vcpu.x[instr.rs1]
    kind = instr.name.removesuffix("i")
    new = {"csrrw": value, "csrrs": old | value, "csrrc": old & ~value}[kind]
    vcpu.csr[instr.csr] = new & ~1 if instr.csr == "mepc" else new
    vcpu.x[instr.rd] = old
    vcpu.pc += 4

task.check(emulate)
"""

EXERCISE = Exercise(
    id="07-1",
    title="Emulate what trapped",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark,
    planted=(
        Planted(
            "constant",  # goes on behind everything, and does nothing
            STUB.replace("return TODO", "vcpu.pc += 4"),
            "on the bare board it is",
        ),
        Planted("off by one", SOLUTION.replace("pc += 4", "pc += 2"), "the guest executes"),
        Planted(
            "memoriser",  # knows the register of the printed example alone
            SOLUTION.replace(
                "    old = vcpu", '    if instr.csr != "mscratch":\n        vcpu.pc += 4\n'
                "        return\n    old = vcpu"
            ),
            "the guest executes",
        ),
        Planted("forgets bit 0", SOLUTION.replace("new & ~1", "new"), "mepc"),
    ),
)  # fmt: skip
