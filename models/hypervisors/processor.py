"""The physical hart in the hands of a hypervisor: all that M-mode software could do with it.

The hypervisor is Python, but it stands where software in M-mode would: it is entered by traps of
the board's own rules alone, and acts through what this class has: CSRs, fences, the timer of the
CLINT, MRET, and the board's physical RAM (`board.ram`). Its own instructions are not emulated, so
they cost no time on the board.
"""

from __future__ import annotations

from collections.abc import MutableSequence

from models.events import EXCEPTIONS, INTERRUPTS
from models.hypervisors.exits import Exit
from models.machine import layout
from models.machine.board import Board
from models.machine.csr_bits import MIE, MPP
from models.machine.csr_names import NUMBERS
from models.machine.semantics import M64, s64
from models.machine.traps import MTIP, Mode

MTIMECMP = layout.CLINT + 0x4000
#: Name by mcause, and whether it is an interrupt.
CAUSES = {code: (name, False) for code, name in EXCEPTIONS.items()} | {
    1 << 63 | code: (name, True) for code, name in INTERRUPTS.items()
}
BELOW = ~(MPP | MIE)  # of mstatus: an MRET to U, or, with V, to a guest
#: What lets a trap or an interrupt pass M-mode by, or a counter be read, once there are guests.
SHUT = ("medeleg", "hedeleg", "hideleg", "hie", "hvip", "hcounteren", "henvcfg", "mcounteren")
_OPEN = (1 << 54) - 1, 0b11111  # PMP's first entry: every address, readable, writable, executable


class Processor:
    """One physical hart.

    Parameters
    ----------
    board
        Whose hart it is. Its mtime ticks with every instruction.
    vector
        mtvec: an address in the hypervisor's memory. Nothing is ever executed there.
    """

    def __init__(self, board: Board, vector: int):
        if board.options.instructions_per_tick != 1:
            raise ValueError(
                f"instructions_per_tick of the physical board is "
                f"{board.options.instructions_per_tick}, allowed is 1: its timer ends slices"
            )
        self.board, self.hart, self._csrs = board, board.hart, board.hart.csrs
        self._readers = {
            name: self._csrs.reader(NUMBERS[name]) for name, _ in self._csrs.table.values()
        }
        board.reset()
        self._deadline = -1
        self.write("mtvec", vector)
        self.write("pmpaddr0", _OPEN[0])
        self.write("pmpcfg0", _OPEN[1])
        self.write("mie", MTIP)

    def read(self, name: str) -> int:
        """Read a CSR."""
        return self._readers[name]()

    def write(self, name: str, value: int) -> None:
        """Write a CSR."""
        self._csrs.write(NUMBERS[name], value)

    def keep(self, name: str, value: int, mask: int = M64) -> None:
        """Write a CSR if it does not read so, in the bits of the mask."""
        if (self._readers[name]() ^ value) & mask:
            self.write(name, value)

    def translate(self, satp: int) -> None:
        """Write satp if it does not read so."""
        if self._csrs.satp != satp:
            self.write("satp", satp)

    def shut(self) -> None:
        """Let every trap come to the hypervisor, whatever a guest's engine has let pass by."""
        for name in SHUT if self._csrs.hypervisor else ():
            self.keep(name, 0)

    def fence(self, address: int | None = None, asid: int | None = None) -> None:
        """SFENCE.VMA: of everything, of one address, of one address space, or of both.

        With the H extension HFENCE.VVMA too: the same for the guest that hgatp names; of
        everything, HFENCE.GVMA, for every guest.
        """
        self.hart.mmu.flush(address, asid)
        if self._csrs.hypervisor:
            if address is None and asid is None:
                self.fence_guest(None)
            else:
                self.hart.mmu.flush(address, asid, self._csrs.virtual_machine)

    def fence_guest(self, vmid: int | None) -> None:
        """HFENCE.GVMA: of one virtual machine's addresses, or of all (None)."""
        self.hart.mmu.flush_guest(None if vmid is None else vmid + 1)

    def _arm(self, deadline: int) -> None:
        """Let the machine timer interrupt when mtime, which is the count, gets there."""
        self._deadline = deadline
        self.board.bus.store(MTIMECMP, 8, deadline)

    def resume(
        self, x: MutableSequence[int], pc: int, attempts: int, mode: Mode, virtual: int = 0
    ) -> Exit:
        """Load the registers, MRET, and come back with what ended it.

        Parameters
        ----------
        x
            The guest's registers, 0 to 31 and whatever follows; they hold what the guest left.
        pc
            Where it goes on.
        attempts
            The timer interrupts after so many instructions, at least 1.
        mode, virtual
            U, VS or VU: where it runs.
        """
        hart, csrs, clock = self.hart, self._csrs, self.board.clock
        start, excepted = clock.count, csrs.exceptions
        deadline = start + attempts
        if deadline != self._deadline:
            self._arm(deadline)
        hart.x[:32] = x[:32]
        csrs.mstatus &= BELOW
        hart.enter(mode, virtual)
        hart.pc = pc
        stop = self.board.run_guest(deadline + 1)
        if stop:
            raise RuntimeError(f"the guest stopped the physical board: {stop}")
        x[:32] = hart.x[:32]
        cause, interrupt = CAUSES[csrs.mcause]
        own = not interrupt  # the attempt that made the exit
        return Exit(
            cause,
            interrupt,
            s64(csrs.mepc),
            csrs.mtval,
            clock.count - start - own,
            csrs.exceptions - excepted - own,
            csrs.mtval2 << 2,
            csrs.mtinst,
        )
