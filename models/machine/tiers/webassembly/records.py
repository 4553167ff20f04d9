"""What is known of each page of code: how often its jumps' targets ran, and what is compiled.

A record belongs to a page at one virtual and one physical address, since compiled code holds static
addresses. The fast table of fetches points to it, so when a translation leaves the TLB its record
is out of reach and stays here: a flush costs no translation. Interpreted code is read from RAM each
time it runs and needs no care; a page with compiled code is kept out of the fast tables of stores.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING

from models.machine.codecache import touched
from models.machine.memory import PAGE
from models.machine.tiers.webassembly import layout
from models.machine.tiers.webassembly.host import FUNCTIONS

if TYPE_CHECKING:
    from models.machine.context import Context
    from models.machine.mmu import Mmu
    from models.machine.tiers.webassembly.layout import Layout
    from models.machine.tlb import Entry

#: A page with compiled code that is written so often is interpreted from then on: each such store
#: costs as much as some thousand instructions.
MOST_WRITES = 30
_FUNCTION = Struct("<I")


@dataclass
class Record:
    """One page of code.

    Attributes
    ----------
    page, frame
        Its virtual (signed) and physical address.
    place
        Where its record lies in the shared memory.
    states
        The states of its half words, see `layout`.
    function
        The number of its compiled function; 0: there is none.
    covered
        One byte for each half word: whether the function was made from it.
    writes
        Stores to the page while it had a function.
    compiled
        How often it was compiled.
    """

    page: int
    frame: int
    place: int
    states: memoryview
    function: int = 0
    covered: bytearray = field(default_factory=bytearray)
    writes: int = 0
    compiled: int = 0

    def covers(self, low: int, high: int) -> bool:
        """Tell whether the function was made from a byte of a physical range."""
        first = max(low - self.frame, 0) // 2
        return any(self.covered[first : (high - self.frame + 1) // 2])


class Records:
    """The records of one hart; takes the place of `CodeCache`.

    Parameters
    ----------
    mmu
        Its stores to pages with compiled code come here.
    memory, where, base
        The shared memory, its layout, and its address.
    """

    def __init__(self, mmu: Mmu, memory: memoryview, where: Layout, base: int):
        self.mmu, self._memory, self._layout, self._base = mmu, memory, where, base
        self._pages: dict[int, dict[int, Record]] = {}  # by frame, then by virtual page
        self._frames: set[int] = set()  # frames with functions
        self._free = list(range(1, FUNCTIONS))
        self._used = 0
        self.full = False

    def holds(self, address: int) -> bool:
        """Tell whether the page of a physical address has compiled code."""
        return address & -PAGE in self._frames

    def enter(self, context: Context, page: int, frame: int, entry: Entry | None) -> None:
        """Let a context find the record of a page whose translation it just got."""
        by_page = self._pages.setdefault(frame, {})
        if page not in by_page:
            by_page[page] = self._make(page, frame)
        context.fetches.point(page, self._base + by_page[page].place)  # type: ignore[attr-defined]

    def _make(self, page: int, frame: int) -> Record:
        """Take the next place; the last one serves whatever comes when there is none left."""
        self._used += self._used < self._layout.records - 1
        self.full = self._used == self._layout.records - 1
        place = self._layout.record_base + self._used * layout.RECORD
        states = self._memory[place : place + PAGE].cast("H")
        record = Record(page, frame, place, states)
        self._ban(record) if self.full else self._forget(record)
        return record

    def _forget(self, record: Record) -> None:
        record.states[:] = memoryview(bytes(PAGE)).cast("H")

    def _ban(self, record: Record) -> None:
        """Interpret a page from now on."""
        record.states[:] = memoryview(layout.COLD.to_bytes(2, "little") * (PAGE // 2)).cast("H")

    def at(self, pc: int) -> Record | None:
        """Return the record of an address that is now in force."""
        page = pc & -PAGE
        delta = self.mmu.fetches.fetches.get(page)
        if delta is None:
            return None
        return self._pages[page + delta + self.mmu.bus.ram.base][page]

    def take(self, record: Record, covered: bytearray) -> int:
        """Give a page a function: return its number in the table (0: all are taken)."""
        if not record.function:
            if not self._free:
                return 0
            record.function = self._free.pop()
        record.covered = covered
        record.compiled += 1
        _FUNCTION.pack_into(self._memory, record.place + layout.RECORD_FUNCTION, record.function)
        if record.frame not in self._frames:
            self._frames.add(record.frame)
            self.mmu.protect(record.frame - self.mmu.bus.ram.base)
        return record.function

    def drop(self, record: Record) -> None:
        """Forget a page's function."""
        if record.function:
            self._free.append(record.function)
            record.function = 0
            record.covered = bytearray()
        if record.writes > MOST_WRITES:
            self._ban(record)
        else:
            self._forget(record)

    def wrote(self, low: int, high: int) -> None:
        """Drop code made from any byte of a physical range."""
        for frame in touched(self._frames, low, high):
            left = 0
            for record in self._pages[frame].values():
                if record.function:
                    record.writes += 1
                    if record.writes > MOST_WRITES or record.covers(low, high):
                        self.drop(record)
                left += record.function
            if not left:
                self._frames.discard(frame)

    def detach(self) -> None:
        """Nothing: the fast tables that pointed here are empty."""

    def clear(self) -> None:
        """Drop everything; the contexts have to be emptied too."""
        for by_page in self._pages.values():
            for record in by_page.values():
                if record.function:
                    self._free.append(record.function)
        self._pages.clear()
        self._frames.clear()
        self._used = 0
        self.full = False
