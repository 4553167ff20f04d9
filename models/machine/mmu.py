"""The way of an access from virtual address to bus: TLB, page table, PMP, RAM or device.

This is the slow path, the only one that knows all the rules. It leaves what it found in the fast
tables (see `context`). The tiers try those first; an address that is not there (never seen,
misaligned, a device, a page with cached code) comes here. A fast table is a cache of the TLB, in
turn: what leaves the TLB leaves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.events import Counters
from models.machine import traps
from models.machine.context import Context, Contexts
from models.machine.csr import Csrs
from models.machine.csr_bits import MPRV, MXR, SUM
from models.machine.memory import PAGE, AccessFault, Bus
from models.machine.paging import PageFault, R, W, WalkFault, X
from models.machine.pmp import EXECUTE, READ, WRITE
from models.machine.semantics import M64, s64
from models.machine.tlb import Entry, Tlb
from models.machine.traps import GuestFault, Trap
from models.machine.two_stage import GuestPageFault
from models.machine.walker import Walker, serves

if TYPE_CHECKING:
    from models.machine.codecache import KeepsCode

CHOOSING = SUM | MXR | MPRV  # what of mstatus decides how addresses are translated
AROUND = 16 * PAGE  # untranslated memory that is remembered at a time
PMP_ACCESS = {R: READ, W: WRITE, X: EXECUTE}
PAGE_FAULT = {R: traps.LOAD_PAGE, W: traps.STORE_PAGE, X: traps.INSTRUCTION_PAGE}
GUEST_PAGE_FAULT = {
    R: traps.LOAD_GUEST_PAGE,
    W: traps.STORE_GUEST_PAGE,
    X: traps.INSTRUCTION_GUEST_PAGE,
}
ACCESS_FAULT = {R: traps.LOAD_ACCESS, W: traps.STORE_ACCESS, X: traps.INSTRUCTION_ACCESS}


class Mmu:
    """Memory management of one hart.

    Parameters
    ----------
    csrs, bus, counters
        The parts it stands between.
    tlb_entries
        Capacity of each of the two TLBs, instructions and data.
    update
        Whether walks set A and D (else they fault).

    Attributes
    ----------
    data, fetches
        The contexts now in force.
    """

    def __init__(self, csrs: Csrs, bus: Bus, counters: Counters, tlb_entries: int, update: bool):
        self.csrs, self.bus, self.counters, self.update = csrs, bus, counters, update
        self.instruction_tlb, self.data_tlb = Tlb(tlb_entries), Tlb(tlb_entries)
        self.contexts = Contexts(csrs)
        self._chosen: dict[tuple[int, ...], tuple[Context, Context]] = {}  # by what decides
        self._walker = Walker(csrs, bus, counters, update)
        self.code: KeepsCode | None = None
        self.switch()

    # ------------------------------------------------------------------ what is held
    def switch(self) -> None:
        """Choose the contexts again: after a change of mode, satp or mstatus."""
        csrs, status = self.csrs, self.csrs.mstatus
        key: tuple[int, ...] = csrs.mode, status & CHOOSING, csrs.satp >> 44
        if csrs.virtual:
            key += csrs.vsstatus & CHOOSING, csrs.vsatp >> 44, csrs.hgatp >> 44
        chosen = self._chosen.get(key)
        if chosen is None:
            if self.contexts.full:
                self.forget()
            chosen = self.contexts.choose()
            if not status & MPRV:  # then more decides
                self._chosen[key] = chosen
        self.fetches, self.data = chosen

    def forget(self) -> None:
        """Empty every fast table; the TLB stays."""
        self.contexts.clear()
        self._chosen.clear()
        self._walker.forget()
        self.instruction_tlb.detach()
        self.data_tlb.detach()
        if self.code is not None:
            self.code.detach()

    def reset(self) -> None:
        """Power-on: nothing held."""
        self.instruction_tlb.flush()
        self.data_tlb.flush()
        self.forget()
        self.switch()

    def flush(self, address: int | None, asid: int | None, virtual: int = 0) -> None:
        """SFENCE.VMA, HFENCE.VVMA: drop translations, of one page or address space if given.

        `virtual` is the virtual machine's number plus one, or 0.
        """
        page = None if address is None else address >> 12
        for tlb in (self.instruction_tlb, self.data_tlb):
            tlb.flush(page, asid, virtual)
        kind = "address" if address is not None else "asid" if asid is not None else "all"
        self.counters.count("tlb_flushes", kind)

    def flush_guest(self, virtual: int | None) -> None:
        """HFENCE.GVMA: drop the translations of one virtual machine, or of all (None).

        Both stages are held as one, found by the guest's virtual address, so a guest physical
        address picks none of them: all go.
        """
        for tlb in (self.instruction_tlb, self.data_tlb):
            tlb.flush_guests() if virtual is None else tlb.flush(virtual=virtual)
        self.counters.count("tlb_flushes", "all")

    def protect(self, frame: int) -> None:
        """Take a frame's page (its RAM offset) out of the fast store tables: it holds code."""
        self.contexts.protect(frame)

    # ------------------------------------------------------------------ translation
    def _translate(self, address: int, access: int, context: Context) -> tuple[int, Entry | None]:
        """Return the physical address; raise Trap."""
        if not context.translated:
            return address, None
        tlb = self.instruction_tlb if access == X else self.data_tlb
        entry = tlb.lookup(address >> 12, context.asid, context.virtual)
        if entry is None or not serves(entry, access, context):
            self.counters.count("tlb_misses", "fetch" if access == X else "data")
            try:
                entry = self._walker.entry(address, access, context)
            except PageFault:
                raise self.fault(PAGE_FAULT[access], address, context) from None
            except WalkFault:
                raise self.fault(ACCESS_FAULT[access], address, context) from None
            except GuestPageFault as fault:
                detail = GuestFault(True, fault.physical >> 2, fault.instruction)
                raise Trap(GUEST_PAGE_FAULT[access], address, detail) from None
            tlb.insert(entry)
        return entry.frame | address & PAGE - 1, entry

    def guest_context(self, execute: bool = False) -> Context:
        """Return the context of HLV and HSV, or of HLVX."""
        if self.contexts.full:
            self.forget()
            self.switch()
        return self.contexts.of_hypervisor_access(execute)

    def fault(self, cause: int, address: int, context: Context | None = None) -> Trap:
        """Return the trap of an access to a virtual address."""
        guest = (context or self.data).guest is not None
        return Trap(cause, address, GuestFault(guest))

    def _physical(
        self, address: int, width: int, access: int, context: Context | None = None
    ) -> int:
        """Translate and protect an access inside one page, and remember it; raise Trap."""
        if context is None:
            context = self.fetches if access == X else self.data
        physical, entry = self._translate(address, access, context)
        if not self.csrs.pmp.allows(physical, width, PMP_ACCESS[access], context.machine):
            raise self.fault(ACCESS_FAULT[access], address, context)
        ram = self.bus.ram
        frame = physical & -PAGE
        if self.bus.plain(frame) and self.csrs.pmp.uniform(frame, PAGE):
            if not context.translated and access != X:
                self._remember_around(frame, access, context)
                return physical
            page = address & -PAGE
            signed = page - (1 << 64 if address >> 63 else 0)
            delta = frame - ram.base - signed
            if access == X:
                self._remember(context.fetches, signed, delta, entry)
                if self.code is not None:
                    self.code.enter(context, signed, frame, entry)
            elif access == R:
                self._remember(context.loads, page, delta, entry)
            elif self.code is None or not self.code.holds(frame):
                self._remember(context.stores, page, delta, entry)
        return physical

    def _remember(self, table: dict[int, int], page: int, delta: int, entry: Entry | None) -> None:
        if page not in table:
            table[page] = delta
            if entry is not None:
                entry.forget[id(table)] = lambda: table.pop(page, None)

    def _remember_around(self, frame: int, access: int, context: Context) -> None:
        """Remember an untranslated page and those around it: firmware clears its memory in a row.

        No TLB stands behind them, so nothing is counted for them.
        """
        table = context.loads if access == R else context.stores
        if frame in table or not self._take(table, frame, access):
            return  # the stepper comes by for each access
        start = frame & -AROUND
        ram, bus = self.bus.ram, self.bus
        if not bus.overlays and ram.holds(start, AROUND) and self.csrs.pmp.uniform(start, AROUND):
            for page in range(start, start + AROUND, PAGE):
                self._take(table, page, access)

    def _take(self, table: dict[int, int], frame: int, access: int) -> bool:
        """Remember an untranslated page, unless it holds code; tell whether the table took it."""
        if access == R or self.code is None or not self.code.holds(frame):
            table[frame] = -self.bus.ram.base
        return frame in table

    # ------------------------------------------------------------------ accesses
    def load(self, address: int, width: int, context: Context | None = None) -> int:
        """Load from a virtual address (unsigned, as is the value); raise Trap."""
        context = context or self.data
        first = min(width, PAGE - (address & PAGE - 1))
        delta = context.loads.get(address & -PAGE)
        if delta is not None and first == width:
            start = s64(address) + delta
            return int.from_bytes(self.bus.ram.bytes[start : start + width], "little")
        place = self._physical(address, first, R, context)
        try:
            if first == width:
                return self.bus.load(place, width)
        except AccessFault:
            raise self.fault(traps.LOAD_ACCESS, address, context) from None
        second = address + first & M64
        other = self._physical(second, width - first, R, context)
        parts = [(address, place, first), (second, other, width - first)]
        return int.from_bytes(b"".join(self._bytes(*part, context) for part in parts), "little")

    def store(self, address: int, width: int, value: int, context: Context | None = None) -> None:
        """Store to a virtual address; raise Trap."""
        context = context or self.data
        if (address & PAGE - 1) + width > PAGE:
            self._store_across(address, width, value, context)
            return
        place = self._physical(address, width, W, context)
        try:
            self.bus.store(place, width, value)
        except AccessFault:
            raise self.fault(traps.STORE_ACCESS, address, context) from None
        if self.code is not None and self.code.holds(place):
            self.code.wrote(place, place + width)

    def _bytes(self, address: int, place: int, length: int, context: Context) -> bytes:
        """Read a part of a load that crosses pages: RAM only."""
        if self.bus.plain(place, length):
            return self.bus.ram.read(place, length)
        raise self.fault(traps.LOAD_ACCESS, address, context)

    def _store_across(self, address: int, width: int, value: int, context: Context) -> None:
        """Store over a page boundary: all checks before the first byte."""
        first = PAGE - (address & PAGE - 1)
        second = address + first & M64
        parts = [(address, first), (second, width - first)]
        places = [self._physical(where, length, W, context) for where, length in parts]
        for (where, length), place in zip(parts, places, strict=True):
            if not self.bus.plain(place, length):
                raise self.fault(traps.STORE_ACCESS, where, context)
        data = (value & (1 << 8 * width) - 1).to_bytes(width, "little")
        self.bus.ram.write(places[0], data[:first])
        self.bus.ram.write(places[1], data[first:])

    def fetch(self, address: int) -> int:
        """Fetch the 16 or 32 bits of an instruction, half by half; raise Trap."""
        page = (address & -PAGE) - (1 << 64 if address >> 63 else 0)
        delta = self.fetches.fetches.get(page)
        if delta is not None and address & PAGE - 1 != PAGE - 2:  # as most: in one page, found
            halves = self.bus.ram.u16
            place = delta + page + (address & PAGE - 1) >> 1
            low = halves[place]
            return low if low & 3 != 3 else low | halves[place + 1] << 16
        low = self.fetch_half(address)
        if low & 3 != 3:
            return low
        return low | self.fetch_half(address + 2 & M64) << 16

    def fetch_half(self, address: int) -> int:
        """Fetch 16 bits; raise Trap."""
        page = (address & -PAGE) - (1 << 64 if address >> 63 else 0)
        delta = self.fetches.fetches.get(page)
        if delta is not None:
            return int(self.bus.ram.u16[delta + page + (address & PAGE - 1) >> 1])
        place = self._physical(address, 2, X)
        if not self.bus.plain(place, 2):
            raise self.fault(traps.INSTRUCTION_ACCESS, address, self.fetches)
        return int(self.bus.ram.u16[place - self.bus.ram.base >> 1])

    def fetched_from(self, address: int) -> int | None:
        """Return the page of RAM that an instruction is fetched from; None if that is refused."""
        page = (address & -PAGE) - (1 << 64 if address >> 63 else 0)
        if page not in self.fetches.fetches:
            try:
                self.fetch_half(address)
            except Trap:
                return None
        delta = self.fetches.fetches.get(page)
        return None if delta is None else page + delta + self.bus.ram.base

    def reach(self, address: int, width: int) -> int:
        """Check an atomic's access for writing; return its physical address; raise Trap."""
        place = self._physical(address, width, W)
        if not self.bus.plain(place, width):
            raise self.fault(traps.STORE_ACCESS, address)
        return place
