"""Two stages of translation: a guest's address to its physical address, and that to the board's.

The guest's table (vsatp) lies in guest physical memory, so each of its entries is reached through
the second stage (hgatp) too::

                    second stage, m levels
      entry 1 of n   . . . m references, then the entry itself
      entry 2 of n   . . . m references, then the entry itself
      ...
      the frame      . . . m references                         (n+1)(m+1) - 1 in all

Sv39 upon Sv39x4: 3 references become 15; Sv48 upon Sv48x4: 4 become 24.

Source: privileged specification 20211203, section 8.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.machine.paging import PageFault, R, Rights, Translation, W, walk
from models.machine.tlb import ALL

#: What htinst holds when the second stage did not let the walk read or write an entry of the
#: guest's table: a double word was read, or written to set A or D (table 8.12).
READ_ENTRY, WRITE_ENTRY = 0x3000, 0x3020


class GuestPageFault(Exception):
    """The second stage does not allow the access.

    Attributes
    ----------
    physical
        The guest physical address.
    instruction
        `READ_ENTRY` or `WRITE_ENTRY` if the walk itself wanted it, else 0.
    """

    def __init__(self, physical: int, instruction: int):
        super().__init__(physical, instruction)
        self.physical, self.instruction = physical, instruction


@dataclass(frozen=True)
class Stage:
    """One stage's table and how to reach its entries.

    Attributes
    ----------
    root
        vsatp or hgatp; None: the stage is off.
    rights
        Who asks.
    load, store
        Read and write an entry at a physical address of the board, see `walk`.
    """

    root: int | None
    rights: Rights
    load: Callable[[int], int]
    store: Callable[[int, int], None]


def walk_two_stages(
    address: int, access: int, first: Stage, second: Stage, update: bool = True
) -> tuple[int, int, int]:
    """Translate a guest's virtual address.

    Parameters
    ----------
    address, access, update
        As for `walk`.
    first, second
        The guest's own table and the hypervisor's.

    Returns
    -------
    frame, flags, second_flags
        The frame's address on the board, and the leaves' flags of the two stages.

    Raises
    ------
    PageFault, WalkFault
        As `walk`: it is the guest's own.
    GuestPageFault
        It is the hypervisor's.
    """

    def physical(guest: int, wanted: int, rights: Rights, instruction: int) -> Translation:
        if second.root is None:
            return Translation(guest & -4096, ALL)
        way = (wanted, rights, second.load, second.store, update, True)
        try:
            return walk(second.root, guest, *way)
        except PageFault:
            raise GuestPageFault(guest, instruction) from None

    # The walk reads and writes entries as data, whatever the access itself is.
    implicit = Rights(user=True, mxr=second.rights.mxr)

    def load(guest: int) -> int:
        place = physical(guest, R, implicit, READ_ENTRY).frame
        return first.load(place | guest & 4095)

    def store(guest: int, value: int) -> None:
        place = physical(guest, W, implicit, WRITE_ENTRY).frame
        first.store(place | guest & 4095, value)

    found = Translation(address & -4096, ALL)
    if first.root is not None:
        found = walk(first.root, address, access, first.rights, load, store, update)
    last = physical(found.frame | address & 4095, access, second.rights, 0)
    return last.frame, found.flags, last.flags
