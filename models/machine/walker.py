"""The page-table walker: which tables apply, and what a walk reads and writes of memory.

Each reference is counted under its stage: "single" without a guest, else "first" for the guest's
own table and "second" for its hypervisor's.
"""

from __future__ import annotations

from functools import partial

from models.events import Counters
from models.machine.context import Context
from models.machine.csr import Csrs
from models.machine.memory import PAGE, Bus
from models.machine.paging import D, Rights, W, WalkFault, permitted, walk
from models.machine.pmp import READ, WRITE
from models.machine.tlb import Entry
from models.machine.two_stage import Stage, walk_two_stages


def serves(entry: Entry, access: int, context: Context) -> bool:
    """Tell whether a held translation allows an access."""
    if access == W and not entry.flags & entry.second & D:
        return False
    guest = context.guest
    if guest is None:
        return permitted(entry.flags, access, context.rights)
    return (not guest.first or permitted(entry.flags, access, context.rights)) and (
        guest.second is None or permitted(entry.second, access, guest.second)
    )


class Walker:
    """Walks the tables of one hart.

    Parameters
    ----------
    csrs, bus, counters
        The parts it stands between.
    update
        Whether it sets A and D (else their absence is a fault).
    """

    def __init__(self, csrs: Csrs, bus: Bus, counters: Counters, update: bool):
        self.csrs, self.bus, self.counters, self.update = csrs, bus, counters, update
        stages = (self._stage(name) for name in ("single", "first", "second"))
        self._single, self._first, self._second = stages
        self._readable: set[int] = set()  # frames of tables that PMP lets walks read

    def forget(self) -> None:
        """Look again where a walk may read: after a change of PMP."""
        self._readable.clear()

    def entry(self, address: int, access: int, context: Context) -> Entry:
        """Translate by the tables; raise PageFault, GuestPageFault or WalkFault."""
        csrs, guest, page = self.csrs, context.guest, address >> 12
        if guest is None:
            reach = self._single.load, self._single.store
            found = walk(csrs.satp, address, access, context.rights, *reach, self.update)
            return Entry(page, context.asid, 0, found.frame, found.flags)
        root = csrs.vsatp if guest.first else None
        first = Stage(root, context.rights, self._first.load, self._first.store)
        second = self._second
        if guest.second is not None:
            second = Stage(csrs.hgatp, guest.second, second.load, second.store)
        frame, flags, beyond = walk_two_stages(address, access, first, second, self.update)
        return Entry(page, context.asid, guest.virtual, frame, flags, beyond)

    def _stage(self, name: str) -> Stage:
        """Return a stage that is off; what its walks reach is counted under its name."""
        load, store = partial(self._load_entry, name), partial(self._store_entry, name)
        return Stage(None, Rights(False), load, store)

    def _load_entry(self, stage: str, address: int) -> int:
        self.counters.count("walk_references", stage)
        ram, frame = self.bus.ram, address & -PAGE
        if frame not in self._readable:
            pmp = self.csrs.pmp
            if not self.bus.plain(address, 8) or not pmp.allows(address, 8, READ, False):
                raise WalkFault
            if pmp.uniform(frame, PAGE):
                self._readable.add(frame)
        return ram.u64[address - ram.base >> 3]

    def _store_entry(self, stage: str, address: int, value: int) -> None:
        self.counters.count("walk_updates", stage)
        if not self.csrs.pmp.allows(address, 8, WRITE, False):
            raise WalkFault
        self.bus.store(address, 8, value)
        self.bus.ram.on_write(address, address + 8)
