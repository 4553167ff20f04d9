"""One instruction executed in every world, and what came of it: a trap, a result, a change.

Each run begins in exactly the same state: what a run changed is put back, and a trap, which is what
most runs come to, is put back by hand, for a whole state takes four times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.hypervisors.worlds import MEMORY, WORLDS, Machine, World, build, programs
from models.machine.board import Board, BoardOptions
from models.machine.memory import PAGE
from models.machine.traps import Mode

#: Causes in which memory is refused, not the instruction: Popek and Goldberg set them apart.
MEMORY_TRAPS = frozenset(
    f"{access}-{what}"
    for access in ("instruction", "load", "store")
    for what in ("page-fault", "access-fault", "address-misaligned")
)
#: The registers that an exception writes.
TRAP_WRITES = ("mstatus", "mepc", "mcause", "mtval", "sepc", "scause", "stval", "exceptions")
#: Where the machine keeps what the program would call by another name.
STORED_AS = {"_cycle_base": "mcycle", "_instret_base": "minstret", "soft_mip": "mip"}


@dataclass(frozen=True)
class Outcome:
    """What one instruction did.

    Attributes
    ----------
    world
    program
        Which program's registers and memory it found, 0 or 1.
    trap
        The exception's name; empty if it completed.
    result
        The program afterwards: registers, pc, its two pages, its reservation; empty after a trap.
    changed
        What it changed that is not the program's: CSRs, "mode", "TLB", "waiting", "memory".
    """

    world: World
    program: int
    trap: str
    result: tuple[Any, ...]
    changed: frozenset[str]


class Bench:
    """A board on which single instructions are tried.

    Parameters
    ----------
    machine
        See `Machine`; ValueError for an unknown hole.
    """

    def __init__(self, machine: Machine):
        self.machine = machine
        self.board = Board(BoardOptions(memory=MEMORY, tier="step", holes=machine.holes))

    def run(self, words: list[int]) -> Iterator[tuple[int, Outcome]]:
        """Execute each word in every world with both programs: (its index, what it did)."""
        for world in WORLDS:
            for number, program in enumerate(programs()):
                build(self.board, self.machine, world, program)
                before = self.board.hart.state()
                ram = bytes(self.board.ram.bytes)
                for index, word in enumerate(words):
                    yield index, self._try(word, world, number, before, ram)

    def _try(
        self, word: int, world: World, number: int, before: dict[str, Any], ram: bytes
    ) -> Outcome:
        """Execute one word, then put everything back."""
        board, hart = self.board, self.board.hart
        code = world.frames[3] * PAGE
        board.ram.bytes[code : code + 4] = word.to_bytes(4, "little")
        fuel = board.clock.fuel[0]
        board.counters.clear()
        hart.step()
        board.clock.fuel[0] = fuel
        trap = next(iter(board.counters["traps"]), "")
        if trap:
            self._undo_trap(before)
            outcome = Outcome(world, number, trap, (), frozenset())
        else:
            board.ram.bytes[code : code + 4] = ram[code : code + 4]
            outcome = self._outcome(world, number, before, ram)
        board.ram.bytes[code : code + 4] = ram[code : code + 4]
        return outcome

    def _undo_trap(self, before: dict[str, Any]) -> None:
        """Put back what an exception writes; a whole state would take four times as long."""
        hart = self.board.hart
        for name in TRAP_WRITES:
            setattr(hart.csrs, name, before["csrs"][name])
        hart.enter(Mode(before["csrs"]["mode"]))
        hart.pc = before["pc"]
        self._reserve(before)

    def _reserve(self, before: dict[str, Any]) -> None:
        held = before["reservation"]
        self.board.hart.reservation = (held[0], held[1]) if held else None

    def _outcome(self, world: World, number: int, before: dict[str, Any], ram: bytes) -> Outcome:
        """Compare the board with what it was, and put that back."""
        board, hart = self.board, self.board.hart
        after, memory = hart.state(), bytes(board.ram.bytes)
        pages = tuple(memory[f * PAGE : (f + 1) * PAGE] for f in world.frames[3:5])
        result = tuple(hart.x[:32]), hart.pc, pages, tuple(hart.reservation or ())
        changed = set(_changed(before, after))
        if memory != ram:
            if _outside(memory, world) != _outside(ram, world):
                changed.add("memory")
            board.ram.bytes[:] = ram
        if changed:
            hart.load_state(before)
        else:
            hart.x[:32], hart.pc = before["x"], before["pc"]
            self._reserve(before)
        return Outcome(world, number, "", result, frozenset(changed))


def _outside(memory: bytes, world: World) -> list[bytes]:
    """RAM without the program's two pages."""
    own = world.frames[3:5]
    return [memory[n * PAGE : (n + 1) * PAGE] for n in range(MEMORY // PAGE) if n not in own]


def _changed(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Name what differs and is not the program's."""
    old, new = before["csrs"], after["csrs"]
    if old != new:
        yield from (STORED_AS.get(name, name) for name in new if new[name] != old[name])
    if after["waiting"] != before["waiting"]:
        yield "waiting"
    for tlb in ("instruction_tlb", "data_tlb"):
        if any(entry not in after[tlb] for entry in before[tlb]):
            yield "TLB"
