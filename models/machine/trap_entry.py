"""How a hart enters a trap's handler: in M, in S (HS with the H extension), or in VS.

::

    delegation of an exception (medeleg, hedeleg) or interrupt (mideleg, hideleg)

      from U, S      medeleg clear: M        set: HS
      from VU, VS    medeleg clear: M        set, hedeleg clear: HS      both set: VS
"""

from __future__ import annotations

from collections.abc import Callable

from models.events import EXCEPTIONS, INTERRUPTS, Counters
from models.machine.csr import Csrs
from models.machine.csr_bits import MIE, MPIE, MPP, SIE, SPIE, SPP
from models.machine.csr_hypervisor import GVA, M_GVA, MPV, SPV, SPVP
from models.machine.semantics import M64, s64
from models.machine.traps import INTERRUPT_ORDER, MACHINE, NO_GUEST, SUPERVISOR, GuestFault


class TrapEntry:
    """The part of `Hart` that takes traps."""

    counters: Counters
    csrs: Csrs
    pc: int
    settle: Callable[[], None]
    enter: Callable[..., None]

    def trap(
        self, cause: int, value: int, interrupt: bool = False, detail: GuestFault = NO_GUEST
    ) -> None:
        """Enter the handler of an exception or interrupt (`settle` first)."""
        csrs = self.csrs
        family, names = ("interrupts", INTERRUPTS) if interrupt else ("traps", EXCEPTIONS)
        self.counters.count(family, names[cause])
        delegated = csrs.mideleg if interrupt else csrs.medeleg
        to_guest = csrs.hideleg if interrupt else csrs.hedeleg
        code = cause | (1 << 63 if interrupt else 0)
        if csrs.mode == MACHINE or not delegated >> cause & 1:
            vector = self._to_machine(code, value, detail)
        elif not csrs.virtual or not to_guest >> cause & 1:
            vector = self._to_supervisor(code, value, detail)
        else:
            cause -= interrupt  # a guest knows its interrupts by a supervisor's numbers
            vector = self._to_guest(code - interrupt, value)
        self.pc = s64((vector & ~3) + (4 * cause if interrupt and vector & 1 else 0))

    def _to_machine(self, code: int, value: int, detail: GuestFault) -> int:
        """Save the state for M-mode and enter it; return its vector."""
        csrs, status = self.csrs, self.csrs.mstatus
        csrs.mepc, csrs.mcause, csrs.mtval = self.pc & M64, code, value & M64
        status = status & ~(MPP | MPIE | MIE) | (MPIE if status & MIE else 0) | csrs.mode << 11
        if csrs.hypervisor:
            csrs.mtval2, csrs.mtinst = detail.physical, detail.instruction
            status &= ~(MPV | M_GVA)
            status |= (MPV if csrs.virtual else 0) | (M_GVA if detail.guest else 0)
        csrs.mstatus = status
        self.enter(MACHINE)
        return csrs.mtvec

    def _to_supervisor(self, code: int, value: int, detail: GuestFault) -> int:
        """Save the state for S-mode, or HS-mode, and enter it; return its vector."""
        csrs = self.csrs
        csrs.sepc, csrs.scause, csrs.stval = self.pc & M64, code, value & M64
        csrs.mstatus = self._pushed(csrs.mstatus)
        if csrs.hypervisor:
            csrs.htval, csrs.htinst = detail.physical, detail.instruction
            status = csrs.hstatus & ~(SPV | GVA) | (GVA if detail.guest else 0)
            if csrs.virtual:
                status = status & ~SPVP | SPV | (SPVP if csrs.mode == SUPERVISOR else 0)
            csrs.hstatus = status
        self.enter(SUPERVISOR)
        return csrs.stvec

    def _to_guest(self, code: int, value: int) -> int:
        """Save the state for VS-mode and enter it; return its vector."""
        csrs = self.csrs
        csrs.vsepc, csrs.vscause, csrs.vstval = self.pc & M64, code, value & M64
        csrs.vsstatus = self._pushed(csrs.vsstatus)
        self.enter(SUPERVISOR, virtual=1)
        return csrs.vstvec

    def _pushed(self, status: int) -> int:
        """Return sstatus, or a guest's, with mode and interrupt enable saved."""
        status = status & ~(SPP | SPIE | SIE) | (SPIE if status & SIE else 0)
        return status | (SPP if self.csrs.mode == SUPERVISOR else 0)

    def interrupt(self) -> bool:
        """Take the most urgent interrupt that is pending and enabled; tell whether there was."""
        csrs = self.csrs
        pending = csrs.pending() & csrs.mie
        if not pending:
            return False
        mode, virtual, status = csrs.mode, csrs.virtual, csrs.mstatus
        taken = 0
        if mode < MACHINE or status & MIE:
            taken = pending & ~csrs.mideleg
        if not taken and (mode < SUPERVISOR or virtual or (mode == SUPERVISOR and status & SIE)):
            taken = pending & csrs.mideleg & ~csrs.hideleg
        if not taken and virtual and (mode < SUPERVISOR or csrs.vsstatus & SIE):
            taken = pending & csrs.hideleg
        for cause in INTERRUPT_ORDER:
            if taken >> cause & 1:
                self.settle()
                self.trap(cause, 0, interrupt=True)
                return True
        return False
