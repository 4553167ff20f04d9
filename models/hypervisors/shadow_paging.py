"""Shadow paging: the guest believes in its own page tables, the hart walks the hypervisor's.

The guest's tables map virtual to guest physical addresses, and the guest alone may say what is in
them. The shadow maps virtual addresses to where guest memory really lies, and is filled at faults:

- a *hidden* fault: the guest's table allows the access, the shadow just lacks it. The hypervisor
  walks the guest's table, sets A and D there as the hart would have, fills the shadow, and goes on;
  the guest never learns of it.
- a *true* fault: the guest's table does not allow it. That is the guest's own affair.

A page that is written for the first time faults again, so that D is seen. Pages in which the guest
keeps tables are write-protected: a write to one comes here, and empties the entry that it makes
stale. A page that is written again and again without being walked is no table any more: its shadow
is dropped, and it can be written freely.

The guest's M-, S- and U-mode run in the same mode of the hart, so each has tables of its own, in
which all that it may do is open to the user; SUM and MXR, which change what S-mode may do, choose
among further ones. Every address space has an ASID of the hart, so changing over flushes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from models.hypervisors.host import OutOfFrames
from models.hypervisors.shadow_tables import ShadowPage, ShadowTables
from models.machine.csr_bits import MXR, SUM
from models.machine.memory import PAGE
from models.machine.paging import (
    LEVELS,
    SV39,
    A,
    D,
    PageFault,
    R,
    Rights,
    U,
    V,
    W,
    WalkFault,
    X,
    permitted,
    walk,
)
from models.machine.pmp import EXECUTE, READ, WRITE
from models.machine.semantics import M64
from models.machine.traps import MACHINE, SUPERVISOR, USER, Mode

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm
    from models.machine.context import Context
    from models.machine.tlb import Entry

#: So many writes to a page of tables since the last walk through it: it is none any more.
FLOOD = 16
ALL = R | W | X
ACCESS = {"load-page-fault": R, "store-page-fault": W, "instruction-page-fault": X}
PMP_ACCESS = {R: READ, W: WRITE, X: EXECUTE}
PPN = (1 << 44) - 1


class Role(NamedTuple):
    """Who uses a table: what is open in it depends on that."""

    mode: Mode
    sum: bool = False
    mxr: bool = False

    @property
    def rights(self) -> Rights:
        """Towards the guest's tables."""
        return Rights(self.mode == USER, self.sum, self.mxr)


@dataclass(frozen=True)
class Found:
    """What the guest's table says of an address.

    Attributes
    ----------
    frame
        Guest physical address of the 4 KiB page.
    flags
        Those of the leaf.
    tables
        Guest physical addresses of the tables walked, by level (0 is the last); a larger page
        lacks the lower ones.
    """

    frame: int
    flags: int
    tables: dict[int, int]


@dataclass
class Space:
    """An address space: its root here, and its ASID on the hart."""

    root: ShadowPage
    asid: int
    generation: int


class ShadowPaging:
    """The shadow tables of one virtual machine.

    Parameters
    ----------
    vm
        Whose guest.
    """

    def __init__(self, vm: Vm):
        self._vm, self._host = vm, vm.host
        self._csrs, self._bus = vm.board.hart.csrs, vm.board.bus
        self._update = vm.board.options.a_d_by_hardware
        self._tables = ShadowTables(vm.host)
        self._spaces: dict[tuple[int, Role], Space] = {}
        self._answers: dict[tuple[int, ...], int] = {}  # what satp has to be, by what decides
        self._shadows: dict[int, set[ShadowPage]] = {}  # by guest table
        self._writes: Counter[int] = Counter()

    # ------------------------------------------------------------------ what the guest asks for
    def _role(self) -> Role:
        csrs = self._csrs
        if not self._satp():
            return Role(csrs.mode)
        may_sum = csrs.mode == SUPERVISOR and bool(csrs.mstatus & SUM)
        return Role(csrs.mode, may_sum, bool(csrs.mstatus & MXR))

    def _satp(self) -> int:
        """The guest's satp if it applies, else 0."""
        csrs = self._csrs
        return csrs.satp if csrs.mode != MACHINE and csrs.satp >> 60 else 0

    def satp(self) -> int:
        """Return what satp of the hart has to be for the guest as it now is."""
        csrs = self._csrs
        guest = csrs.satp if csrs.mode != MACHINE and csrs.satp >> 60 else 0
        asked = guest, csrs.mode, csrs.mstatus & (SUM | MXR), self._host.generation
        answer = self._answers.get(asked)
        if answer is None:
            answer = self._answers[asked] = self._answer(guest, self._role())
        return answer

    def _answer(self, guest: int, role: Role) -> int:
        """Return satp for an address space, and who uses it."""
        space = self._spaces.get((guest, role))
        if space is None:
            try:
                space = Space(self._root(guest, role), *self._host.asid())
            except OutOfFrames:
                self._host.reclaim()
                return self._answer(guest, role)
            self._spaces[guest, role] = space
        elif space.generation != self._host.generation:
            space.asid, space.generation = self._host.asid()
        return (guest >> 60 or SV39) << 60 | space.asid << 44 | space.root.frame >> 12

    def _root(self, guest: int, role: Role) -> ShadowPage:
        level = LEVELS[guest >> 60 or SV39] - 1
        if not guest:
            return self._piece(0, level, role, ALL)
        return self._shadow((guest & PPN) << 12, level, role)

    def _shadow(self, table: int, level: int, role: Role) -> ShadowPage:
        """Return the page that stands for a guest's table; nobody writes that directly then."""
        page = self._tables.page((table, level, role))
        pages = self._shadows.setdefault(table, set())
        if not pages:
            self._tables.protect(table + self._vm.offset)
        pages.add(page)
        return page

    def _piece(self, base: int, level: int, role: Role, open_: int) -> ShadowPage:
        """Return the page for a piece of a larger page: it begins at guest physical `base`."""
        return self._tables.page(("piece", base, level, role, open_))

    # ------------------------------------------------------------------ faults
    def fault(self, address: int, access: int) -> str:
        """Fill the shadow for an access that the hart refused, if that is all it lacks.

        Parameters
        ----------
        address
            Virtual, unsigned.
        access
            R, W or X.

        Returns
        -------
        str
            "hidden-fault": it can be tried again; "guest-fault": it is the guest's own;
            "table-write", "code-write", "device": it has to be emulated.
        """
        role = self._role()
        try:
            found = self._walk(address, access, role)
        except (PageFault, WalkFault):
            return "guest-fault"
        place = self._vm.physical(found.frame)
        open_ = self._open(found, role)
        if place is None or not open_ & access:
            return "device"
        if found.frame in self._shadows or found.frame in found.tables.values():
            open_ &= ~W
            if access == W:
                return "table-write"
        try:
            place, open_ = self._place(found, role, place, open_, access)
            if not open_ & access:
                return "code-write"
            self._fill(address, found, role, place, open_)
        except OutOfFrames:
            self._host.reclaim()
        return "hidden-fault"

    def _place(
        self, found: Found, role: Role, place: int, open_: int, access: int
    ) -> tuple[int, int]:
        """Return the frame of the board to map, and what to let through: as it is, here."""
        return place, open_

    def _walk(self, address: int, access: int, role: Role) -> Found:
        """Walk the guest's own table, as the hart would."""
        satp = self._satp()
        if not satp:
            return Found(address & -PAGE, ALL | D, {})
        places: list[int] = []

        def load(place: int) -> int:
            if not self._reachable(place, READ):
                raise WalkFault
            places.append(place)
            return self._bus.load(place, 8)

        def store(place: int, entry: int) -> None:
            if not self._reachable(place, WRITE):
                raise WalkFault
            self._bus.store(place, 8, entry)
            self._bus.ram.on_write(place, place + 8)

        leaf = walk(satp, address, access, self._rights(role), load, store, self._update)
        top = LEVELS[satp >> 60] - 1
        tables = {top - n: place & -PAGE for n, place in enumerate(places)}
        return Found(leaf.frame, leaf.flags, tables)

    def _reachable(self, place: int, access: int) -> bool:
        return self._bus.plain(place, 8) and self._csrs.pmp.allows(place, 8, access, False)

    def _rights(self, role: Role) -> Rights:
        """Return the rights of who now uses a table."""
        return role.rights

    def _allowed(self, found: Found, role: Role, access: int) -> bool:
        """Tell whether the guest's table allows an access."""
        return not found.tables or permitted(found.flags, access, role.rights)

    def _user(self, found: Found, role: Role) -> int:
        """Return U if the hart's U, or VU, may use the page."""
        return U

    def _open(self, found: Found, role: Role) -> int:
        """Return which of R, W and X can be let through without a look at the guest's state."""
        pmp, machine = self._csrs.pmp, role.mode == MACHINE
        if not pmp.uniform(found.frame, PAGE):
            return 0
        open_ = 0
        for access in (R, W, X):
            protected = not pmp.allows(found.frame, PAGE, PMP_ACCESS[access], machine)
            if self._allowed(found, role, access) and not protected:
                open_ |= access
        if not found.flags & D or not open_ & R:
            open_ &= ~W
        return open_

    def _fill(self, address: int, found: Found, role: Role, place: int, open_: int) -> None:
        """Enter a translation, and the pages on the way to it."""
        satp = self._satp()
        root = self._root(satp, role)
        flags = found.flags & (ALL | D | U) if found.tables else ALL
        page = root
        for level in range(LEVELS[satp >> 60 or SV39] - 1, 0, -1):
            if level - 1 in found.tables:
                child = self._shadow(found.tables[level - 1], level - 1, role)
            else:
                base = found.frame & -(PAGE << 9 * level)
                child = self._piece(base, level - 1, role, flags)
            self._tables.link(page, address >> 12 + 9 * level & 511, child)
            page = child
        for table in found.tables.values():
            self._writes.pop(table, None)
        user = self._user(found, role)
        self._tables.map(page, address >> 12 & 511, place, open_ | user | V | A | D)

    # ------------------------------------------------------------------ what makes it stale
    def fence(self, word: int, x: Sequence[int]) -> None:
        """Carry out the guest's SFENCE.VMA on the hart.

        Parameters
        ----------
        word, x
            The instruction, and the guest's registers.
        """
        rs1, rs2 = word >> 15 & 31, word >> 20 & 31
        address = x[rs1] & M64 if rs1 else None
        asid = x[rs2] & 0xFFFF if rs2 else None
        if address is not None or asid is None:
            self._host.processor.fence(address)
            return
        for (satp, _), space in self._spaces.items():
            if satp >> 44 & 0xFFFF == asid:
                self._host.processor.fence(asid=space.asid)

    def holds(self, address: int) -> bool:
        """Tell whether an address lies in one of the guest's tables."""
        return address & -PAGE in self._shadows

    def wrote(self, low: int, high: int) -> None:
        """Empty what was made from entries that have been written."""
        touched = [table for table in self._shadows if low < table + PAGE and table < high]
        for table in touched:
            self._writes[table] += 1
            if self._writes[table] > FLOOD or high - low > 8:
                self._release(table)
                continue
            first = max(low - table, 0) >> 3
            last = min(high - table, PAGE) - 1 >> 3
            for page in self._shadows[table]:
                for index in range(first, last + 1):
                    self._tables.clear(page, index)

    def _release(self, table: int) -> None:
        """The page is no table any more."""
        del self._writes[table]
        pages = self._shadows.pop(table)
        for page in pages:
            self._tables.drop(page)
        gone = [key for key, space in self._spaces.items() if space.root in pages]
        for key in gone:
            del self._spaces[key]
        self._answers.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._tables.reset()
        self._spaces.clear()
        self._answers.clear()
        self._shadows.clear()
        self._writes.clear()

    def detach(self) -> None:
        """Forget everything: the guest's PMP has changed."""
        self.clear()

    def enter(self, context: Context, page: int, frame: int, entry: Entry | None) -> None:
        """See `KeepsCode`: nothing to do."""
