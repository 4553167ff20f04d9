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
from models.machine.csr_hypervisor import MPV, SPVP
from models.machine.paging import Rights
from models.machine.semantics import M64
from models.machine.traps import MACHINE, SUPERVISOR, USER, Mode

MOST = 64  # contexts kept; a switch to one that is gone only starts empty
#: The address space of a guest that translates nothing itself: no ASID has this number.
BARE_SPACE = 1 << 16


@dataclass(frozen=True)
class Guest:
    """What a context of a guest has besides.

    Attributes
    ----------
    virtual
        Virtual machine number plus one.
    first
        Whether the guest's own table applies.
    second
        Its rights towards the second stage; None: that is off.
    """

    virtual: int
    first: bool
    second: Rights | None


@dataclass
class Context:
    """Fast tables of one way to translate: an address space with certain rights.

    Attributes
    ----------
    translated
        Whether a page table applies: that of satp, or the guest's or its hypervisor's.
    asid, rights, machine
        Who asks; `machine` is M-mode's rights towards PMP.
    loads, stores, fetches
        Page address to difference, see the module.
    code
        Instruction address to cached code, for the tiers.
    guest
        None with V=0.
    """

    translated: bool
    asid: int
    rights: Rights
    machine: bool
    loads: dict[int, int] = field(default_factory=dict)
    stores: dict[int, int] = field(default_factory=dict)
    fetches: dict[int, int] = field(default_factory=dict)
    code: dict[int, Callable[..., int]] = field(default_factory=dict)
    guest: Guest | None = None

    @property
    def virtual(self) -> int:
        """The TLB's tag: virtual machine number plus one, or 0 with V=0."""
        return self.guest.virtual if self.guest else 0

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
        csrs = self._csrs
        status, mode, virtual = csrs.mstatus, csrs.mode, csrs.virtual
        if virtual:
            return self._of_guest(mode, fetch=True), self._of_guest(mode)
        fetches = self._context(mode, False, False)
        if status & MPRV and mode == MACHINE:
            mode = Mode((status & MPP) >> 11)
            if status & MPV and mode != MACHINE:
                return fetches, self._of_guest(mode)
        return fetches, self._context(mode, bool(status & SUM), bool(status & MXR))

    def of_hypervisor_access(self, execute: bool) -> Context:
        """Return the context of HLV and HSV, or of HLVX: the guest's, from outside."""
        mode = SUPERVISOR if self._csrs.hstatus & SPVP else USER
        return self._of_guest(mode, execute=execute)

    def _of_guest(self, mode: Mode, fetch: bool = False, execute: bool = False) -> Context:
        """Return the context of a guest's S or U, for fetches, data or HLVX."""
        csrs = self._csrs
        vsatp, hgatp = csrs.vsatp, csrs.hgatp
        first, second = vsatp >> 60 != 0, hgatp >> 60 != 0
        asid = vsatp >> 44 & 0xFFFF if first else BARE_SPACE
        virtual = csrs.virtual_machine
        may_sum = bool(csrs.vsstatus & SUM) and not fetch
        outer_mxr = bool(csrs.mstatus & MXR) and not fetch  # works on both stages
        mxr = outer_mxr or (bool(csrs.vsstatus & MXR) and not fetch)
        key = (mode, asid, may_sum, mxr, outer_mxr, execute, virtual, first, second)
        context = self._contexts.get(key)
        if context is None:
            rights = Rights(mode == USER, may_sum, mxr, execute)
            beyond = Rights(True, False, outer_mxr, execute) if second else None
            guest = Guest(virtual, first, beyond)
            context = Context(first or second, asid, rights, False, *self.tables(), guest=guest)
            self._contexts[key] = context
        return context

    def _context(self, mode: Mode, may_sum: bool, mxr: bool) -> Context:
        satp = self._csrs.satp
        translated = mode != MACHINE and satp >> 60 != 0
        asid = satp >> 44 & 0xFFFF if translated else 0
        key = (mode, asid, may_sum, mxr) if translated else (mode,)
        context = self._contexts.get(key)
        if context is None:
            rights = Rights(mode == USER, may_sum, mxr)
            context = Context(translated, asid, rights, mode == MACHINE, *self.tables())
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
