"""The memory that WebAssembly and Python share: registers, fast tables, code records, then RAM.

::

    0        x0..x31, the register that takes writes to x0, pc, fuel, reservation (valid, address,
             value), sstatus; then 32-bit addresses of the fast tables in force: loads, stores,
             fetches; then what `csrs` says: rules, the time when no fuel is left, tick
    4096     contexts: each three fast tables (loads, stores, fetches) of `slots` entries
    records  one for each page of code that ran: 2048 states of 16 bits, its function, padding
    ram      the board's RAM, on a 64 KiB boundary

    entry of a fast table                    state of a half word of code
     0           8           12          16   0                never jumped to
    +-----------+-----------+-----------+     1 .. COLD - 1    jumped to so many times
    | page, or  | difference| code      |     COLD             not counted
    | -1: empty | to RAM    | record    |     ENTRY + n        block n of the page's function
    +-----------+-----------+-----------+

An access is found by its page number modulo `slots`; one that crosses into the next page never is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from struct import Struct

from models.machine.context import MOST

WASM_PAGE = 1 << 16
REGISTERS, PC, FUEL = 0, 264, 272
RESERVED, RESERVED_ADDRESS, RESERVED_VALUE = 280, 288, 296
STATUS, LOADS, STORES, FETCHES = 304, 312, 316, 320
RULES, TIME, TICK = 324, 328, 336
#: Everything that goes in before a run, and what comes out after it.
INTO = Struct("<33qqqqQqQ3I")
OUT = Struct("<33qqqqQqQ")

TABLES = 4096
SLOT = 16
SLOT_DELTA, SLOT_RECORD = 8, 12
RECORD, RECORD_FUNCTION = 4096 + 64, 4096
COLD, ENTRY = 0x7FFF, 0x8000
EMPTY = -1


@dataclass(frozen=True)
class Layout:
    """Where things lie.

    Parameters
    ----------
    ram_size
        Bytes of RAM.
    slots
        Entries of each fast table, a power of two.
    records
        Pages of code that can be remembered at a time.
    """

    ram_size: int
    slots: int = 256
    records: int = 2048

    @cached_property
    def contexts(self) -> int:
        """How many contexts have tables: those that are kept, and two that are in force."""
        return MOST + 4

    @cached_property
    def record_base(self) -> int:
        """Where the records begin."""
        return TABLES + self.contexts * 3 * self.slots * SLOT

    @cached_property
    def ram(self) -> int:
        """Where RAM begins."""
        end = self.record_base + self.records * RECORD
        return -(-end // WASM_PAGE) * WASM_PAGE

    @cached_property
    def size(self) -> int:
        """Bytes of all: a fetch of four bytes at RAM's very end reads two beyond it."""
        return -(-(self.ram + self.ram_size + 8) // WASM_PAGE) * WASM_PAGE
