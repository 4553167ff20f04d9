"""The second stage's tables: the slot at another guest physical address, its data pages mixed up.

A page may lack a right, be wrong in a way that the specification names, or lie in a superpage.
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass

from tests.machine.differential import layout as at
from tests.machine.differential.hypervisor import layout as h
from tests.machine.differential.tables import A, D, R, U, V, W, X, random_entry

SV39X4, SV48X4 = 8, 9
_USUAL = V | R | W | U | A | D


@dataclass(frozen=True)
class GuestMemory:
    """Where a guest's physical memory is.

    Attributes
    ----------
    mode
        hgatp's mode field: 0, 8 or 9.
    offset
        Guest physical address of the slot minus its physical address: a multiple of 1 GiB.
    root
        Physical page number of the root table.
    """

    mode: int
    offset: int
    root: int


def build(
    rng: random.Random, slot: bytearray, base: int, *, faulty: bool, written: bool
) -> GuestMemory:
    """Write the tables of a program into its slot.

    Parameters
    ----------
    rng, slot, base
        As of `tests.machine.differential.tables.build`.
    faulty
        They may be wrong anywhere.
    written
        Walks set A and D in the guest's own tables.
    """
    mode = rng.choice((0, SV39X4, SV39X4, SV39X4, SV48X4, SV48X4))
    root = base + h.ROOT * at.PAGE
    if mode == 0:
        return GuestMemory(0, 0, root >> 12)
    top = 40 if mode == SV39X4 else 49  # and not one more: see `explained`
    offset = rng.choice((0, rng.randrange((1 << top) - (4 << 30) >> 30) << 30))
    guest = base + offset
    levels = 3 if mode == SV39X4 else 4
    tables = [root, *(base + (h.LEVELS + n) * at.PAGE for n in range(levels - 1))]

    def put(level: int, entry: int) -> None:
        """Write an entry on the way to the slot; level 0 is the root."""
        shift = 12 + 9 * (levels - 1 - level)
        index = guest >> shift & (2047 if level == 0 else 511)
        place = tables[level] - base + index * 8
        struct.pack_into("<Q", slot, place, entry & (1 << 64) - 1)

    for level in range(levels - 1):
        entry = tables[level + 1] >> 12 << 10 | V
        if faulty and rng.random() < 0.02:
            entry |= rng.choice((A, D, U))
        put(level, entry)
    _leaves(rng, slot, base, guest, tables[-1] - base, faulty, written)
    kind = rng.random()
    if kind < 0.2:  # the slot in one superpage, now and then a misaligned one
        level = levels - 2 if kind < 0.12 else levels - 3
        size = 1 << 12 + 9 * (levels - 1 - level)
        region = base & -size
        if faulty and rng.random() < 0.1:
            region += at.PAGE << rng.randrange(9)
        put(level, region >> 12 << 10 | _USUAL | X)
    return GuestMemory(mode, offset, root >> 12)


def _leaves(
    rng: random.Random,
    slot: bytearray,
    base: int,
    guest: int,
    table: int,
    faulty: bool,
    written: bool,
) -> None:
    first = guest >> 12 & 511
    data = rng.sample(range(at.DATA, at.DATA + at.DATA_PAGES), at.DATA_PAGES)
    for page in range(h.STUB + 1):
        place, flags = page, _USUAL
        if at.DATA <= page < at.TABLES:
            place = data[page - at.DATA]
            if rng.random() < 0.15:
                flags &= ~rng.choice((A, D, A | D, W | D, U, V, R | W))
        elif page in (at.CODE, at.CODE + 1, h.STUB):
            flags = V | R | X | U | A | (W | D if rng.random() < 0.3 else 0)
            if faulty and rng.random() < 0.1:
                flags ^= rng.choice((V, U, X, R, A))
        elif at.TABLES <= page < at.TABLES + at.TABLE_PAGES and rng.random() < 0.1:
            wrong = (A,) if written else (A, D, W | D)
            flags &= ~rng.choice(wrong if not faulty else (*wrong, V, U))
        entry = base + place * at.PAGE >> 12 << 10 | flags
        if page == at.DATA + 2 and rng.random() < 0.3:
            entry = random_entry(rng, base + place * at.PAGE) | (U if rng.random() < 0.8 else 0)
        struct.pack_into("<Q", slot, table + (first + page) * 8, entry)


def execute_only(slot: bytes, address: int, *, guest_table: bool) -> bool:
    """Tell whether the last level of a stage has a page executable and not readable."""
    first = at.TABLES if guest_table else h.LEVELS - 1
    tables = (first + 3, first + 2)  # the last level of four, or of three, where the other is empty
    places = (table * at.PAGE + (address >> 12 & 511) * 8 for table in tables)
    entries = (struct.unpack_from("<Q", slot, place)[0] for place in places)
    return next((entry for entry in entries if entry), 0) & (R | X) == X
