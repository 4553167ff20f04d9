"""Traces: the path that execution is expected to take from a hot address.

A trace follows jumps, calls and their returns, and of a branch the way that was taken oftener
while the code was cold (if it never ran: back, but not forward). It ends where it meets itself,
leaves the page, or needs the stepper. If it comes back to its start it is a loop. Every branch that
goes the other way leaves the trace.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from models.machine.decode import Decoded
from models.machine.memory import PAGE, Ram
from models.machine.semantics import s64
from models.machine.tiers.blocks import read

LONGEST = 64
LINKS = (1, 5)  # the registers that calls leave their return address in


@dataclass(frozen=True)
class Step:
    """One instruction of a trace.

    Attributes
    ----------
    expected
        The address that the trace goes on at; None where it ends with this instruction.
    """

    pc: int
    decoded: Decoded
    expected: int | None


@dataclass
class Trace:
    """Steps, and where they lead.

    Attributes
    ----------
    loops
        Whether the end leads back to the start.
    end
        The address after the last step, if that step does not turn somewhere itself.
    low, high
        The range of addresses that was read.
    """

    start: int
    steps: list[Step] = field(default_factory=list)
    loops: bool = False
    end: int = 0
    low: int = 0
    high: int = 0


def follow(ram: Ram, delta: int, start: int, taken: dict[int, int]) -> Trace:
    """Follow the expected path from an address.

    Parameters
    ----------
    delta
        RAM offset minus address of the page.
    taken
        See `CodePage`.
    """
    trace = Trace(start, low=start, high=start)
    page, pc = start & -PAGE, start
    visited: set[int] = set()
    returns: list[int] = []
    while len(trace.steps) < LONGEST and pc & -PAGE == page and pc not in visited:
        decoded = read(ram, delta, pc)
        if decoded is None:
            break
        visited.add(pc)
        trace.low, trace.high = min(trace.low, pc), max(trace.high, pc + decoded.length)
        expected = _expected(pc, decoded, returns, taken)
        trace.steps.append(Step(pc, decoded, expected))
        if expected is None:
            return trace
        pc = expected
    trace.end = pc
    trace.loops = pc == start and bool(trace.steps)
    return trace


def _expected(pc: int, d: Decoded, returns: list[int], taken: dict[int, int]) -> int | None:
    following = s64(pc + d.length)
    kind = d.base.kind
    if kind == "branch":
        return s64(pc + d.imm) if taken.get(pc, -d.imm) > 0 else following
    if kind == "jal":
        if d.rd in LINKS:
            returns.append(following)
        return s64(pc + d.imm)
    if kind == "jalr":
        is_return = not d.rd and d.rs1 in LINKS and not d.imm
        return returns.pop() if is_return and returns else None
    return following
