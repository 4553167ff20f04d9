"""What of a guest's state lies in the hart's own registers while it runs in VS and VU.

The H extension has a second set of supervisor registers, which a guest's instructions reach under
the first set's names; the hypervisor loads it before it enters the guest and saves it after::

    virtual hart         board's hart, V=1
    stvec ... satp       vstvec ... vsatp
    sstatus              vsstatus
    sie, sip             hie, hvip: one bit further left, and only what M delegated
    stimecmp             vstimecmp, if the guest's timer needs no exit
    medeleg, mideleg     hedeleg, hideleg: these traps pass the hypervisor by
    TVM, TSR             VTVM, VTSR
    scounteren, senvcfg  the same registers: they have no second set

Virtual M has no such registers: it runs in VU, where every CSR instruction exits, so for it all of
them are shut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.hypervisors.processor import Processor
from models.machine.csr_bits import FIOM, M64, MPP, SSTATUS, STCE, TIME_BIT, TSR, TVM
from models.machine.csr_hypervisor import HYPERVISOR, VTSR, VTVM, VTW
from models.machine.csr_names import NUMBERS
from models.machine.traps import (
    INSTRUCTION_PAGE,
    LOAD_PAGE,
    MACHINE,
    SSIP,
    STIP,
    STORE_PAGE,
    SUPERVISOR_INTERRUPTS,
    Mode,
)

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm

BANKED = tuple((name, f"v{name}") for name in ("stvec", "sscratch", "sepc", "scause", "stval"))
SHARED = ("scounteren", "senvcfg")
PAGE_FAULTS = 1 << INSTRUCTION_PAGE | 1 << LOAD_PAGE | 1 << STORE_PAGE


class GuestRegisters:
    """The guest's registers in the board's hart.

    Parameters
    ----------
    vm
        Whose virtual hart.
    shadow
        Page tables are shadowed: satp, SFENCE.VMA and page faults exit.
    timer_exits
        The guest's timer is the hypervisor's affair; else its comparator is the hart's own, which
        needs Sstc in the guest, and its mtime to tick at every instruction as the hart's does.
    """

    def __init__(self, vm: Vm, shadow: bool, timer_exits: bool):
        self._processor: Processor = vm.host.processor
        self._csrs, self._clock = vm.board.hart.csrs, vm.board.clock
        self._shadow = shadow
        self._ticks_alike = vm.board.options.instructions_per_tick == 1
        self._timer_exits = timer_exits or not self._ticks_alike

    @property
    def _own_timer(self) -> bool:
        """Whether the hart compares for the guest, whose virtual M has left that to virtual S."""
        csrs = self._csrs
        return not self._timer_exits and bool(csrs.menvcfg & STCE and csrs.mideleg & STIP)

    def load(self) -> None:
        """Load them, to go on where the virtual hart stands."""
        csrs, keep = self._csrs, self._processor.keep
        if csrs.mode == MACHINE:
            self._processor.shut()
            if not self._shadow:
                keep("vsatp", 0)
            return
        for name, own in BANKED:
            keep(own, getattr(csrs, name))
        for name in SHARED:
            keep(name, getattr(csrs, name))
        keep("vsstatus", csrs.mstatus, SSTATUS)
        if not self._shadow:
            keep("vsatp", csrs.satp)
        passing = csrs.medeleg & HYPERVISOR["hedeleg"] & ~(PAGE_FAULTS if self._shadow else 0)
        keep("medeleg", passing)
        keep("hedeleg", passing)
        delegated = csrs.mideleg & SUPERVISOR_INTERRUPTS
        keep("hideleg", delegated << 1)
        keep("hie", (csrs.mie & delegated) << 1)
        self._load_status()
        self._load_time()
        # The hart's own timer says for itself whether it is due.
        pending = csrs.pending() & ~(STIP if self._own_timer else 0)
        keep("hvip", (pending & delegated) << 1)

    def _load_status(self) -> None:
        """Let what virtual M keeps from virtual S exit, and WFI, as the hart is not to wait."""
        status = self._csrs.mstatus
        tables = VTVM if status & TVM or self._shadow else 0
        trapping = tables | VTW | (VTSR if status & TSR else 0)
        self._processor.keep("hstatus", trapping, VTVM | VTW | VTSR)

    def _load_time(self) -> None:
        """Let the guest read the time, and set its comparator, unless that has to exit."""
        csrs, keep = self._csrs, self._processor.keep
        keep("mcounteren", M64, TIME_BIT)
        keep("menvcfg", FIOM | STCE)
        keep("hcounteren", csrs.mcounteren & TIME_BIT if self._ticks_alike else 0)
        keep("htimedelta", self._clock.now() - self._processor.board.clock.now() & M64)
        keep("henvcfg", STCE if self._own_timer else 0)
        if self._own_timer:
            keep("vstimecmp", csrs.stimecmp)

    def save(self) -> None:
        """Take them back, as the guest left them."""
        csrs, read = self._csrs, self._processor.read
        if csrs.mode == MACHINE:
            return
        csrs.mode = Mode((read("mstatus") & MPP) >> 11)
        for name, own in BANKED:
            setattr(csrs, name, read(own))
        for name in SHARED:
            setattr(csrs, name, read(name))
        csrs.mstatus = csrs.mstatus & ~SSTATUS | read("vsstatus") & SSTATUS
        if not self._shadow:
            csrs.satp = read("vsatp")
        delegated = csrs.mideleg & SUPERVISOR_INTERRUPTS
        csrs.mie = csrs.mie & ~delegated | read("vsie")
        software = SSIP & delegated
        csrs.soft_mip = csrs.soft_mip & ~software | read("vsip") & software
        if self._own_timer:
            csrs.stimecmp = read("vstimecmp")

    def disarm(self) -> bool:
        """Let the hart alone look after the guest's timer; tell whether that ends the slice.

        The guest's SBI, which is emulated, has set the comparator; the guest's clock would come
        back at that tick, an exit for nothing.
        """
        mine = self._own_timer and self._csrs.mode != MACHINE
        return mine and self._csrs.unschedule_timer()

    def arm(self) -> None:
        """Let the guest's board look after the guest's timer: nothing runs that would."""
        if self._own_timer:
            self._csrs.write(NUMBERS["stimecmp"], self._csrs.stimecmp)
