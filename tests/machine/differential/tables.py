"""A program's page tables: a window of 16 pages, superpages, and entries that are wrong somehow.

======  ================================================
page    of the window
======  ================================================
0, 1    code, supervisor
2       the trap stubs, supervisor
4, 5    code, user
6..8    data, user
9..11   data, supervisor
12..15  data, each entry random
======  ================================================
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass

from tests.machine.differential import layout as at

V, R, W, X, U, G, A, D = (1 << bit for bit in range(8))
CODE_S, STUB, CODE_U, DATA_U, DATA_S, RANDOM = 0, 2, 4, 6, 9, 12
SV39, SV48 = 8, 9


@dataclass(frozen=True)
class AddressSpace:
    """Where a program finds itself in virtual memory.

    Attributes
    ----------
    mode
        satp's mode field: 8 or 9.
    window
        Virtual address of page 0 of the window.
    mega, giga
        Virtual addresses at which a superpage shows the program's slot.
    root
        Physical page number of the root table.
    """

    mode: int
    window: int
    mega: int
    giga: int
    root: int

    def page(self, number: int) -> int:
        """The virtual address of a page of the window."""
        return self.window + number * at.PAGE


def _canonical(rng: random.Random, mode: int) -> tuple[int, int]:
    """A root index that keeps virtual addresses apart from devices and RAM, and its address."""
    index = rng.randrange(128, 512) if mode == SV39 else rng.randrange(2, 512)
    shift = 30 if mode == SV39 else 39
    address = index << shift
    return index, address | (-1 << shift + 9 if index >= 256 else 0)


def _entry(physical: int, flags: int) -> int:
    return physical >> 12 << 10 | flags


def random_entry(rng: random.Random, physical: int) -> int:
    """A leaf that may be wrong in one of the ways that the specification names."""
    kind = rng.randrange(12)
    flags = rng.getrandbits(7) << 1 | V | A | (R if rng.random() < 0.7 else 0)
    if kind == 0:
        return _entry(physical, flags & ~V)
    if kind == 1:
        return _entry(physical, (flags | W | V) & ~R)
    if kind == 2:
        return _entry(physical, flags) | 1 << rng.randrange(54, 64)
    if kind == 3:
        return _entry(1 << rng.randrange(36, 56), flags | R | V)  # no memory there
    if kind == 4:
        return _entry(physical, V | flags & G)  # a pointer at the lowest level
    if kind == 5:
        return _entry(physical, flags & ~A)
    if kind == 6:
        return _entry(physical, (flags | R | W) & ~D)
    if kind == 7:
        return _entry(physical, (flags | X) & ~(R | W))
    return _entry(physical, flags | R) | rng.getrandbits(2) << 8


def build(
    rng: random.Random,
    slot: bytearray,
    base: int,
    *,
    faulty_code: bool,
    faulty_path: bool,
    updates: bool,
    stubs: int = at.STUBS,
) -> AddressSpace:
    """Write the tables of a program into its slot.

    Parameters
    ----------
    rng
        The program's source of chance.
    slot, base
        The slot's bytes and its physical address.
    faulty_code
        Whether code pages may lack what execution needs.
    faulty_path
        Whether pointers to the next level may be reserved ones.
    updates
        Whether A and D may be clear, for the walk to set.
    stubs
        The physical address of the trap stubs.
    """
    mode = rng.choice((SV39, SV39, SV48))
    levels = 3 if mode == SV39 else 4
    tables = [base + (at.TABLES + level) * at.PAGE for level in range(levels)]

    def put(level: int, index: int, entry: int) -> None:
        offset = (at.TABLES + level) * at.PAGE + index * 8
        if not updates and entry & (R | X):
            entry |= A | D
        struct.pack_into("<Q", slot, offset, entry & (1 << 64) - 1)

    def pointer(level: int) -> int:
        entry = _entry(tables[level + 1], V | (G if rng.random() < 0.1 else 0))
        return entry | (rng.choice((A, D, U)) if faulty_path and rng.random() < 0.01 else 0)

    root_index, address = _canonical(rng, mode)
    put(0, root_index, pointer(0))
    if mode == SV48:
        index = rng.randrange(512)
        put(1, index, pointer(1))
        address += index << 30
    mid = rng.randrange(510)
    put(levels - 2, mid, pointer(levels - 2))
    first = rng.randrange(496)
    window = address + (mid << 21) + (first << 12)

    def leaf(page: int, physical: int, flags: int) -> None:
        put(levels - 1, first + page, _entry(physical, flags))

    code, data = base + at.CODE * at.PAGE, base + at.DATA * at.PAGE
    for page in range(at.CODE_PAGES):
        for place, flags in ((CODE_S, V | R | X | A), (CODE_U, V | R | X | U | A)):
            if rng.random() < 0.1:
                flags |= W | D
            if faulty_code and rng.random() < 0.4:
                flags ^= rng.choice((V, X, U, A))
            leaf(place + page, code + page * at.PAGE, flags)
    leaf(STUB, stubs, V | R | X | A)
    usual = V | R | W | A | D
    for page in range(at.DATA_PAGES):
        for place, flags in ((DATA_U, usual | U), (DATA_S, usual)):
            if rng.random() < 0.15:
                flags &= ~rng.choice((A, D, A | D, W | D, V))
            leaf(place + page, data + page * at.PAGE, flags)
    for page in range(4):
        physical = data + rng.randrange(at.DATA_PAGES) * at.PAGE
        put(levels - 1, first + RANDOM + page, random_entry(rng, physical))

    user = U if rng.random() < 0.5 else 0
    region = data >> 21 << 21
    if rng.random() < 0.1:
        region += at.PAGE << rng.randrange(9)  # misaligned superpage
    put(levels - 2, mid + 1, _entry(region, usual | user | (X if rng.random() < 0.3 else 0)))
    mega = address + (mid + 1 << 21) + (data & (1 << 21) - 1)
    giga_level, giga_shift = levels - 3, 30
    slot_index = (root_index if mode == SV39 else index) ^ 1
    wrong = at.PAGE << rng.randrange(18) if rng.random() < 0.1 else 0
    put(giga_level, slot_index, _entry((base & -1 << 30) + wrong, usual | user))
    upper = address & -1 << giga_shift if mode == SV48 else address
    giga = (upper ^ 1 << giga_shift) + (data & (1 << 30) - 1)
    return AddressSpace(mode, window, mega, giga, tables[0] >> 12)
