"""Hardware assistance, second generation: the guest's kernel in VS, two stages of translation.

The hart has a mode for a guest's kernel (VS) and one for its programs (VU), with registers of their
own, and a second stage of translation behind the guest's. System calls, page faults, page-table
edits, changes of the address space, fences and, with Sstc, timer interrupts stay between the guest
and the hart. What is left exits: guest physical addresses without an entry, devices above all; WFI;
calls of the SBI.

There is no mode for a guest's M-mode. It runs in VU with its own stage off, where every instruction
above U-mode's exits and is emulated; after its MRET virtual S and U run in VS and VU. The machine's
holes are holes of U with V=0 alone, so this firmware never falls into one.

What it relies on: guest-page faults; virtual-instruction exceptions of WFI in VS, of S-level
instructions in VU; illegal-instruction exceptions of M-level ones in VU, not delegated in virtual
M; calls from VS and, in virtual M, from VU; the machine timer; hedeleg for what stays inside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from models.hypervisors.exits import TELLS, Exit, privileged_reason
from models.hypervisors.guest_registers import GuestRegisters
from models.hypervisors.second_stage import SecondStage
from models.machine.memory import PAGE
from models.machine.paging import SV39
from models.machine.traps import MACHINE, USER

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm
    from models.machine.codecache import KeepsCode


class InHardware(ABC):
    """What both generations have in common: the guest runs in VS and VU.

    Parameters
    ----------
    vm
        Whose guest it runs.
    shadow, timer_exits
        See `GuestRegisters`.

    Raises
    ------
    ValueError
        If the physical board lacks the H extension, or the guest's has it.
    """

    name: str
    shadowed: bool
    watcher: KeepsCode | None
    #: The reason of exits after which the guest tries the same again, and no time has passed.
    retried: str

    def __init__(self, vm: Vm, shadow: bool, timer_exits: bool):
        if not vm.host.board.options.hypervisor:
            raise ValueError("hypervisor of the physical board is False, allowed here is True")
        if vm.board.options.hypervisor:
            raise ValueError("hypervisor of the guest's board is True, allowed here is False")
        self._vcpu, self._hart = vm.vcpu, vm.board.hart
        self._processor = vm.host.processor
        self._registers = GuestRegisters(vm, shadow, timer_exits)

    def run_slice(self) -> None:
        """See `Engine`."""
        vcpu, hart, csrs, fuel = self._vcpu, self._hart, self._hart.csrs, self._vcpu.fuel
        if self._registers.disarm():
            return
        while fuel[0] > 0 and not hart.attention:
            if csrs.mode == MACHINE and vcpu.aside():
                continue
            self._registers.load()
            self._translate()
            exit_ = vcpu.run(USER if csrs.mode == MACHINE else csrs.mode, virtual=1)
            self._registers.save()
            # The guest's fences, changes of satp, ... passed the virtual hart by.
            self._hart.mmu.flush(None, None)
            self._hart.mmu.switch()
            self._handle(exit_)
        if self._hart.waiting or csrs.mode == MACHINE:
            self._registers.arm()

    @abstractmethod
    def _translate(self) -> None:
        """Load what translates the guest's addresses."""

    @abstractmethod
    def _memory(self, exit_: Exit) -> str:
        """Return the reason of an exit that is about memory, "" if it is not.

        After `retried` the access is tried again.
        """

    def _handle(self, exit_: Exit) -> None:
        """Do for the guest what the exit asks for."""
        vcpu = self._vcpu
        if exit_.interrupt:
            vcpu.exits("timer")
            return
        reason = self._memory(exit_) or self._reason(exit_)
        vcpu.exits(reason)
        conditional = exit_.cause.startswith("store") and vcpu.conditional(exit_.value)
        if conditional or reason != self.retried:
            vcpu.emulate(exit_.word)

    def _reason(self, exit_: Exit) -> str:
        """Name what the guest asks for."""
        if exit_.cause in TELLS:
            user = self._hart.csrs.mode == USER
            return "exception" if user else privileged_reason(exit_.value)
        return "environment-call" if exit_.cause in ("ecall-u", "ecall-vs") else "exception"


class HardwareAssisted(InHardware):
    """The engine "hardware-assisted".

    Parameters
    ----------
    vm
        Whose guest it runs.
    mode, page
        See `SecondStage`.
    timer_exits
        Let the guest's timer be emulated even where the hart could keep it.

    Raises
    ------
    ValueError
        See `InHardware`, `SecondStage`; and if the guest's page-table walks set A and D otherwise
        than the hart's do.
    """

    name = "hardware-assisted"
    shadowed = False
    retried = "second-stage-fault"

    def __init__(self, vm: Vm, mode: int = SV39, page: int = PAGE, timer_exits: bool = False):
        super().__init__(vm, False, timer_exits)
        own, hosts = vm.board.options.a_d_by_hardware, vm.host.board.options.a_d_by_hardware
        if own != hosts:
            raise ValueError(
                f"a_d_by_hardware of the guest is {own}, allowed is the host's, {hosts}"
            )
        self.watcher: KeepsCode | None
        self.watcher = self._stage = SecondStage(vm, mode, page)

    def _translate(self) -> None:
        """See `InHardware`."""
        machine = self._hart.csrs.mode == MACHINE
        self._processor.keep("hgatp", self._stage.hgatp(machine))

    def _memory(self, exit_: Exit) -> str:
        """See `InHardware`."""
        if not exit_.cause.endswith("guest-page-fault"):
            return ""
        return self._stage.fault(exit_.physical, self._hart.csrs.mode == MACHINE)
