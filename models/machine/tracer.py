"""A trace: each instruction as it is executed, with what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from models.machine.assembler.operands import ABI_NAMES, FLOAT_ABI_NAMES
from models.machine.board import Board
from models.machine.disassembler import disassemble
from models.machine.traps import NO_GUEST, GuestFault

MASK = (1 << 64) - 1
NAMES = ABI_NAMES + FLOAT_ABI_NAMES


class Tracer:
    """Writes a line an instruction; the board must execute by steps (tier "step").

    ::

        M 0000000080000004  00b50533  add a0, a0, a1            a0=000000000000002a

    A trap, exception or interrupt, is a line of its own, after the instruction's if it is an
    exception. The trace looks on and counts nothing.

    Parameters
    ----------
    board
        Whose hart is watched.
    out
        Takes the lines.
    symbols
        Names for addresses.
    label
        What each line begins with, where several harts are watched.
    """

    def __init__(self, board: Board, out: TextIO, symbols: Mapping[str, int], label: str = ""):
        if board.options.tier != "step":
            raise ValueError(f"tier is {board.options.tier!r}, a trace needs 'step'")
        self._hart, self._out, self._label = board.hart, out, label
        self._names = {address: name for name, address in symbols.items()}
        self._step, self._fetch, self._trap = self._hart.step, self._hart.mmu.fetch, self._hart.trap
        self._word: int | None = None
        self._inside, self._trapped = False, ""
        self._hart.step = self.step  # type: ignore[method-assign]
        self._hart.mmu.fetch = self.fetch  # type: ignore[method-assign]
        self._hart.trap = self.trap  # type: ignore[method-assign]

    def fetch(self, address: int) -> int:
        """Fetch, and remember what came."""
        self._word = self._fetch(address)
        return self._word

    def trap(
        self, cause: int, value: int, interrupt: bool = False, detail: GuestFault = NO_GUEST
    ) -> None:
        """Take a trap, and write a line for it."""
        mode, pc = self._mode(), self._hart.pc & MASK
        self._trap(cause, value, interrupt, detail)
        kind = "interrupt" if interrupt else "exception"
        where = f"to {self._mode()} {self._hart.pc & MASK:#x}"
        line = f"{self._label}{mode} {pc:016x}  {kind} {cause}, value {value & MASK:#x}, {where}\n"
        if self._inside:
            self._trapped = line
        else:
            self._out.write(line)

    def step(self, word: int = 0) -> None:
        """Execute an instruction, and write its line."""
        mode, pc, before = self._mode(), self._hart.pc & MASK, self._registers()
        if pc in self._names:
            self._out.write(f"{self._names[pc]}:\n")
        self._word, self._inside, self._trapped = word or None, True, ""
        self._step(word)
        self._inside = False
        if self._word is not None:  # else the fetch itself trapped
            self._out.write(self._line(mode, pc, self._word, before))
        self._out.write(self._trapped)

    def _line(self, mode: str, pc: int, word: int, before: list[int]) -> str:
        digits = 8 if word & 3 == 3 else 4
        text = disassemble(word, pc, symbols=self._names)
        changes = " ".join(
            f"{name}={new & MASK:016x}"
            for name, old, new in zip(NAMES, before, self._registers(), strict=True)
            if old != new
        )
        word_text = f"{word:0{digits}x}{'':{8 - digits}}"
        line = f"{self._label}{mode} {pc:016x}  {word_text}  {text:<32}  {changes}"
        return line.rstrip() + "\n"

    def _registers(self) -> list[int]:
        return self._hart.x[:32] + self._hart.f

    def _mode(self) -> str:
        return self._hart.mode_name
