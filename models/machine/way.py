"""How an address reaches memory now, for somebody who looks on: nothing is changed or counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.machine.board import Board
from models.machine.context import Guest
from models.machine.memory import PAGE
from models.machine.paging import PageFault, Rights, WalkFault, X, walk
from models.machine.two_stage import GuestPageFault, Stage, walk_two_stages


@dataclass(frozen=True)
class Reference:
    """A page-table entry that a walk reads: its level (0 the last), place and content."""

    level: int
    place: int
    entry: int


@dataclass(frozen=True)
class Way:
    """How an address reaches memory now.

    Attributes
    ----------
    address
        As the program says it.
    translated
        Whether a page table applies.
    held
        Whether the TLB holds the translation, so that no walk is needed.
    references
        What a walk reads.
    physical
        The address on the bus; None where the table does not allow the access.
    """

    address: int
    translated: bool
    held: bool
    references: tuple[Reference, ...]
    physical: int | None


def way(board: Board, address: int, access: int) -> Way:
    """How a fetch (X), load (R) or store (W) would reach memory now.

    Of a guest's walk through two stages only the end is told.
    """
    mmu = board.hart.mmu
    context = mmu.fetches if access == X else mmu.data
    if not context.translated:
        return Way(address, False, False, (), address)
    tlb = mmu.instruction_tlb if access == X else mmu.data_tlb
    held = tlb.lookup(address >> 12, context.asid, context.virtual) is not None
    seen: list[tuple[int, int]] = []

    def load(place: int) -> int:
        if not board.ram.holds(place, 8):
            raise WalkFault
        seen.append((place, int.from_bytes(board.ram.read(place, 8), "little")))
        return seen[-1][1]

    satp = board.hart.csrs.satp
    physical = None
    try:
        if context.guest is not None:
            frame = _through(board, context.guest, address, access, context.rights, load)
            return Way(address, True, held, (), frame | address % PAGE)
        found = walk(satp, address, access, context.rights, load, _ignore, mmu.update)
        physical = found.frame | address % PAGE
    except (PageFault, GuestPageFault, WalkFault):
        if context.guest is not None:
            return Way(address, True, held, (), None)
    top = 2 if satp >> 60 == 8 else 3
    steps = tuple(Reference(top - i, *pair) for i, pair in enumerate(seen))
    return Way(address, True, held, steps, physical)


def _through(
    board: Board,
    guest: Guest,
    address: int,
    access: int,
    rights: Rights,
    load: Callable[[int], int],
) -> int:
    """Translate a guest's address by both stages, and change nothing."""
    csrs, beyond = board.hart.csrs, guest.second
    first = Stage(csrs.vsatp if guest.first else None, rights, load, _ignore)
    second = Stage(csrs.hgatp if beyond else None, beyond or rights, load, _ignore)
    return walk_two_stages(address, access, first, second, board.hart.mmu.update)[0]


def _ignore(place: int, entry: int) -> None:
    """Leave A and D as they are: looking changes nothing."""
