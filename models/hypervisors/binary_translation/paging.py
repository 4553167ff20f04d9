"""Shadow paging for translated code: the kernel fetches from the cache and reads its own pages.

A kernel's page is mapped in one of two ways, and changes over at a fault:

- to be executed: the page of the cache, which can neither be read nor written;
- to be read or written: the guest's page, not executable; not writable if code was made from it.

The guest's user code is executed where it lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.hypervisors.binary_translation.cache import CodeCache
from models.hypervisors.binary_translation.page import Rule, TranslatedPage
from models.hypervisors.binary_translation.state import TOP, StatePage
from models.hypervisors.host import OutOfFrames
from models.hypervisors.shadow_paging import Found, Role, ShadowPaging
from models.machine.memory import PAGE
from models.machine.paging import LEVELS, PageFault, R, V, W, WalkFault, X
from models.machine.pmp import READ
from models.machine.semantics import M64
from models.machine.traps import Mode

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm


class TranslatedPaging(ShadowPaging):
    """The shadow tables of one virtual machine whose kernel is translated.

    Parameters
    ----------
    vm
        Whose guest.
    rule
        See `TranslatedPage`.

    Attributes
    ----------
    cache, state
        The translated code; the page that it finds registers in.
    inlining
        Whether `state` can be used: not once the guest itself has something at the top.
    """

    def __init__(self, vm: Vm, rule: Rule | None = None):
        super().__init__(vm)
        self.cache = CodeCache(vm.host, vm.offset, rule)
        self.state = StatePage(vm.host, vm.board.hart.csrs)
        self.inlining = True
        self._mmu = vm.board.hart.mmu

    def code_at(self, pc: int) -> TranslatedPage | None:
        """Return the page of the cache that the guest's kernel executes at an address.

        The virtual hart knows the way there: its TLB, and no walk each time.
        """
        frame = self._mmu.fetched_from(pc)
        return None if frame is None else self.cache.find(frame, self._csrs.mode)

    def translate(self, page: TranslatedPage, offset: int) -> bool:
        """Translate at an offset (see `TranslatedPage`); nobody writes that page directly then.

        The fence is needed: the entry through which the guest wrote the page may be overwritten
        already, by the one to execute it, but the TLB for data knows nothing of that.
        """
        if not page.lengths:
            self._tables.protect(page.source)
            self._host.processor.fence()
        return page.translate(offset)

    def fault(self, address: int, access: int) -> str:
        """See `ShadowPaging.fault`."""
        if address >= TOP and access != X and self._inlined():
            return self._reach_state(address, access)
        return super().fault(address, access)

    def _inlined(self) -> bool:
        """Tell whether the guest stands at an instruction of ours."""
        pc = self._vm.board.hart.pc & M64
        page = None if self._csrs.mode == Mode.U else self.code_at(pc)
        return page is not None and pc % PAGE in page.inlined

    def _reach_state(self, address: int, access: int) -> str:
        """Map the page of registers, unless the guest has a page of its own there."""
        role = self._role()
        if self._satp():
            try:
                self._walk(address, access, role)
            except (PageFault, WalkFault):
                pass
            else:
                self.stop_inlining()
                return "hidden-fault"
        found = Found(TOP, R | W, self._tables_towards(TOP))
        try:
            self._fill(TOP, found, role, self.state.place, R | W)
        except OutOfFrames:
            self._host.reclaim()
        return "hidden-fault"

    def _tables_towards(self, address: int) -> dict[int, int]:
        """Return the guest's tables on the way to an address, as far as there are any."""
        satp, tables = self._satp(), {}
        table = (satp & (1 << 44) - 1) << 12
        for level in range(LEVELS[satp >> 60] - 1 if satp else -1, -1, -1):
            place = table + 8 * (address >> 12 + 9 * level & 511)
            if not self._reachable(place, READ):
                break
            tables[level] = table
            entry = self._bus.load(place, 8)
            if not entry & V or entry & (R | W | X):
                break
            table = (entry >> 10 & (1 << 44) - 1) << 12
        return tables

    def stop_inlining(self) -> None:
        """Let every replacement call the hypervisor again, for good."""
        self.inlining = False
        for page in self.cache:
            for offset in list(page.inlined):
                page.call(offset)
        self.state.clear()

    def _place(
        self, found: Found, role: Role, place: int, open_: int, access: int
    ) -> tuple[int, int]:
        """See `ShadowPaging`: what the kernel executes lies in the cache."""
        kernel = role.mode != Mode.U
        if kernel and access == X:
            return self.cache.page(found.frame, role.mode).place, X
        if self.cache.holds(found.frame):
            open_ &= ~W
        return place, open_ & ~X if kernel else open_

    def holds(self, address: int) -> bool:
        """Tell whether code was made from a page, or it is one of the guest's tables."""
        return super().holds(address) or self.cache.holds(address & -PAGE)

    def wrote(self, low: int, high: int) -> None:
        """Forget what was made from bytes that have been written."""
        super().wrote(low, high)
        self.cache.wrote(low, high)

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        self.cache.clear()
        self.state.clear()
        self.inlining = True
