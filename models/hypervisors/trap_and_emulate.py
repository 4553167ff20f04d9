"""Trap-and-emulate: the whole guest runs in U-mode, and what it may not do there is done for it.

The guest's kernel, and its firmware in M-mode, run in U-mode of the physical hart like any program,
at full speed. A sensitive instruction is privileged, hence it traps; the hypervisor does it on the
virtual hart. That is all, if every sensitive instruction is privileged (theorem 1 of Popek and
Goldberg): with `holes` some are not, and the guest goes astray.

What it relies on: illegal-instruction traps of CSR instructions, SRET, MRET, SFENCE.VMA and WFI in
U-mode; page faults (see `shadow_paging`); calls from U-mode; the machine timer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.hypervisors.exits import Exit, privileged_reason
from models.hypervisors.shadow_paging import ACCESS, ShadowPaging
from models.machine.paging import W
from models.machine.traps import MACHINE, USER

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm


class TrapAndEmulate:
    """The engine "trap-and-emulate".

    Parameters
    ----------
    vm
        Whose guest it runs.
    """

    name = "trap-and-emulate"
    shadowed = True

    def __init__(self, vm: Vm):
        self._vcpu, self._hart = vm.vcpu, vm.board.hart
        self._processor = vm.host.processor
        self.watcher = self.paging = ShadowPaging(vm)

    def run_slice(self) -> None:
        """See `Engine`."""
        vcpu, hart, csrs, fuel = self._vcpu, self._hart, self._hart.csrs, self._vcpu.fuel
        while fuel[0] > 0 and not hart.attention:
            if csrs.mode == MACHINE and vcpu.aside():
                continue
            self._processor.translate(self.paging.satp())
            self._handle(self._enter())

    def _enter(self) -> Exit:
        """Run the guest."""
        return self._vcpu.run(USER)

    def _handle(self, exit_: Exit) -> None:
        """Do for the guest what the exit asks for."""
        vcpu = self._vcpu
        if exit_.interrupt:
            vcpu.exits("timer")
        elif exit_.cause in ACCESS:
            self._fault(exit_.value, ACCESS[exit_.cause])
        elif exit_.cause == "illegal-instruction":
            self._privileged(exit_.value)
        else:
            vcpu.exits("environment-call" if exit_.cause == "ecall-u" else "exception")
            vcpu.emulate(exit_.word)

    def _fault(self, address: int, access: int) -> str:
        """Let the shadow table have what it lacks, or emulate the access; say which it was."""
        vcpu = self._vcpu
        reason = self.paging.fault(address, access)
        vcpu.exits(reason)
        conditional = access == W and vcpu.conditional(address)
        if conditional or reason != "hidden-fault":
            vcpu.emulate()
        return reason

    def _privileged(self, word: int) -> None:
        """Emulate what may only be done above U-mode (or nowhere)."""
        vcpu = self._vcpu
        reason = "exception" if self._hart.csrs.mode == USER else privileged_reason(word)
        vcpu.exits(reason)
        if reason == "fence":
            self.paging.fence(word, self._hart.x)
        vcpu.emulate(word)
