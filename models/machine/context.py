"""The fast tables: what each way to translate has lately found, one set for each context.

A table is a dict from a page to the difference between RAM offset and (signed) address, so that
``ram[table[address & mask] + address]`` is the access. Loads and stores name the page by its
unsigned address, fetches by its signed one, as pc is. `Mmu` fills and empties them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from models.machine.csr import Csrs
from models.machine.csr_bits import MPP, MPRV, MXR, SUM
from models.machine.paging import Rights
from models.machine.semantics import M64
from models.machine.traps import Mode

MOST = 64  # contexts kept; a switch to one that is gone only starts empty


@dataclass
class Context:
    """Fast tables of one way to translate: an address space with certain rights.

    Attributes
    ----------
    translated
        Whether the page table of satp applies.
    asid, rights, machine
        Who asks; `machine` is M-mode's rights towards PMP.
    loads, stores, fetches
        Page address to difference, see the module.
    code
        Instruction address to cached code, for the tiers.
    """

    translated: bool
    asid: int
    rights: Rights
    machine: bool
    loads: dict[int, int] = field(default_factory=dict)
    stores: dict[int, int] = field(default_factory=dict)
    fetches: dict[int, int] = field(default_factory=dict)
    code: dict[int, Callable[..., int]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget every page."""
        for table in (self.loads, self.stores, self.fetches, self.code):
            table.clear()


class MakesTables(Protocol):
    """Makes the tables of contexts: a tier may bring another kind of dict."""

    def __call__(self) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
        """Return the tables of one more context: loads, stores, fetches."""

    def release(self) -> None:
        """Take all tables back: they have been emptied, and no context holds them."""


class PlainTables:
    """Makes plain dicts."""

    def __call__(self) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
        """See `MakesTables`."""
        return {}, {}, {}

    def release(self) -> None:
        """See `MakesTables`."""


class Contexts:
    """The contexts of one hart.

    Parameters
    ----------
    csrs
        Mode, satp and mstatus choose among them.

    Attributes
    ----------
    tables
        Makes their tables.
    """

    def __init__(self, csrs: Csrs):
        self._csrs = csrs
        self._contexts: dict[Any, Context] = {}
        self.tables: MakesTables = PlainTables()

    @property
    def full(self) -> bool:
        """Whether it is time to forget them."""
        return len(self._contexts) > MOST

    def choose(self) -> tuple[Context, Context]:
        """Return the contexts of fetches and of loads and stores, as the registers now are."""
        status, mode = self._csrs.mstatus, self._csrs.mode
        fetches = self._context(mode, False, False)
        if status & MPRV and mode == Mode.M:
            mode = Mode((status & MPP) >> 11)
        return fetches, self._context(mode, bool(status & SUM), bool(status & MXR))

    def _context(self, mode: Mode, may_sum: bool, mxr: bool) -> Context:
        satp = self._csrs.satp
        translated = mode != Mode.M and satp >> 60 != 0
        asid = satp >> 44 & 0xFFFF if translated else 0
        key = (mode, asid, may_sum, mxr) if translated else (mode,)
        context = self._contexts.get(key)
        if context is None:
            rights = Rights(mode == Mode.U, may_sum, mxr)
            context = Context(translated, asid, rights, mode == Mode.M, *self.tables())
            self._contexts[key] = context
        return context

    def clear(self) -> None:
        """Empty every table and forget the contexts."""
        for context in self._contexts.values():
            context.clear()
        self._contexts.clear()
        self.tables.release()

    def protect(self, frame: int) -> None:
        """Take a frame's page (its RAM offset) out of the store tables."""
        for context in self._contexts.values():
            for page in [p for p, delta in context.stores.items() if p + delta & M64 == frame]:
                del context.stores[page]
