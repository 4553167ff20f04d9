"""Cached code, by physical page: found by virtual address, dropped when its bytes are written.

A page of code is kept under its virtual and its physical address (cached code holds static
addresses). While the page's translation is in the instruction TLB its functions stand in the
context's `code` table, where the run loop finds them; when the translation leaves, they leave the
table and stay here, so that a flush costs no translation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from models.machine.memory import PAGE

if TYPE_CHECKING:
    from models.machine.context import Context
    from models.machine.mmu import Mmu
    from models.machine.tlb import Entry

#: A function of (loads, stores, fuel): runs from its address on, returns the next one; an odd
#: address means that the instruction there (less one) has to be stepped.
Code = Callable[[dict[int, int], dict[int, int], list[int]], int]
LIMIT = 10_000  # functions, of about 12 KB each (measured on a firmware): bounds the memory


@dataclass
class CodePage:
    """The code of one page at one virtual address.

    Attributes
    ----------
    functions, regions
        By address: the code, and the physical range that it was made from.
    tables
        The contexts' tables that now hold the functions, by identity.
    seen
        Addresses at which execution arrived without finding code.
    taken
        Of the branch at an address: how much oftener it was taken than not, in cold code.
    """

    page: int
    frame: int
    functions: dict[int, Code] = field(default_factory=dict)
    regions: dict[int, tuple[int, int]] = field(default_factory=dict)
    tables: dict[int, dict[int, Code]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    taken: dict[int, int] = field(default_factory=dict)

    def leave(self, table: dict[int, Code]) -> None:
        """Take the functions out of a table."""
        self.tables.pop(id(table), None)
        for pc in self.functions:
            table.pop(pc, None)

    def remove(self, pc: int) -> None:
        """Drop one function everywhere."""
        del self.functions[pc], self.regions[pc]
        for table in self.tables.values():
            table.pop(pc, None)


class KeepsCode(Protocol):
    """What the memory management and the board ask of who keeps cached code."""

    def holds(self, address: int) -> bool:
        """Tell whether the page of a physical address has cached code."""

    def enter(self, context: Context, page: int, frame: int, entry: Entry | None) -> object:
        """Let a context find the code of a page whose translation it just got."""

    def wrote(self, low: int, high: int) -> None:
        """Drop code made from any byte of a physical range."""

    def detach(self) -> None:
        """Forget the contexts' tables: they have been emptied."""

    def clear(self) -> None:
        """Drop everything; the contexts have to be emptied too."""


def touched(frames: set[int], low: int, high: int) -> list[int]:
    """Return those of the frames that have bytes in a physical range, by the shorter way."""
    if (high - 1) // PAGE - low // PAGE > len(frames):
        return [frame for frame in frames if low - PAGE < frame < high]
    return [frame for frame in range(low & -PAGE, high, PAGE) if frame in frames]


class CodeCache:
    """All code pages of one hart.

    Parameters
    ----------
    mmu
        Its stores to pages with code come here.
    """

    def __init__(self, mmu: Mmu):
        self.mmu = mmu
        self._pages: dict[int, dict[int, CodePage]] = {}  # by frame, then by virtual page
        self._frames: set[int] = set()  # frames with functions
        self.size = 0

    def holds(self, address: int) -> bool:
        """Tell whether the page of a physical address has cached code."""
        return address & -PAGE in self._frames

    def enter(self, context: Context, page: int, frame: int, entry: Entry | None) -> CodePage:
        """Let a context find the code of a page whose translation it just got."""
        by_page = self._pages.setdefault(frame, {})
        code_page = by_page.get(page)
        if code_page is None:
            code_page = by_page[page] = CodePage(page, frame)
        table = context.code
        if id(table) not in code_page.tables:
            code_page.tables[id(table)] = table
            table.update(code_page.functions)
            if entry is not None:
                entry.forget[id(table)] = lambda: code_page.leave(table)
        return code_page

    def page(self, context: Context, pc: int) -> CodePage | None:
        """Return the code page of an address, if the context may fetch there directly."""
        page = pc & -PAGE
        delta = context.fetches.get(page)
        if delta is None:
            return None
        return self._pages.get(page + delta + self.mmu.bus.ram.base, {}).get(page)

    def add(self, code_page: CodePage, pc: int, code: Code, low: int, high: int) -> None:
        """Keep code made from the physical bytes [low, high)."""
        if self.size >= LIMIT:
            self.clear_functions()
        if code_page.frame not in self._frames:
            self._frames.add(code_page.frame)
            self.mmu.protect(code_page.frame - self.mmu.bus.ram.base)
        self.size += pc not in code_page.functions
        code_page.functions[pc] = code
        code_page.regions[pc] = low, high
        for table in code_page.tables.values():
            table[pc] = code

    def wrote(self, low: int, high: int) -> None:
        """Drop code made from any byte of a physical range."""
        for frame in touched(self._frames, low, high):
            left = 0
            for code_page in self._pages[frame].values():
                for pc, (start, end) in list(code_page.regions.items()):
                    if start < high and low < end:
                        code_page.remove(pc)
                        self.size -= 1
                left += len(code_page.functions)
            if not left:
                self._frames.discard(frame)

    def detach(self) -> None:
        """Forget the contexts' tables: they have been emptied."""
        for by_page in self._pages.values():
            for code_page in by_page.values():
                code_page.tables.clear()

    def clear_functions(self) -> None:
        """Drop all code; the pages stay entered."""
        for by_page in self._pages.values():
            for code_page in by_page.values():
                for pc in list(code_page.functions):
                    code_page.remove(pc)
                code_page.seen.clear()
        self._frames.clear()
        self.size = 0

    def clear(self) -> None:
        """Drop everything; the contexts have to be emptied too."""
        self._pages.clear()
        self._frames.clear()
        self.size = 0
