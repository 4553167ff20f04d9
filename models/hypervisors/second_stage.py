"""The second stage of translation: guest physical addresses to where guest memory really lies.

The hart walks these tables itself, behind the guest's own, so the guest's tables are its own affair
again: they are neither shadowed nor write-protected. They are filled at guest-page faults. What has
no entry is emulated: devices, and what the guest's PMP forbids.

The guest's PMP binds its M-mode otherwise than its S- and U-mode, so there are two tables, each
with a VMID of its own::

    guest                          hart
    virtual S, U in VS, VU   -->   hgatp: VMID 2n+1   what PMP opens to S and U
    virtual M in VU          -->   hgatp: VMID 2n+2   what PMP opens to M

VMID 0 is left to guests without a second stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.hypervisors.host import HUGE, OutOfFrames
from models.machine.memory import PAGE
from models.machine.paging import LEVELS, SV39, A, D, R, U, V, W, X
from models.machine.pmp import EXECUTE, READ, WRITE

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm
    from models.machine.context import Context
    from models.machine.tlb import Entry

ROOT_PAGES = 4  # the root has four times as many entries as other tables
SIZES = {PAGE: 0, HUGE: 1}  # of a leaf: its level
PPN = (1 << 44) - 1


class SecondStage:
    """The second-stage tables of one virtual machine, in board RAM.

    Parameters
    ----------
    vm
        Whose memory.
    mode
        8: Sv39x4, 9: Sv48x4.
    page
        Bytes of a leaf at most: 4 KiB or 2 MiB.

    Raises
    ------
    ValueError
        For another mode or size.
    """

    def __init__(self, vm: Vm, mode: int = SV39, page: int = PAGE):
        if mode not in LEVELS:
            raise ValueError(f"mode of the second stage is {mode}, allowed are {list(LEVELS)}")
        if page not in SIZES:
            raise ValueError(f"page of the second stage is {page}, allowed are {list(SIZES)}")
        self._vm, self._host, self._mode, self._largest = vm, vm.host, mode, page
        self._ram, self._pmp = vm.host.board.ram, vm.board.hart.csrs.pmp
        self._vmid = 1 + 2 * len(vm.host.machines)
        self._roots: dict[bool, int] = {}
        self._tables: list[int] = []  # pages that are no roots

    def hgatp(self, machine: bool) -> int:
        """Return what hgatp has to be for virtual M, or for virtual S and U."""
        root = self._roots.get(machine)
        if root is None:
            try:
                root = self._host.frames.take(self._host.board, ROOT_PAGES)
            except OutOfFrames:
                self._host.reclaim()
                return self.hgatp(machine)
            self._roots[machine] = root
        return self._mode << 60 | self._vmid + machine << 44 | root >> 12

    def fault(self, address: int, machine: bool) -> str:
        """Fill a table for a guest-page fault at a guest physical address, if that is what lacks.

        Returns
        -------
        str
            "second-stage-fault": the access can be tried again; "device", "protected": it has to be
            emulated, as no memory is there, or the guest's PMP keeps it from some accesses.
        """
        if self._vm.physical(address & -PAGE) is None:
            return "device"
        size = self._largest
        if self._open(address & -size, size, machine) is None:
            size = PAGE
        base = address & -size
        open_ = self._open(base, size, machine)
        if not open_:
            return "protected"
        try:
            place = self._entry(base, SIZES[size], machine)
        except OutOfFrames:
            self._host.reclaim()
            return "second-stage-fault"
        entry = base + self._vm.offset >> 12 << 10 | open_ | V | U | A | D
        if self._read(place) == entry:  # it was there, and did not do
            return "protected"
        # Absent entries are not held in this board's TLB, so nothing is fenced.
        self._write(place, entry)
        return "second-stage-fault"

    def _open(self, base: int, size: int, machine: bool) -> int | None:
        """Return which of R, W, X the guest's PMP opens in a range of guest RAM.

        None: it is not all RAM, or not all open alike.
        """
        pages = range(base, base + size, PAGE)
        plain = all(self._vm.physical(page) is not None for page in pages)
        if not plain or not self._pmp.uniform(base, size):
            return None
        pairs = ((R, READ), (W, WRITE), (X, EXECUTE))
        return sum(flag for flag, access in pairs if self._pmp.allows(base, size, access, machine))

    def _entry(self, address: int, leaf: int, machine: bool) -> int:
        """Return where the entry of an address stands at a level; the tables on the way are made.

        Raises
        ------
        OutOfFrames
            When there is no page for one.
        """
        table, mask = (self.hgatp(machine) & PPN) << 12, 2047
        for level in range(LEVELS[self._mode] - 1, leaf, -1):
            place = table + (address >> 12 + 9 * level & mask) * 8
            mask = 511
            if not self._read(place) & V:
                page = self._host.frames.take(self._host.board)
                self._tables.append(page)
                self._write(place, page >> 12 << 10 | V)
            table = (self._read(place) >> 10 & PPN) << 12
        return table + (address >> 12 + 9 * leaf & mask) * 8

    def _read(self, place: int) -> int:
        return int(self._ram.u64[place - self._ram.base >> 3])

    def _write(self, place: int, entry: int) -> None:
        self._ram.u64[place - self._ram.base >> 3] = entry

    # ------------------------------------------------------------------ what makes it stale
    def clear(self) -> None:
        """Give every table back: they are filled again as needed."""
        for root in self._roots.values():
            self._host.frames.give(root, ROOT_PAGES)
        for page in self._tables:
            self._host.frames.give(page)
        self._roots.clear()
        self._tables.clear()
        for machine in (False, True):
            self._host.processor.fence_guest(self._vmid + machine)

    def detach(self) -> None:
        """Give every table back: the guest's PMP has changed."""
        self.clear()

    def holds(self, address: int) -> bool:
        """See `KeepsCode`: no entry depends on what is in guest memory."""
        return False

    def wrote(self, low: int, high: int) -> None:
        """See `KeepsCode`: nothing to do."""

    def enter(self, context: Context, page: int, frame: int, entry: Entry | None) -> None:
        """See `KeepsCode`: nothing to do."""
