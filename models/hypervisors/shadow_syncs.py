"""What shadow paging comes to: a guest's kernel edits its page table, and the shadow has to follow.

The kernel first uses all its pages, so that the shadow table is filled. Then it gives each page
another frame, by one store to the page's entry, with a fence behind, and uses the pages again. The
loads return what the new frames hold, as on the bare board; every way in which the hypervisor was
called for it is logged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from models.facts import Fact, Facts
from models.guests.page_table import PageTable, index
from models.guests.tlb_reach import ENTER
from models.hypervisors.host import Host
from models.hypervisors.observable import differing
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.memory import PAGE, RAM_BASE
from models.machine.paging import SV39, A, D, R, V, W, X
from models.parameters import Parameters, choice, parameter

MOST = 40  # entries
MEMORY = 1 << 20
FRAMES = 64  # pages for the hypervisor's tables: more than they need
TABLES = RAM_BASE + 0x1_0000
#: Virtual addresses; each in a leaf table of its own, so that the data's table holds nothing else.
CODE, WINDOW, DATA = 0x10_0000, 0x20_0000, 0x40_0000
BEFORE, AFTER = RAM_BASE + 2 * PAGE, RAM_BASE + 3 * PAGE  # frames behind all pages of data
HOLDS = {BEFORE: 1, AFTER: 1_000}

#: s0 counts the pages, s1 is the address of a page, s2 that of its entry, s3 the new entry.
KERNEL = """
    .macro EACH label
    li s0, 0
    li s1, DATA
    li s2, WINDOW
\\label:
    .endm
    .macro NEXT label
    addi s0, s0, 1
    li t1, 4096
    add s1, s1, t1
    addi s2, s2, 8
    li t1, ENTRIES
    bne s0, t1, \\label
    .endm

    li s3, ENTRY
    li s4, 0
    EACH warm
    ld t0, 0(s1)
    add s4, s4, t0
    NEXT warm
begin:
    nop
    {work}
end:
    j end
"""
EDIT = "edit: sd s3, 0(s2)\n"
USE = "use: ld t0, 0(s1)\nadd s4, s4, t0\n"
WORK = {
    "batch": f"EACH one\n{EDIT}NEXT one\nfence: sfence.vma\nEACH two\n{USE}NEXT two\n",
    "turns": f"EACH one\n{EDIT}fence: sfence.vma s1\n{USE}NEXT one\n",
    "edits": f"EACH one\n{EDIT}NEXT one\nfence: sfence.vma\n",
}
#: What the kernel was at when the hypervisor was called.
AT = {"edit": "edit", "fence": "fence", "use": "use"}


@dataclass(frozen=True)
class Editing(Parameters):
    """What the guest's kernel does to its page table."""

    entries: int = parameter(17, unit="entries", low=1, high=MOST, label="Entries that it edits")
    order: str = choice(
        "batch",
        {
            "batch": "Edit all, then use all",
            "turns": "Edit one, use it, and so on",
            "edits": "Edit all, use none",
        },
        label="Order",
    )


@dataclass(frozen=True)
class Sync:
    """One call of the hypervisor.

    Attributes
    ----------
    at : {"edit", "fence", "use"}
        What the guest was at.
    entry : int
        Which of the entries.
    reason : str
        As the engine counts it, without the mode: "table-write", "hidden-fault", "fence".
    """

    at: str
    entry: int
    reason: str


@dataclass(frozen=True)
class Syncs:
    """What one run came to.

    Attributes
    ----------
    parameters : Editing
    log : tuple of Sync
        In order, from the first edit on.
    operations : tuple of str
        What the guest did, in order: "edit", "fence", "use".
    equal : bool
        Whether the run ended as on the bare board, in all that a guest can see.
    """

    parameters: Editing
    log: tuple[Sync, ...]
    operations: tuple[str, ...]
    equal: bool

    @property
    def reasons(self) -> Counter[str]:
        """How often the hypervisor was called, by reason."""
        return Counter(sync.reason for sync in self.log)

    @property
    def caught(self) -> int:
        """Stores to the table that were caught and emulated."""
        return self.reasons["table-write"]

    @property
    def filled(self) -> int:
        """Faults after which the shadow was filled, and of which the guest knows nothing."""
        return self.reasons["hidden-fault"]

    def facts(self) -> Facts:
        """The calls by reason."""
        return Facts(
            Fact("Stores to the table that were caught", self.caught),
            Fact("Hidden faults", self.filled),
            Fact("Calls of the hypervisor for each edit", len(self.log) / self._edits, digits=2),
            Fact("Ended as on the bare board", "yes" if self.equal else "no"),
            title=f"{self._edits} edits of a page table, under shadow paging",
        )

    @property
    def _edits(self) -> int:
        return self.parameters.entries


@cache
def shadow_syncs(parameters: Editing) -> Syncs:
    """Run the kernel on the bare board, and as a guest under trap-and-emulate."""
    options = BoardOptions(memory=MEMORY, tier="step")
    native, vm = Board(options), Host(MEMORY, options, FRAMES).create(options, TrapAndEmulate)
    symbols = _prepare((native, vm.board), parameters)
    until = native.run(100_000, until=lambda b: b.hart.pc == symbols["begin"]).retired
    rest = native.run(100_000, until=lambda b: b.hart.pc == symbols["end"]).retired
    vm.board.run(until)
    log: list[Sync] = []
    vm.vcpu.exits = _logging(vm.vcpu.exits, vm.board, symbols, log)  # type: ignore[assignment]
    vm.board.run(rest)
    return Syncs(parameters, tuple(log), _operations(parameters), not differing(native, vm.board))


def _prepare(boards: Iterable[Board], parameters: Editing) -> dict[str, int]:
    """Put tables and kernel into the boards; returns the kernel's labels."""
    defines = {"CODE": CODE, "WINDOW": WINDOW, "DATA": DATA, "ENTRIES": parameters.entries}
    defines |= {"ENTRY": AFTER >> 2 | V | R | A | D, "SATP": SV39 << 60 | TABLES >> 12}
    enter = assemble(ENTER, defines=defines).image()[1]
    kernel = assemble(KERNEL.format(work=WORK[parameters.order]), origin=CODE, defines=defines)
    parts = {RAM_BASE: enter, RAM_BASE + PAGE: kernel.image()[1]}
    parts |= {frame: word.to_bytes(8, "little") for frame, word in HOLDS.items()}
    for board in boards:
        board.reset()
        _map(board, parameters.entries)
        for place, data in parts.items():
            board.load(data, place)
    return dict(kernel.symbols)


def _map(board: Board, pages: int) -> None:
    """Make the kernel's page table: its code, its data, and the table of its data."""
    table = PageTable(board.ram, "sv39", TABLES)
    for number in range(pages):
        table.map(DATA + number * PAGE, BEFORE, V | R | A | D)
    table.map(CODE, RAM_BASE + PAGE, V | R | X | A | D)
    leaf = table.root
    for level in (2, 1):
        leaf = table.entry(leaf + 8 * index(DATA, level)) >> 10 << 12
    table.map(WINDOW, leaf, V | R | W | A | D)


def _logging(
    count: Callable[[str], None], board: Board, symbols: dict[str, int], log: list[Sync]
) -> Callable[[str], None]:
    """A virtual CPU's `exits` that also writes down where the guest stood.

    Ends of a turn, "timer", are the schedule's and none of the guest's doing.
    """
    at = {symbols[label]: what for label, what in AT.items() if label in symbols}

    def exits(reason: str) -> None:
        count(reason)
        if board.hart.pc in at:
            log.append(Sync(at[board.hart.pc], board.hart.x[8], reason))

    return exits


def _operations(parameters: Editing) -> tuple[str, ...]:
    number = parameters.entries
    if parameters.order == "turns":
        return ("edit", "fence", "use") * number
    uses = ("use",) * number if parameters.order == "batch" else ()
    return ("edit",) * number + ("fence",) + uses
