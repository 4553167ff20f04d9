"""Straight pieces of code: what the tiers translate."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from models.machine.decode import Decoded, decode
from models.machine.memory import PAGE, Ram
from models.machine.semantics import s64

FAST = frozenset({"alu", "load", "store", "branch", "jal", "jalr"})
TURNS = frozenset({"branch", "jal", "jalr"})


def read(ram: Ram, delta: int, pc: int, kinds: Collection[str] = FAST) -> Decoded | None:
    """Decode the instruction at an address if the tiers can run it and it lies in one page.

    Parameters
    ----------
    delta
        RAM offset minus address of the page.
    kinds
        What the tier can run; FENCE does nothing in any.
    """
    place = delta + pc >> 1
    word = ram.u16[place]
    if word & 3 == 3:
        if pc & PAGE - 1 == PAGE - 2:
            return None
        word |= ram.u16[place + 1] << 16
    decoded = decode(word)
    if decoded is None or (decoded.base.kind not in kinds and decoded.base.semantics != "fence"):
        return None
    return decoded


def straight(ram: Ram, delta: int, pc: int, longest: int) -> Iterator[tuple[int, Decoded]]:
    """Yield addresses and instructions up to and with the first turn, inside one page."""
    page = pc & -PAGE
    for _ in range(longest):
        if pc & -PAGE != page:
            return
        decoded = read(ram, delta, pc)
        if decoded is None:
            return
        yield pc, decoded
        if decoded.base.kind in TURNS:
            return
        pc = s64(pc + decoded.length)
