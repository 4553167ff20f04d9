"""Hardware assistance, first generation: the guest's kernel in VS, but shadow page tables.

So it was on x86 from 2005 to 2008: the processor had a mode for a guest's kernel, but translated
only once. System calls and what they touch stay inside the guest, as with the second generation
(see `hardware_assisted`); the guest's page faults, edits of its page tables, changes of its address
space and fences exit, as with trap-and-emulate (see `shadow_paging`).

Other than there, virtual S and U run in different modes of the hart. So one table serves both, in
which U is what the guest's table says, and SUM and MXR are the hart's affair.

What it relies on: page faults in VS and VU, not delegated; virtual-instruction exceptions of satp
and SFENCE.VMA in VS (hstatus.VTVM); and, but for guest-page faults, on what the second generation
relies on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.hypervisors.exits import Exit
from models.hypervisors.hardware_assisted import InHardware
from models.hypervisors.shadow_paging import ACCESS, Found, Role, ShadowPaging
from models.machine.csr_bits import MXR, SUM
from models.machine.paging import Rights, U
from models.machine.traps import SUPERVISOR, USER

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm
    from models.machine.codecache import KeepsCode

#: Who uses the table of an address space: S and U alike.
BOTH = Role(SUPERVISOR, sum=True, mxr=True)


class SharedShadow(ShadowPaging):
    """Shadow tables that VS and VU share, as a guest's S and U share its own."""

    def _role(self) -> Role:
        return BOTH if self._satp() else Role(self._csrs.mode)

    def _rights(self, role: Role) -> Rights:
        """See `ShadowPaging`."""
        status = self._csrs.mstatus
        return Rights(self._csrs.mode == USER, bool(status & SUM), bool(status & MXR))

    def _allowed(self, found: Found, role: Role, access: int) -> bool:
        """See `ShadowPaging`: the flags go over as they are, and the hart looks who asks."""
        return not found.tables or bool(found.flags & access)

    def _user(self, found: Found, role: Role) -> int:
        """See `ShadowPaging`."""
        if found.tables:
            return found.flags & U
        return 0 if role.mode == SUPERVISOR else U


class HardwareAssistedShadow(InHardware):
    """The engine "hardware-assisted-shadow".

    Parameters
    ----------
    vm
        Whose guest it runs.
    timer_exits
        Let the guest's timer be emulated even where the hart could keep it.

    Raises
    ------
    ValueError
        See `InHardware`.
    """

    name = "hardware-assisted-shadow"
    shadowed = True
    retried = "hidden-fault"

    def __init__(self, vm: Vm, timer_exits: bool = False):
        super().__init__(vm, True, timer_exits)
        self.watcher: KeepsCode | None
        self.watcher = self._paging = SharedShadow(vm)

    def _translate(self) -> None:
        """See `InHardware`."""
        self._processor.keep("hgatp", 0)
        self._processor.keep("vsatp", self._paging.satp())

    def _memory(self, exit_: Exit) -> str:
        """See `InHardware`."""
        if exit_.cause not in ACCESS:
            return ""
        return self._paging.fault(exit_.value, ACCESS[exit_.cause])

    def _reason(self, exit_: Exit) -> str:
        """See `InHardware`; a fence is carried out on the hart too."""
        reason = super()._reason(exit_)
        if reason == "fence":
            self._paging.fence(exit_.value, self._hart.x)
        return reason
