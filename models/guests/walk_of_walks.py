"""One load of a guest through two page tables: its own, and its hypervisor's behind that.

A program in VS-mode, the mode for a guest's kernel, loads two words of one page. The guest has
4 MiB that it believes to begin at the start of RAM; they are the upper half of the board's RAM::

    virtual  --guest's table-->  guest physical  --host's table-->  physical
                                 0x8000_0000 ..                     0x8040_0000 ..

The counts are the board's own; where the references go is told by the same walk that its processor
uses, asked once more.
"""

from dataclasses import dataclass
from functools import cache, partial

from models.facts import Fact, Facts
from models.guests.page_table import PAGES, PageTable, leaf_size
from models.guests.page_walk import INSIDE, OFFSET, TABLES, VIRTUAL, Paging, page_walk
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.memory import PAGE, RAM_BASE, Ram
from models.machine.paging import A, D, R, Rights, U, V, W, X
from models.machine.two_stage import Stage, walk_two_stages
from models.parameters import Parameters, choice

MEMORY = 8 << 20
SHIFT = 4 << 20  # from the guest's RAM, as it numbers it, to where that lies
HOST_TABLES = RAM_BASE + 0x20000
HOST_ROOT_PAGES = 4  # addresses of the second stage are two bits longer than those of the first

ENTER = """
    li t0, -1               # all memory is open: the page tables alone decide
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, HGATP            # the host's table,
    csrw hgatp, t0
    li t0, VSATP            # and the guest's
    csrw vsatp, t0
    li t0, 1 << 11 | 1 << 39
    csrs mstatus, t0        # mret goes to VS-mode: MPP is S, and MPV says that it is a guest's
    li t0, CODE
    csrw mepc, t0
    li a0, DATA
    mret
"""


@dataclass(frozen=True)
class Stages(Parameters):
    """How a guest's addresses are translated."""

    guest: str = choice(
        "sv48", {"sv39": "Sv39, three levels", "sv48": "Sv48, four levels"}, label="Guest's table"
    )
    host: str = choice(
        "sv48",
        {"sv39": "Sv39x4, three levels", "sv48": "Sv48x4, four levels"},
        label="Host's table",
    )
    pages: str = choice(
        "neither",
        {
            "neither": "4 KiB in both tables",
            "guest": "2 MiB in the guest's alone",
            "host": "2 MiB in the host's alone",
            "both": "2 MiB in both tables",
        },
        label="Pages",
    )

    @property
    def guest_page(self) -> str:
        """Size of the guest's page, a key of `PAGES`."""
        return "2 MiB" if self.pages in ("guest", "both") else "4 KiB"

    @property
    def host_page(self) -> str:
        """Size of the host's page, a key of `PAGES`."""
        return "2 MiB" if self.pages in ("host", "both") else "4 KiB"


@dataclass(frozen=True)
class Reference:
    """One read of a page table.

    Attributes
    ----------
    host : bool
        Whose table: the host's, or the guest's.
    row : int
        How many entries of the guest's table have been read before.
    level : int
        Counted down; the root has the highest.
    place : int
        Physical address that was read.
    entry : int
        What stood there.
    """

    host: bool
    row: int
    level: int
    place: int
    entry: int

    @property
    def leaf(self) -> bool:
        """Whether the entry maps a page (else it names the next table)."""
        return bool(self.entry & (R | W | X))


@dataclass(frozen=True)
class WalkOfWalks:
    """What two loads from one page of a guest took.

    Attributes
    ----------
    parameters : Stages
    address, guest_physical, physical : int
        Of the first load: in the program, in the guest, on the board.
    references : tuple of Reference
        In order.
    first, second : int
        What the board counted for the first load, of the guest's table and of the host's.
    again : int
        Both for the second load.
    native : int
        What it counts for the same load without a guest.
    """

    parameters: Stages
    address: int
    guest_physical: int
    physical: int
    references: tuple[Reference, ...]
    first: int
    second: int
    again: int
    native: int

    @property
    def counted(self) -> int:
        """Reads of both tables before the first load."""
        return self.first + self.second

    def facts(self) -> Facts:
        """The counts, and what they hold for."""
        return Facts(
            Fact("Reads without a guest", self.native),
            Fact("Reads as a guest", self.counted),
            Fact("Reads of the guest's table", self.first),
            Fact("Reads of the host's table", self.second),
            Fact("Times as many", self.counted / self.native, digits=1),
            Fact("Reads before the second load", self.again),
            title="Cold TLB, no walk caches, the loads themselves not counted",
        )


class GuestMemory:
    """The guest's RAM under the addresses that the guest uses.

    Parameters
    ----------
    ram : Ram
        The board's.
    """

    def __init__(self, ram: Ram):
        self._ram = ram

    def read(self, address: int, length: int) -> bytes:
        """Bytes at a guest physical address."""
        return self._ram.read(address + SHIFT, length)

    def write(self, address: int, data: bytes) -> None:
        """Put bytes at a guest physical address."""
        self._ram.write(address + SHIFT, data)


@cache
def walk_of_walks(parameters: Stages) -> WalkOfWalks:
    """Run the two loads on a board with the H extension."""
    board = Board(BoardOptions(memory=MEMORY, tier="step", hypervisor=True))
    board.reset()
    address = VIRTUAL if parameters.guest == "sv48" else VIRTUAL & (1 << 38) - 1
    guest = _guest_table(board, parameters, address)
    host = _host_table(board, parameters, guest)
    code = (address & -PAGE) + PAGE
    defines = {"VSATP": guest.satp, "HGATP": host.satp, "CODE": code, "DATA": address}
    board.load(assemble(ENTER, defines=defines).image()[1], RAM_BASE)
    inside = assemble(INSIDE, origin=code, compressed=False).image()[1]
    board.load(inside, RAM_BASE + SHIFT + (OFFSET & -PAGE) + PAGE)
    board.run(limit=1_000, until=lambda b: b.hart.pc == code + 4)
    before = board.counters.copy()
    board.step()
    first = board.counters.copy()
    board.step()
    counted, again = first.since(before)["walk_references"], board.counters.since(first)
    references, physical = _references(board, parameters, guest, host, address)
    return WalkOfWalks(
        parameters,
        address,
        RAM_BASE + OFFSET,
        physical,
        references,
        counted["first"],
        counted["second"],
        again.total("walk_references"),
        page_walk(Paging(parameters.guest, parameters.guest_page)).counted,
    )


def _guest_table(board: Board, parameters: Stages, address: int) -> PageTable:
    """Map the page of data and the next one, of code, in the guest's own memory."""
    table = PageTable(GuestMemory(board.ram), parameters.guest, TABLES)
    level = PAGES[parameters.guest_page]
    for at in {(address + more) & -leaf_size(level) for more in (0, PAGE)}:
        table.map(at, RAM_BASE + OFFSET + at - address, V | R | W | X | A | D, level)
    return table


def _host_table(board: Board, parameters: Stages, guest: PageTable) -> PageTable:
    """Map what the guest uses: its tables, its data, its code. All of it is the user's, U."""
    table = PageTable(board.ram, parameters.host, HOST_TABLES, HOST_ROOT_PAGES)
    level = PAGES[parameters.host_page]
    used = [TABLES + n * PAGE for n in range(guest.tables)]
    used += [RAM_BASE + OFFSET + more for more in (0, PAGE)]
    for at in sorted({one & -leaf_size(level) for one in used}):
        table.map(at, at + SHIFT, V | R | W | X | U | A | D, level)
    return table


def _references(
    board: Board, parameters: Stages, guest: PageTable, host: PageTable, address: int
) -> tuple[tuple[Reference, ...], int]:
    """Ask the processor's walk where it reads; returns the physical address too."""
    read: list[Reference] = []

    def load(hosts: bool, place: int) -> int:
        row = sum(not reference.host for reference in read)
        if hosts:
            level = host.levels - 1 - sum(r.host and r.row == row for r in read)
        else:
            level = guest.levels - 1 - row
        entry = int.from_bytes(board.ram.read(place, 8), "little")
        read.append(Reference(hosts, row, level, place, entry))
        return entry

    def store(place: int, entry: int) -> None:
        raise AssertionError(f"the walk wrote {entry:#x} to {place:#x}: A and D were set")

    first = Stage(guest.satp, Rights(user=False), partial(load, False), store)
    second = Stage(host.satp, Rights(user=True), partial(load, True), store)
    frame, _, _ = walk_two_stages(address, R, first, second)
    return tuple(read), frame | address & PAGE - 1
