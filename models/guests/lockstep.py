"""One program on two machines side by side, and the first thing in which they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.facts import Fact, Facts
from models.machine.assembler import Program
from models.machine.assembler.operands import ABI_NAMES
from models.machine.board import BoardOptions
from models.machine.debugger import Debugger, loaded

MOST = 2_000_000  # steps
NAMED = 4  # differences told by name


@dataclass(frozen=True)
class Lockstep:
    """What the comparison came to.

    Attributes
    ----------
    steps
        Made by both.
    compared
        How often the whole states were laid side by side.
    differing
        What differs in the last of them: registers, CSRs, mode, memory and so on; empty if
        nothing does.
    last
        The instruction before that, as the first machine has it; empty if none or unknown.
    """

    steps: int
    compared: int
    differing: tuple[str, ...]
    last: str

    def facts(self) -> Facts:
        """Steps, comparisons, the first difference."""
        named = ", ".join(self.differing[:NAMED])
        more = f" and {len(self.differing) - NAMED} more" if len(self.differing) > NAMED else ""
        return Facts(
            Fact("Steps made by both", self.steps),
            Fact("States compared", self.compared),
            Fact("Differing", named + more or "nothing"),
            Fact("Last instruction", self.last or "-"),
            title="Two machines, one program",
        )


def lockstep(
    program: Program, one: BoardOptions, other: BoardOptions, stride: int = 1, most: int = MOST
) -> Lockstep:
    """Run a program on two boards until they differ, or until it ends.

    Parameters
    ----------
    program
    one, other
        Two machines, with memory of the same size.
    stride
        Steps between comparisons, at least 1; with 1 the instruction that made the difference is
        told.
    most
        Steps after which to end.

    Raises
    ------
    ValueError
        For a stride below 1, and for memories of two sizes.
    """
    if stride < 1:
        raise ValueError(f"stride: {stride}; allowed: 1 and more steps")
    if one.memory != other.memory:
        raise ValueError(f"memory: {one.memory} and {other.memory} bytes; allowed: twice the same")
    first, second = Debugger(program, loaded(program, one)), loaded(program, other)
    steps = compared = 0
    differing: tuple[str, ...] = ()
    text = ""
    going = True
    while going and steps < most and not differing:
        text = first.text if stride == 1 else ""
        stops = [board.run(min(stride, most - steps)) for board in (first, second)]
        steps += stops[0].retired
        compared += 1
        going = stops[0].reason == stops[1].reason == "limit"
        if first.board.state() != second.state():
            differing = tuple(_differing(first.board.state(), second.state()))
    return Lockstep(steps, compared, differing, text if differing else "")


def _differing(one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    """Names of what two states do not share."""
    for name, value in one.items():
        theirs = other[name]
        if value == theirs:
            continue
        if name == "x":
            yield from (ABI_NAMES[n] for n in range(32) if value[n] != theirs[n])
        elif isinstance(value, dict) and value.keys() == theirs.keys():
            yield from _differing(value, theirs)
        else:
            yield name
