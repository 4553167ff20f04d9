"""A page table in a board's memory, built the way an operating system builds one.

Only the format is shared with `models.machine.paging`, which walks it.
"""

from typing import Protocol

from models.machine.memory import PAGE
from models.machine.paging import LEVELS, SV39, SV48, V

SCHEMES = {"sv39": SV39, "sv48": SV48}
PAGES = {"4 KiB": 0, "2 MiB": 1, "1 GiB": 2}  # size to the level of its leaf


def index(address: int, level: int) -> int:
    """The part of a virtual address that chooses the entry of a level's table."""
    return address >> 12 + 9 * level & 511


def leaf_size(level: int) -> int:
    """Bytes that one entry of that level maps."""
    return PAGE << 9 * level


class Memory(Protocol):
    """Where tables can be: the board's RAM, or a guest's part of it."""

    def read(self, address: int, length: int) -> bytes:
        """Bytes at a physical address."""

    def write(self, address: int, data: bytes) -> None:
        """Put bytes at a physical address."""


class PageTable:
    """One address space.

    Parameters
    ----------
    ram : Memory
        Where its tables are.
    scheme : {"sv39", "sv48"}
    at : int
        Physical address of the root, a multiple of its size; further tables follow it.
    root_pages : int
        Pages of the root: 4 for a second stage of translation, else 1.
    """

    def __init__(self, ram: Memory, scheme: str, at: int, root_pages: int = 1):
        if scheme not in SCHEMES:
            raise ValueError(f"scheme: {scheme!r} is unknown; allowed: {', '.join(SCHEMES)}")
        if at % (root_pages * PAGE):
            raise ValueError(f"at: {at:#x} is not a multiple of {root_pages * PAGE}")
        self._ram, self._mode, self.levels = ram, SCHEMES[scheme], LEVELS[SCHEMES[scheme]]
        self.tables = 0
        self._at = at
        self.root = self._new()
        for _ in range(root_pages - 1):
            self._new()

    @property
    def satp(self) -> int:
        """What the register of that name, or hgatp, holds in this address space (ASID 0)."""
        return self._mode << 60 | self.root >> 12

    def entry(self, place: int) -> int:
        """The entry at a physical address."""
        return int.from_bytes(self._ram.read(place, 8), "little")

    def map(self, virtual: int, physical: int, flags: int, level: int = 0) -> None:
        """Map one page; tables on the way to it are made.

        Parameters
        ----------
        virtual, physical : int
            Multiples of the page's size, `leaf_size(level)`.
        flags : int
            The low 8 bits of the entry, V among them.
        level : int
            Of the leaf: 0 for 4 KiB, 1 for 2 MiB, 2 for 1 GiB.
        """
        for name, address in (("virtual", virtual), ("physical", physical)):
            if address % leaf_size(level):
                raise ValueError(f"{name}: {address:#x} is not a multiple of {leaf_size(level):#x}")
        table = self.root
        for above in range(self.levels - 1, level, -1):
            place = table + 8 * index(virtual, above)
            if not self.entry(place):
                self._store(place, self._new() >> 2 | V)
            table = self.entry(place) >> 10 << 12
        self._store(table + 8 * index(virtual, level), physical >> 2 | flags)

    def _new(self) -> int:
        table = self._at + PAGE * self.tables
        self._ram.write(table, bytes(PAGE))
        self.tables += 1
        return table

    def _store(self, place: int, entry: int) -> None:
        self._ram.write(place, entry.to_bytes(8, "little"))
