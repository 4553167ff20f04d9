"""The interrupt registers among the CSRs.

mip is what the devices' wires say, what software set, the supervisor's timer (Sstc), and what the
hypervisor gives its guest. With the H extension a guest's three are bits of the same registers::

       12     11    10    9     7     6    5     3     2     1
    +------+------+-----+----+------+-----+----+------+-----+----+
    | SGEI | MEI  | VSEI| SEI| MTI  | VSTI| STI| MSI  | VSSI| SSI|
    +------+------+-----+----+------+-----+----+------+-----+----+
"""

from __future__ import annotations

from collections.abc import Callable

from models.machine.clock import Clock
from models.machine.csr_bits import STCE
from models.machine.traps import GUEST_INTERRUPTS, SSIP, STIP, SUPERVISOR_INTERRUPTS

_MIE = 0x304


class InterruptRegisters:
    """The part of `Csrs` that tells which interrupts are pending, enabled and delegated."""

    clock: Clock
    hypervisor: bool
    table: dict[int, tuple[str, int]]
    on_interrupts: Callable[[], None]
    guest_pending: Callable[[], int]
    _write_hip: Callable[[int], None]
    lines: int
    soft_mip: int
    mie: int
    mideleg: int
    menvcfg: int
    stimecmp: int

    def pending(self) -> int:
        """Return mip: wires, what software set, the timer of Sstc, and the guest's."""
        soft = self.soft_mip
        if self.menvcfg & STCE:
            soft = soft & ~STIP | (STIP if self.clock.now() >= self.stimecmp else 0)
        return self.lines | soft | (self.guest_pending() if self.hypervisor else 0)

    _read_mip = pending

    def _write_mip(self, value: int) -> None:
        mask = SUPERVISOR_INTERRUPTS & ~(STIP if self.menvcfg & STCE else 0)
        self.soft_mip = self.soft_mip & ~mask | value & mask
        if self.hypervisor:
            self._write_hip(value)
        self.on_interrupts()

    def _read_sip(self) -> int:
        return self.pending() & self.mideleg & SUPERVISOR_INTERRUPTS

    def _write_sip(self, value: int) -> None:
        mask = SSIP & self.mideleg
        self.soft_mip = self.soft_mip & ~mask | value & mask
        self.on_interrupts()

    def _read_sie(self) -> int:
        return self.mie & self.mideleg & SUPERVISOR_INTERRUPTS

    def _write_sie(self, value: int) -> None:
        mask = self.mideleg & SUPERVISOR_INTERRUPTS
        self._write_mie(self.mie & ~mask | value & mask)

    def _write_mie(self, value: int) -> None:
        self.mie = value & self.table[_MIE][1]
        self.on_interrupts()

    def _write_mideleg(self, value: int) -> None:
        """Set it; a guest's interrupts always pass M-mode by."""
        guest = GUEST_INTERRUPTS if self.hypervisor else 0
        self.mideleg = value & SUPERVISOR_INTERRUPTS | guest
        self.on_interrupts()

    def set_line(self, bit: int, level: bool) -> None:
        """Set an interrupt wire: a bit of mip."""
        self.lines = self.lines | bit if level else self.lines & ~bit
        self.on_interrupts()

    def wire(self, bit: int) -> Callable[[bool], None]:
        """Return the setter of one interrupt wire, for a device."""
        return lambda level: self.set_line(bit, level)
