"""A small machine to look into: one program, forward and back, and what every step changed.

It looks on and counts nothing: an address is translated for the reader without touching TLB,
A and D bits or counters.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace

from models.events import EXCEPTIONS, INTERRUPTS
from models.machine.assembler import Program, assemble
from models.machine.assembler.operands import FLOAT_ABI_NAMES
from models.machine.board import Board, BoardOptions, Stop
from models.machine.decode import Decoded, decode
from models.machine.disassembler import disassemble
from models.machine.history import History
from models.machine.memory import PAGE
from models.machine.paging import R, W, X
from models.machine.semantics import M64, s64
from models.machine.semantics_float import BOX
from models.machine.traps import NO_GUEST, GuestFault
from models.machine.way import Way, way

OPTIONS = BoardOptions(memory=256 << 10)
#: Data stands in pages of its own: the tiers look closely at every store beside code.
SECTIONS = {".data": 0x8001_0000, ".bss": 0x8001_8000}
INTERVAL = 10_000  # instructions between snapshots
KEEP = 64
MOST_TRAPS = 10_000  # kept in the log


@dataclass(frozen=True)
class Taken:
    """A trap that was taken.

    Attributes
    ----------
    step
        Number of the instruction that raised it, or before which an interrupt came.
    cause
        Its name in `models.events`.
    value
        What mtval or stval received.
    pc, mode
        Where it came from.
    target, handler
        Address and mode of the handler.
    """

    step: int
    cause: str
    value: int
    pc: int
    mode: str
    target: int
    handler: str


@dataclass(frozen=True)
class Access:
    """A load or store that the next instruction will make."""

    kind: str
    address: int
    width: int


class Debugger:
    """A program on a board of its own.

    Parameters
    ----------
    program
        For the names of its addresses, and to be loaded.
    board
        With the program in it; None: a small one, at the program's entry in M-mode.

    Attributes
    ----------
    board
        To be looked at, and run by this object alone.
    traps
        The latest traps, oldest first.
    ended
        Why the program cannot go on; None while it can.
    """

    def __init__(self, program: Program, board: Board | None = None):
        self.program = program
        self.board = board or loaded(program)
        self.traps: list[Taken] = []
        self.ended: Stop | None = None
        self._trap = self.board.hart.trap
        self.board.hart.trap = self._log  # type: ignore[method-assign]
        self.history = History(self.board, INTERVAL, KEEP)

    # ------------------------------------------------------------------ moving
    @property
    def count(self) -> int:
        """Steps so far: instructions that retired or raised an exception."""
        return self.board.clock.count

    def run(self, limit: int, breakpoints: Iterable[int] = ()) -> Stop:
        """Go forward, until something ends it.

        Parameters
        ----------
        limit
            At most so many steps.
        breakpoints
            Addresses in front of which to stop (then every instruction is looked at: slow).
        """
        if self.ended:
            return replace(self.ended, retired=0)
        wanted = frozenset(breakpoints)
        until = (lambda board: board.hart.pc & M64 in wanted) if wanted else None
        stop = self.history.run(limit, until)
        if stop.reason in ("halt", "wfi"):
            self.ended = stop
        return stop

    def back(self, steps: int = 1) -> None:
        """Return to the state so many steps ago; ValueError before the beginning."""
        target = self.count - steps
        earlier = [trap for trap in self.traps if trap.step <= target]
        self.history.back(steps)
        self.traps, self.ended = earlier, None

    def _log(
        self, cause: int, value: int, interrupt: bool = False, detail: GuestFault = NO_GUEST
    ) -> None:
        hart = self.board.hart
        mode, pc = self.mode, hart.pc & M64
        self._trap(cause, value, interrupt, detail)
        name = (INTERRUPTS if interrupt else EXCEPTIONS)[cause]
        taken = Taken(self.count + interrupt, name, value & M64, pc, mode, hart.pc & M64, self.mode)
        self.traps.append(taken)
        if len(self.traps) > MOST_TRAPS:
            del self.traps[: MOST_TRAPS // 2]

    # ------------------------------------------------------------------ looking
    @property
    def floats(self) -> dict[str, float]:
        """The floating-point registers' numbers, by name: singles where one is boxed."""
        registers = zip(FLOAT_ABI_NAMES, self.board.hart.f, strict=True)
        return {name: number(register) for name, register in registers}

    @property
    def mode(self) -> str:
        """M, S or U; with the H extension M, HS, U, VS or VU."""
        return self.board.hart.mode_name

    @property
    def pc(self) -> int:
        """Address of the next instruction."""
        return self.board.hart.pc & M64

    def way(self, address: int, access: int) -> Way:
        """How a fetch (X), load (R) or store (W) would reach memory now.

        Of a guest's walk through two stages only the end is told.
        """
        return way(self.board, address, access)

    def bytes_at(self, address: int, length: int, access: int = R) -> bytes | None:
        """Memory as the program would see it; None where it sees no RAM."""
        data = b""
        while len(data) < length:
            here = address + len(data) & M64
            piece = min(length - len(data), PAGE - here % PAGE)
            physical = self.way(here, access).physical
            if physical is None or not self.board.ram.holds(physical, piece):
                return None
            data += self.board.ram.read(physical, piece)
        return data

    def word_at(self, address: int) -> int | None:
        """The instruction at an address; None if it cannot be fetched."""
        first = self.bytes_at(address, 2, X)
        if first is None or first[0] & 3 != 3:
            return None if first is None else int.from_bytes(first, "little")
        whole = self.bytes_at(address, 4, X)
        return None if whole is None else int.from_bytes(whole, "little")

    def text_at(self, address: int) -> str:
        """The instruction at an address, disassembled."""
        word = self.word_at(address)
        if word is None:
            return "(nothing can be fetched here)"
        names = {address: name for name, address in self.program.symbols.items()}
        return disassemble(word, address, symbols=names)

    @property
    def text(self) -> str:
        """The instruction at pc, disassembled."""
        return self.text_at(self.pc)

    @property
    def access(self) -> Access | None:
        """The load or store that the next instruction makes, if it is one."""
        word = self.word_at(self.pc)
        decoded: Decoded | None = None if word is None else decode(word)
        if decoded is None or decoded.base.kind not in KINDS:
            return None
        # Atomic instructions have no offset: imm is 0.
        address = self.board.hart.x[decoded.rs1] + decoded.imm & M64
        return Access(KINDS[decoded.base.kind], address, decoded.base.width)


KINDS = {"load": "load", "store": "store", "amo": "load and store", "lr": "load", "sc": "store"}
KINDS |= {"fload": "load", "fstore": "store"}


def number(register: int) -> float:
    """Read a floating-point register: a boxed single, or a double."""
    form, width = ("<f", 4) if register >= BOX else ("<d", 8)
    return float(struct.unpack(form, register.to_bytes(8, "little")[:width])[0])


def loaded(program: Program, options: BoardOptions = OPTIONS) -> Board:
    """A board that stands at a program's entry in M-mode."""
    board = Board(options)
    board.reset()
    address, image = program.image()
    board.load(image, address)
    board.hart.pc = s64(program.entry)
    return board


def build(source: str, name: str = "program.S") -> Program:
    """Assemble a program for `Debugger`; AssemblyError tells the line."""
    return assemble(source, name=name, addresses=SECTIONS)


def rights(access: Access) -> int:
    """The right that an access needs of its page."""
    return R if access.kind == "load" else W
