"""A virtual CPU: registers that the hypervisor keeps, and `run`, which is KVM_RUN's shape.

The state is a `Hart` of the guest's own board (see `vm`). What an engine has to emulate it lets
that hart do: `emulate` is one instruction by the same definitions that the physical hart goes by,
with the guest's CSRs, page tables and devices.

Time: a guest's clock goes on by one for each instruction, whether the physical hart completed it or
the hypervisor emulated it, and by nothing else. So an exit that the guest does not owe to itself, a
hidden fault, costs it no time.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from models.events import Counters
from models.hypervisors.exits import Exit
from models.hypervisors.processor import Processor
from models.machine.board import Board
from models.machine.codecache import KeepsCode
from models.machine.csr_bits import MPP, MPRV
from models.machine.csr_float import FS
from models.machine.decode import decode
from models.machine.semantics import M64, s64
from models.machine.traps import Mode, Trap

#: A guest may have to be entered again for a page, for each table on the way to it, for a page
#: beside it, and once more when the hypervisor ran out of frames: 30 times, but no more.
PATIENCE = 100


class Stuck(RuntimeError):
    """The engine enters its guest again and again, and the guest gets no further: a defect."""


class Engine(Protocol):
    """A virtualization technique, of one VM.

    Attributes
    ----------
    name
        As on the command line.
    shadowed
        Every table that the hart walks for this guest is a shadow of the guest's.
    """

    name: str
    shadowed: bool

    @property
    def watcher(self) -> KeepsCode | None:
        """Told of writes to guest memory that the physical hart did not make, see `vm`."""

    def run_slice(self) -> None:
        """Run the guest until its fuel is used up, or its virtual hart wants attention."""


class Vcpu:
    """One virtual CPU.

    Parameters
    ----------
    processor
        The physical hart.
    board
        The guest's board, whose hart this is.
    counters
        Exits and emulated instructions are counted here.

    Attributes
    ----------
    hart
        Registers, pc, CSRs, and the rules by which an instruction is emulated.
    fuel
        One cell: instructions that the guest may still do in this slice.
    run_firmware
        Runs the book's own firmware until it returns, or the slice ends.
    """

    def __init__(self, processor: Processor, board: Board, counters: Counters):
        self.processor, self.hart, self.counters = processor, board.hart, counters
        self.clock, self.fuel = board.clock, board.clock.fuel
        self._last = self._entries = 0
        self._own_firmware = board.options.own_firmware
        self.run_firmware: Callable[[], None] = self.emulate

    def aside(self) -> bool:
        """Emulate what every engine has to of virtual M; tell whether there was anything.

        The book's own firmware stands in for the hypervisor: it is the hypervisor's work. And with
        MPRV M-mode fetches by one translation and loads by another, which no other mode does.
        """
        csrs = self.hart.csrs
        if self._own_firmware:
            stood = self.clock.stood
            self.run_firmware()
            self.counters.count("emulated", "firmware", self.clock.stood - stood)
            return True
        if csrs.mstatus & MPRV and csrs.mstatus & MPP != MPP:
            self.emulate()
            return True
        return False

    def run(self, mode: Mode, virtual: int = 0) -> Exit:
        """Enter the guest on the physical hart, and return why it left.

        Parameters
        ----------
        mode, virtual
            Where its code runs: U, VS or VU. What else the mode needs (satp, hgatp, ...) has been
            written.

        Raises
        ------
        Stuck
            If the guest has come to nothing in the last `PATIENCE` entries.
        """
        hart, floats = self.hart, self.hart.csrs.floats
        count = self.clock.count
        self._entries = self._entries + 1 if count == self._last else 1
        self._last = count
        if self._entries > PATIENCE:
            at = f"{hart.mode_name} at pc {hart.pc & M64:#x}"
            raise Stuck(f"virtual {at}: entered {PATIENCE} times in {mode.name}, and got nowhere")
        if floats:
            self._load_floats(virtual)
        exit_ = self.processor.resume(hart.x, hart.pc, self.fuel[0], mode, virtual)
        if floats:
            self._save_floats(virtual)
        hart.pc = exit_.pc
        hart.reservation = None  # an exit clears it, as any trap
        self.fuel[0] -= exit_.completed
        hart.csrs.exceptions += exit_.excepted
        return exit_

    def _load_floats(self, virtual: int) -> None:
        """Load what F and D add; a guest in VS or VU has its FS in vsstatus, and M's stays open."""
        own, hart = self.hart, self.processor.hart
        hart.f[:], hart.csrs.fcsr = own.f, own.csrs.fcsr
        status = own.csrs.mstatus & FS
        if virtual:
            hart.csrs.vsstatus = hart.csrs.vsstatus & ~FS | status
            status = FS
        hart.csrs.mstatus = hart.csrs.mstatus & ~FS | status

    def _save_floats(self, virtual: int) -> None:
        """Take it back, as the guest left it."""
        own, hart = self.hart, self.processor.hart
        own.f[:], own.csrs.fcsr = hart.f, hart.csrs.fcsr
        status = hart.csrs.vsstatus if virtual else hart.csrs.mstatus
        own.csrs.mstatus = own.csrs.mstatus & ~FS | status & FS

    def exits(self, reason: str) -> None:
        """Count an exit, under the virtual mode that it left."""
        self.counters.count("exits", f"{self.hart.mode_name}:{reason}")

    def emulate(self, word: int = 0) -> None:
        """Let the hypervisor do the instruction at pc, or take its trap, by the board's rules.

        `word` is that instruction, if the exit has told it.
        """
        mode = "firmware" if self.clock.paused else self.hart.mode_name
        self.counters.count("emulated", mode)
        self.hart.step(word)

    def conditional(self, address: int) -> bool:
        """Tell whether the fault of a store was that of an SC, and keep the reservation it had.

        An SC without a valid reservation fails before it comes to memory, so this one had one; the
        exit has taken it away, and emulated or tried again it would fail, as it never does on the
        bare board.
        """
        hart, value = self.hart, 0
        try:
            decoded = decode(hart.mmu.fetch(hart.pc & M64))
        except Trap:  # the guest lives on a translation that it has taken out of its table
            return False
        if decoded is None or decoded.base.kind != "sc":
            return False
        width = decoded.base.width
        with suppress(Trap):  # then the SC traps too
            value = hart.mmu.load(address, width)
        hart.reservation = address, s64(value << 64 - 8 * width) >> 64 - 8 * width
        return True
