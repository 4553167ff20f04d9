"""The fast tables (see `models.machine.context`) as arrays in the shared memory.

Each is a dict that keeps an array equal to itself, so the memory management fills and empties it
as any other. An array's place can hold one page: a page that takes the place of another drops it,
and the other is found again the slow way, in the modelled TLB, without a count.
"""

from __future__ import annotations

from struct import Struct

from models.machine.tiers.webassembly.layout import EMPTY, SLOT, SLOT_RECORD, TABLES, Layout

_SLOT = Struct("<qII")
_RECORD = Struct("<I")


class ArrayTable(dict[int, int]):
    """One table.

    Parameters
    ----------
    memory
        The shared memory.
    place, slots
        Where its array lies there, and how many entries that has.
    base
        Where the shared memory lies in WebAssembly's addresses.
    ram
        Where RAM lies in the shared memory.
    """

    def __init__(self, memory: memoryview, place: int, slots: int, base: int, ram: int):
        super().__init__()
        self.address = base + place
        self._memory, self._place, self._mask = memory, place, slots - 1
        self._ram = base + ram
        self._held: dict[int, int] = {}
        self._empty = _SLOT.pack(EMPTY, 0, 0) * slots
        self._wipe()

    def __setitem__(self, page: int, delta: int) -> None:
        slot = page >> 12 & self._mask
        held = self._held.get(slot)
        if held is not None and held != page:
            super().__delitem__(held)
        self._held[slot] = page
        super().__setitem__(page, delta)
        tag = page if page < 1 << 63 else page - (1 << 64)
        ram_delta = delta + self._ram & 0xFFFFFFFF
        _SLOT.pack_into(self._memory, self._place + slot * SLOT, tag, ram_delta, 0)

    def point(self, page: int, record: int) -> None:
        """Tell where the code record of a page lies (an address of WebAssembly's)."""
        place = self._place + (page >> 12 & self._mask) * SLOT + SLOT_RECORD
        _RECORD.pack_into(self._memory, place, record)

    def __delitem__(self, page: int) -> None:
        super().__delitem__(page)
        slot = page >> 12 & self._mask
        del self._held[slot]
        _SLOT.pack_into(self._memory, self._place + slot * SLOT, EMPTY, 0, 0)

    def pop(self, page: int, default: int | None = None) -> int | None:  # type: ignore[override]
        """Drop a page if it is there."""
        if page not in self:
            return default
        delta = self[page]
        del self[page]
        return delta

    def clear(self) -> None:
        """Drop everything."""
        if self:
            super().clear()
            self._held.clear()
            self._wipe()

    def _wipe(self) -> None:
        self._memory[self._place : self._place + len(self._empty)] = self._empty


class Tables:
    """The arrays of all contexts, used again when the contexts are forgotten.

    Parameters
    ----------
    memory, layout, base
        The shared memory, see `ArrayTable`.
    """

    def __init__(self, memory: memoryview, layout: Layout, base: int):
        self._memory, self._layout, self._base = memory, layout, base
        self._made: list[tuple[ArrayTable, ArrayTable, ArrayTable]] = []
        self._used = 0

    def __call__(self) -> tuple[ArrayTable, ArrayTable, ArrayTable]:
        """Return empty tables for one more context: loads, stores, fetches."""
        if self._used == len(self._made):
            self._made.append((self._table(0), self._table(1), self._table(2)))
        self._used += 1
        return self._made[self._used - 1]

    def _table(self, n: int) -> ArrayTable:
        layout = self._layout
        place = TABLES + (len(self._made) * 3 + n) * layout.slots * SLOT
        return ArrayTable(self._memory, place, layout.slots, self._base, layout.ram)

    def release(self) -> None:
        """Take all tables back (they are empty)."""
        self._used = 0
