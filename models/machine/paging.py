"""Sv39 and Sv48, and the Sv39x4 and Sv48x4 of the second stage: the walk of a page table.

::

    virtual address (Sv48 has VPN[3] in 47:39)        page-table entry
     63    39 38    30 29    21 20    12 11     0      63     54 53         10 9  8 7 6 5 4 3 2 1 0
    +--------+--------+--------+--------+--------+    +---------+-------------+----+-+-+-+-+-+-+-+-+
    |  = 38  | VPN[2] | VPN[1] | VPN[0] | offset |    |reserved |     PPN     |RSW |D|A|G|U|X|W|R|V|
    +--------+--------+--------+--------+--------+    +---------+-------------+----+-+-+-+-+-+-+-+-+

The second stage translates a guest's physical addresses: its root has four times as many entries
(VPN[2] is 40:30, VPN[3] 49:39), and the bits above are zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

V, R, W, X, U, G, A, D = (1 << bit for bit in range(8))
BARE, SV39, SV48 = 0, 8, 9
LEVELS = {SV39: 3, SV48: 4}
RESERVED = 0x3FF << 54
PPN_MASK = (1 << 44) - 1


class PageFault(Exception):
    """The table does not allow the access."""


class WalkFault(Exception):
    """A page-table entry itself lies where the walk may not read or write."""


@dataclass(frozen=True)
class Translation:
    """What a walk found: the 4 KiB frame's physical address, and the leaf's flags."""

    frame: int
    flags: int


@dataclass(frozen=True)
class Rights:
    """Who asks.

    Attributes
    ----------
    user
        Made with U-mode's rights (else S-mode's).
    sum, mxr
        mstatus.SUM: S-mode may touch user pages; mstatus.MXR: executable pages can be read.
    execute
        Loads need X in place of R (HLVX).
    """

    user: bool
    sum: bool = False
    mxr: bool = False
    execute: bool = False


def permitted(flags: int, access: int, rights: Rights) -> bool:
    """Tell whether a leaf's flags allow an access: R, W or X."""
    if rights.user != bool(flags & U) and (rights.user or not rights.sum or access == X):
        return False
    readable = flags & X if rights.execute else flags & R or (rights.mxr and flags & X)
    return bool(readable if access == R else flags & access)


def walk(
    satp: int,
    address: int,
    access: int,
    rights: Rights,
    load: Callable[[int], int],
    store: Callable[[int, int], None],
    update: bool = True,
    second: bool = False,
) -> Translation:
    """Translate an address by the table that satp names.

    Parameters
    ----------
    satp
        MODE 63:60 (8 Sv39, 9 Sv48), ASID, and the root table's page number in 43:0; hgatp's form
        is the same.
    address
        Virtual address, unsigned.
    access
        R, W or X.
    load, store
        Read and write an entry at a physical address (8 bytes). They raise WalkFault where there
        is no memory. A second stage of translation stands inside them (see `two_stage`).
    update
        Set A and D in the table (else an entry that lacks them faults).
    second
        The table is a second stage's.

    Raises
    ------
    PageFault, WalkFault
        As the specification's section 4.3.2 has it.
    """
    levels = LEVELS[satp >> 60]
    width = 12 + 9 * levels + 2 * second
    top = address >> width if second else address >> width - 1
    if top and (second or top != (1 << 64 - width + 1) - 1):
        raise PageFault
    table = (satp & PPN_MASK) << 12
    index_mask = 2047 if second else 511
    level = levels
    while level:
        level -= 1
        place = table + (address >> 12 + 9 * level & index_mask) * 8
        index_mask = 511
        entry = load(place)
        if not entry & V or entry & RESERVED or entry & (R | W) == W:
            raise PageFault
        table = (entry >> 10 & PPN_MASK) << 12
        if entry & (R | X):
            break
        if entry & (D | A | U):
            raise PageFault
    else:
        raise PageFault
    inside = (1 << 12 + 9 * level) - 1  # a larger page's frame is aligned to its size
    if not permitted(entry, access, rights) or table & inside:
        raise PageFault
    needed = entry | A | (D if access == W else 0)
    if needed != entry:
        if not update:
            raise PageFault
        store(place, needed)
    return Translation(table | address & inside & ~4095, needed & 255)
