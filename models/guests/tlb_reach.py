"""How far a TLB reaches: a program that goes round and round its pages, one load from each."""

from dataclasses import dataclass

from models.facts import Fact, Facts
from models.guests.page_table import PageTable
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.memory import PAGE, RAM_BASE
from models.machine.paging import A, D, R, V, X
from models.parameters import Parameters, choice, parameter

MOST = 64  # pages
TABLES = RAM_BASE + 0x1_0000
CODE, DATA = 0x10_0000, 0x40_0000  # virtual
ROUNDS = 2  # counted, after one that fills the TLB; each is like the other

ENTER = """
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, SATP
    csrw satp, t0
    li t0, 1 << 11
    csrs mstatus, t0
    li t0, CODE
    csrw mepc, t0
    mret
"""
INSIDE = """
    li s0, ROUNDS + 1
round:
    li a0, DATA
    li s1, PAGES
next:
    ld t0, 0(a0)
    li t1, 4096
    add a0, a0, t1
    addi s1, s1, -1
    bnez s1, next
    addi s0, s0, -1
    bnez s0, round
end:
    j end
"""


@dataclass(frozen=True)
class Reach(Parameters):
    """A program and a processor."""

    pages: int = parameter(16, unit="pages", low=1, high=MOST, label="Pages in use")
    entries: str = choice("16", {n: n for n in ("8", "16", "32")}, label="Entries of the TLB")
    scheme: str = choice("sv48", {"sv39": "Sv39", "sv48": "Sv48"}, label="Scheme")


@dataclass(frozen=True)
class Reached:
    """What the loads of one setting cost, after the first round.

    Attributes
    ----------
    parameters : Reach
    loads, misses, references : int
        As the board counted them; `references` are reads of the page table.
    """

    parameters: Reach
    loads: int
    misses: int
    references: int

    def facts(self) -> Facts:
        """Shares of loads."""
        return Facts(
            Fact("Loads that miss the TLB", 100 * self.misses / self.loads, "%", 0),
            Fact("Reads of the page table per load", self.references / self.loads, "", 2),
            Fact("Loads counted", self.loads),
            title="Round after round over the same pages",
        )


def tlb_reach(parameters: Reach) -> Reached:
    """Run the program on a board whose TLBs have so many entries."""
    board = Board(BoardOptions(memory=1 << 20, tlb_entries=int(parameters.entries), tier="step"))
    board.reset()
    table = PageTable(board.ram, parameters.scheme, TABLES)
    table.map(CODE, RAM_BASE + PAGE, V | R | X | A | D)
    for page in range(parameters.pages):  # one frame behind them all: only the walk matters
        table.map(DATA + page * PAGE, RAM_BASE + 2 * PAGE, V | R | A | D)
    defines = {
        "SATP": table.satp, "CODE": CODE, "DATA": DATA,
        "PAGES": parameters.pages, "ROUNDS": ROUNDS,
    }  # fmt: skip
    board.load(assemble(ENTER, defines=defines).image()[1], RAM_BASE)
    program = assemble(INSIDE, origin=CODE, defines=defines)
    board.load(program.image()[1], RAM_BASE + PAGE)
    symbols = program.symbols
    board.run(10_000, until=lambda b: b.hart.pc == symbols["round"] and b.hart.x[8] == ROUNDS)
    before = board.counters.copy()
    board.run(10_000, until=lambda b: b.hart.pc == symbols["end"])
    counted = board.counters.since(before)
    return Reached(
        parameters,
        ROUNDS * parameters.pages,
        counted["tlb_misses"].get("data", 0),
        counted.total("walk_references"),
    )
