"""The translation lookaside buffer, as a machine has it: N entries, direct-mapped, tagged.

It is a model, not a speed-up: its misses are counted and are the same in every execution tier,
because the tiers' own fast paths hold only what stands here, and drop what leaves here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

ALL = 0xFF  # what a stage that is off allows


@dataclass
class Entry:
    """One translation of a 4 KiB page (a larger page takes one entry for each 4 KiB used).

    Attributes
    ----------
    page, asid, virtual
        Whose it is, see `Tlb.lookup`.
    frame
        Physical address of the page.
    flags
        The page-table entry's low 8 bits: D A G U X W R V.
    second
        Those of the second stage's entry: the two stages are held as one translation.
    forget
        What the fast paths want called when the entry leaves, by the table's identity.
    """

    page: int
    asid: int
    virtual: int
    frame: int
    flags: int
    second: int = ALL
    forget: dict[int, Callable[[], object]] = field(default_factory=dict)


GLOBAL = 1 << 5


class Tlb:
    """Direct-mapped by virtual page number, tagged with address space.

    Parameters
    ----------
    entries
        Number of entries, a power of two.
    """

    def __init__(self, entries: int):
        if entries < 1 or entries & (entries - 1):
            raise ValueError(f"tlb_entries is {entries}, a power of two from 1 up is needed")
        self._mask = entries - 1
        self._entries: dict[int, Entry] = {}

    def lookup(self, page: int, asid: int, virtual: int = 0) -> Entry | None:
        """Find a translation.

        Parameters
        ----------
        page
            Virtual page number.
        asid
            Address space; an entry of a global page serves each.
        virtual
            Virtual machine number plus one when V=1, else 0.
        """
        entry = self._entries.get(page & self._mask)
        if (
            entry is not None
            and entry.page == page
            and (entry.asid == asid or entry.flags & GLOBAL)
            and entry.virtual == virtual
        ):
            return entry
        return None

    def insert(self, entry: Entry) -> None:
        """Fill an entry; what stood there leaves."""
        index = entry.page & self._mask
        self._drop(index)
        self._entries[index] = entry

    def _drop(self, index: int) -> None:
        entry = self._entries.pop(index, None)
        if entry is not None:
            for forget in entry.forget.values():
                forget()

    def flush(
        self, page: int | None = None, asid: int | None = None, virtual: int | None = None
    ) -> None:
        """Drop entries: all, of one page, of one address space (then not global ones), or both.

        `virtual` picks those of one virtual machine, or with 0 of none; None: of all.
        """
        if page is None:
            held = list(self._entries.items())
        else:  # it can stand in one place only
            entry = self._entries.get(page & self._mask)
            held = [(page & self._mask, entry)] if entry and entry.page == page else []
        for index, entry in held:
            if virtual is not None and entry.virtual != virtual:
                continue
            if asid is not None and (entry.asid != asid or entry.flags & GLOBAL):
                continue
            self._drop(index)

    def flush_guests(self) -> None:
        """Drop the entries of every virtual machine."""
        for index, entry in list(self._entries.items()):
            if entry.virtual:
                self._drop(index)

    def detach(self) -> None:
        """Forget the fast paths: they have been emptied."""
        for entry in self._entries.values():
            entry.forget.clear()

    def __len__(self) -> int:
        return len(self._entries)

    def state(self) -> list[list[int]]:
        """Return the entries as plain numbers, for snapshots."""
        return [
            [e.page, e.asid, e.virtual, e.frame, e.flags, e.second]
            for _, e in sorted(self._entries.items())
        ]

    def load_state(self, state: list[list[int]]) -> None:
        """Take back what `state` returned."""
        self.flush()
        for page, asid, virtual, frame, flags, second in state:
            self.insert(Entry(page, asid, virtual, frame, flags, second))
