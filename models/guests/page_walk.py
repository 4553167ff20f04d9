"""One load through a page table: which words of memory the processor reads before it.

The tables lie in the memory of a real board, and a program in S-mode loads two words of one page.
The counts are the board's own; where the references go is told by the same walk that its processor
uses, asked once more.
"""

from dataclasses import dataclass
from functools import cache

from models.facts import Fact, Facts
from models.guests.page_table import PAGES, PageTable, index, leaf_size
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.memory import PAGE, RAM_BASE
from models.machine.paging import A, D, R, Rights, V, W, X, walk
from models.parameters import Parameters, choice

# The same page at every size, with another index at every level.
VIRTUAL = 9 << 39 | 5 << 30 | 1 << 21 | 7 << 12 | 0x128
OFFSET = 1 << 21 | 7 << 12 | 0x128  # from the start of RAM
TABLES = RAM_BASE + 0x10000

ENTER = """
    li t0, -1               # all memory is open to S-mode: the page table alone decides
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, SATP
    csrw satp, t0
    li t0, 1 << 11          # mret goes to S-mode,
    csrs mstatus, t0
    li t0, CODE             # to the program inside the address space
    csrw mepc, t0
    li a0, DATA
    mret
"""
# The nop brings the program's own page into the instruction TLB, which is another one.
INSIDE = """
    nop
    ld a1, 0(a0)
    ld a2, 8(a0)
"""


@dataclass(frozen=True)
class Paging(Parameters):
    """How addresses are translated."""

    scheme: str = choice(
        "sv48", {"sv39": "Sv39, three levels", "sv48": "Sv48, four levels"}, label="Scheme"
    )
    page: str = choice("4 KiB", {size: size for size in PAGES}, label="Page size")


@dataclass(frozen=True)
class Reference:
    """One read of the page table.

    Attributes
    ----------
    level : int
        Counted down; the root has the highest.
    table : int
        Physical address of the table.
    index : int
        Which of its 512 entries: nine bits of the virtual address.
    entry : int
        What stood there.
    """

    level: int
    table: int
    index: int
    entry: int

    @property
    def place(self) -> int:
        """Physical address that was read."""
        return self.table + 8 * self.index

    @property
    def leaf(self) -> bool:
        """Whether the entry maps a page (else it names the next table)."""
        return bool(self.entry & (R | W | X))


@dataclass(frozen=True)
class Walk:
    """What two loads from one page took.

    Attributes
    ----------
    parameters : Paging
    address, physical : int
        Of the first load.
    references : tuple of Reference
        In order.
    counted : int
        What the board counted for the first load (`walk_references`).
    again : int
        The same for the second load, from the page that the first one has used.
    misses : int
        Misses of the data TLB in both loads.
    """

    parameters: Paging
    address: int
    physical: int
    references: tuple[Reference, ...]
    counted: int
    again: int
    misses: int

    def facts(self) -> Facts:
        """The counts, and what they hold for."""
        return Facts(
            Fact("Page-table reads before the first load", self.counted),
            Fact("Page-table reads before the second load", self.again),
            Fact("Misses of the TLB, both loads", self.misses),
            Fact("Virtual address", f"{self.address:#x}"),
            Fact("Physical address", f"{self.physical:#x}"),
            title="Cold TLB, no walk caches, the loads themselves not counted",
        )


@cache
def page_walk(parameters: Paging) -> Walk:
    """Run the two loads on a board."""
    board = Board(BoardOptions(memory=4 << 20, tier="step"))
    board.reset()
    address = VIRTUAL if parameters.scheme == "sv48" else VIRTUAL & (1 << 38) - 1
    table = _address_space(board, parameters, address)
    code = (address & -PAGE) + PAGE
    defines = {"SATP": table.satp, "CODE": code, "DATA": address}
    board.load(assemble(ENTER, defines=defines).image()[1], RAM_BASE)
    inside = assemble(INSIDE, origin=code, compressed=False).image()[1]
    board.load(inside, RAM_BASE + (OFFSET & -PAGE) + PAGE)
    board.run(limit=1_000, until=lambda b: b.hart.pc == code + 4)
    before = board.counters.copy()
    board.step()
    first = board.counters.copy()
    board.step()
    counted, again = first.since(before), board.counters.since(first)
    references, physical = _references(table, address)
    return Walk(
        parameters,
        address,
        physical,
        references,
        counted.total("walk_references"),
        again.total("walk_references"),
        board.counters.since(before).total("tlb_misses"),
    )


def _address_space(board: Board, parameters: Paging, address: int) -> PageTable:
    """Map the page of data and the next one, of code; a larger page holds both."""
    table = PageTable(board.ram, parameters.scheme, TABLES)
    level = PAGES[parameters.page]
    for at in {(address + more) & -leaf_size(level) for more in (0, PAGE)}:
        # Virtual and physical addresses differ by a multiple of the largest page.
        table.map(at, RAM_BASE + OFFSET + at - address, V | R | W | X | A | D, level)
    return table


def _references(table: PageTable, address: int) -> tuple[tuple[Reference, ...], int]:
    """Ask the processor's walk where it reads; returns the physical address too."""
    read: list[Reference] = []

    def load(place: int) -> int:
        level = table.levels - 1 - len(read)
        read.append(Reference(level, place & -PAGE, index(address, level), table.entry(place)))
        return read[-1].entry

    def store(place: int, entry: int) -> None:
        raise AssertionError(f"the walk wrote {entry:#x} to {place:#x}: A and D were set")

    found = walk(table.satp, address, R, Rights(user=False), load, store)
    return tuple(read), found.frame | address & PAGE - 1
