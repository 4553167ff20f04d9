"""The TLB against the walk, without a guest and as one: round after round over the same pages.

The program of `tlb_reach` runs on the bare board, and then as a guest whose every address goes
through two tables. The TLB holds the product of both, so it misses as often; what a miss costs is
another matter.
"""

from dataclasses import dataclass
from functools import cache

from models.facts import Fact, Facts
from models.guests.page_table import PAGES, PageTable, leaf_size
from models.guests.page_walk import TABLES
from models.guests.tlb_reach import INSIDE, MOST, ROUNDS
from models.guests.walk_of_walks import (
    ENTER,
    HOST_ROOT_PAGES,
    HOST_TABLES,
    MEMORY,
    SHIFT,
    GuestMemory,
)
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.memory import PAGE, RAM_BASE
from models.machine.paging import A, D, R, U, V, W, X
from models.parameters import Parameters, choice, parameter

SCHEME, LEVELS = "sv48", 4
ENTRIES = 16
HUGE = leaf_size(PAGES["2 MiB"])
DATA = 2 * HUGE  # virtual; guest physical numbers are those of RAM
FRAME = RAM_BASE + PAGE  # the program's code; the data's frame is the next one
CODE = FRAME - RAM_BASE  # virtual, too
LOADS = 5  # instructions for one load of the loop
STAGES = {
    "bare": "None: the bare board",
    "small": "Two stages, 4 KiB in both",
    "host": "Two stages, 2 MiB in the host's",
    "both": "Two stages, 2 MiB in both",
}


@dataclass(frozen=True)
class TwoStageReach(Parameters):
    """A program's pages, and what translates its addresses."""

    pages: int = parameter(16, unit="pages", low=1, high=MOST, label="Pages in use")
    stages: str = choice("small", STAGES, label="Guest")

    @property
    def guest_level(self) -> int:
        """Level of a leaf in the guest's table."""
        return PAGES["2 MiB" if self.stages == "both" else "4 KiB"]

    @property
    def host_level(self) -> int:
        """Level of a leaf in the host's table."""
        return PAGES["2 MiB" if self.stages in ("host", "both") else "4 KiB"]


@dataclass(frozen=True)
class TwoStageReached:
    """What the loads of one setting cost, after the first round.

    Attributes
    ----------
    parameters : TwoStageReach
    loads, misses, first, second : int
        As the board counted them: reads of the program's own table, and of the host's.
    """

    parameters: TwoStageReach
    loads: int
    misses: int
    first: int
    second: int

    @property
    def references(self) -> int:
        """Reads of both tables."""
        return self.first + self.second

    def facts(self) -> Facts:
        """For one load, and one instruction."""
        return Facts(
            Fact("Loads that miss the TLB", 100 * self.misses / self.loads, "%", 0),
            Fact("Table reads per load", self.references / self.loads, "", 2),
            Fact("of those, of the program's own table", self.first / self.loads, "", 2),
            Fact("Table reads per instruction", self.references / self.loads / LOADS, "", 2),
            title="Counted on the board, round after round",
        )


def expected(parameters: TwoStageReach) -> float:
    """Table reads per load by arithmetic: misses of a direct-mapped TLB times the walk's length."""
    pages = parameters.pages
    misses = min(max(2 * (pages - ENTRIES), 0), pages)
    own = LEVELS - parameters.guest_level
    hosts = 0 if parameters.stages == "bare" else LEVELS - parameters.host_level
    return misses / pages * ((own + 1) * (hosts + 1) - 1)


@cache
def two_stage_reach(parameters: TwoStageReach) -> TwoStageReached:
    """Run the program on a board with the H extension, as a guest or not."""
    board = Board(BoardOptions(memory=MEMORY, tier="step", hypervisor=True, tlb_entries=ENTRIES))
    board.reset()
    guest = parameters.stages != "bare"
    memory = GuestMemory(board.ram) if guest else board.ram
    own = PageTable(memory, SCHEME, TABLES)
    _map(own, parameters)
    defines = {
        "VSATP": own.satp, "HGATP": _host(board, parameters, own) if guest else 0,
        "CODE": CODE, "DATA": DATA, "PAGES": parameters.pages,
        "ROUNDS": ROUNDS,
    }  # fmt: skip
    enter = ENTER
    if not guest:  # the same program in S-mode, by the board's own table
        enter = ENTER.replace("csrw vsatp", "csrw satp").replace("| 1 << 39", "")
    board.load(assemble(enter, defines=defines).image()[1], RAM_BASE)
    program = assemble(INSIDE, origin=CODE, defines=defines)
    board.load(program.image()[1], FRAME + (SHIFT if guest else 0))
    around, end = program.symbols["round"], program.symbols["end"]
    board.run(10_000, until=lambda b: b.hart.pc == around and b.hart.x[8] == ROUNDS)
    before = board.counters.copy()
    board.run(10_000, until=lambda b: b.hart.pc == end)
    counted = board.counters.since(before)
    read = counted["walk_references"]
    return TwoStageReached(
        parameters,
        ROUNDS * parameters.pages,
        counted["tlb_misses"].get("data", 0),
        read.get("first", 0) + read.get("single", 0),
        read.get("second", 0),
    )


def _map(table: PageTable, parameters: TwoStageReach) -> None:
    """Map code and data; behind the pages of 4 KiB stands one frame, for only the walk matters."""
    flags = V | R | W | X | A | D
    level = parameters.guest_level
    if level:
        for at in (CODE & -HUGE, DATA):
            table.map(at, RAM_BASE, flags, level)
        return
    table.map(CODE, FRAME, flags)
    for page in range(parameters.pages):
        table.map(DATA + page * PAGE, FRAME + PAGE, flags)


def _host(board: Board, parameters: TwoStageReach, own: PageTable) -> int:
    """Map what the guest uses and return hgatp; all of it is the user's, U."""
    table = PageTable(board.ram, SCHEME, HOST_TABLES, HOST_ROOT_PAGES)
    level = parameters.host_level
    used = [TABLES + n * PAGE for n in range(own.tables)] + [FRAME + n * PAGE for n in range(MOST)]
    for at in sorted({one & -leaf_size(level) for one in used}):
        table.map(at, at + SHIFT, V | R | W | X | U | A | D, level)
    return table.satp
