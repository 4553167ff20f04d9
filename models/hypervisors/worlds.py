"""One instruction of one program, executed in worlds that the program does not own.

A *program* is what a guest may call its own: registers, pc, two pages of memory at fixed virtual
addresses, a reservation. A *world* is everything else: the mode, whether and through which page
table those pages are reached, where in RAM they really lie, and the content of every control and
status register. The TLB is warm (code, data and one page more), so that a load changes nothing in
it and a fence does. Worlds are drawn at random, apart from what the switches of `Machine` fix.

Sv39, for a program at home (variant 0) or moved to other frames (variant 1)::

    root[2] -> middle[0] -> leaf[4] code, leaf[5] data, leaf[6] one page more
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from models.machine import paging
from models.machine.board import Board, BoardOptions
from models.machine.csr_bits import MPRV, TSR, TVM, TW, WRITABLE
from models.machine.csr_names import NUMBERS
from models.machine.memory import PAGE, RAM_BASE
from models.machine.semantics import s64
from models.machine.traps import MODE_NAMES, Mode

CODE, DATA, MORE = (RAM_BASE + n * PAGE for n in (4, 5, 6))  # virtual; at home physical as well
FRAMES = {0: (1, 2, 3, 4, 5, 6), 1: (8, 9, 10, 12, 15, 13)}  # root, middle, leaf, code, data, more
MEMORY = 16 * PAGE
POINTER, STACK = DATA + 64, DATA + 1024  # what x8 and x2 hold
COUNTERS = 0b111  # the enable bits of cycle, time and instret
SEED = 6

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
class Machine:
    """The switches that decide what a deprivileged kernel gets away with.

    Attributes
    ----------
    counters
        cycle, time and instret can be read from U-mode (mcounteren and scounteren).
    tw
        mstatus.TW: WFI traps below M-mode.
    holes
        Instructions and CSRs that do not trap in U-mode, see `models.machine.hart.HOLES`. The hole
        "wfi" is what the specification allows while TW is clear: WFI ends at once in U-mode.
    """

    counters: bool = False
    tw: bool = False
    holes: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    """One world.

    Attributes
    ----------
    mode
    paged
        Whether satp selects Sv39 (never in M-mode, which it does not concern).
    variant
        0: the program lies at home; 1: moved, if paged. Each world has its own controls.
    """

    mode: Mode
    paged: bool
    variant: int

    @property
    def name(self) -> str:
        """As ``U, paged, moved``."""
        where = (
            ("paged", "paged, moved")[self.variant] if self.paged else f"bare {self.variant + 1}"
        )
        return f"{MODE_NAMES[self.mode, 0]}, {where}"

    @property
    def frames(self) -> tuple[int, ...]:
        """Page numbers in RAM of root, middle, leaf, code, data and one page more."""
        return FRAMES[self.variant if self.paged else 0]


WORLDS = tuple(
    World(mode, paged, variant)
    for mode in (Mode.U, Mode.S, Mode.M)
    for paged in (False, True)
    for variant in range(4 if mode == Mode.M else 2)  # as many in each mode, so that chance
    if not (paged and mode == Mode.M)  # values of one bit differ somewhere
)


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


@dataclass(frozen=True)
class Program:
    """Registers and data at the start."""

    x: tuple[int, ...]
    data: bytes
    reserved: bool


@cache
def programs() -> tuple[Program, Program]:
    """Two: one with all ones in x9 and a reservation, one with chance values and none."""
    rng = np.random.default_rng(SEED)
    found = []
    for reserved in (True, False):
        x = [0, *(_chance(rng) for _ in range(31))]
        x[2], x[8] = STACK, POINTER
        if reserved:
            x[9] = -1
        data = b"".join(_chance(rng).to_bytes(8, "little", signed=True) for _ in range(PAGE // 8))
        found.append(Program(tuple(x), data, reserved))
    return found[0], found[1]


def _chance(rng: np.random.Generator) -> int:
    return s64(int(rng.integers(0, 1 << 32)) << 32 | int(rng.integers(0, 1 << 32)))


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
                self._build(world, program)
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

    # ------------------------------------------------------------------ building a world
    def _build(self, world: World, program: Program) -> None:
        board, hart, csrs = self.board, self.board.hart, self.board.hart.csrs
        rng = np.random.default_rng((SEED, WORLDS.index(world)))
        board.reset()
        board.clock.set_count(int(rng.integers(1, 1 << 40)))
        board.clock.set_now(int(rng.integers(1, 1 << 40)))
        self._controls(world, rng)
        self._table(world)
        board.load(program.data, RAM_BASE + world.frames[4] * PAGE)
        hart.x[:32] = program.x
        hart.pc = CODE
        asid = (0xFFFF if world.variant else int(rng.integers(1, 0xFFFF))) << 44  # x9 may name it
        csrs.write(NUMBERS["satp"], 8 << 60 | asid | RAM_BASE // PAGE + world.frames[0])
        hart.enter(world.mode if world.mode != Mode.M else Mode.S)
        hart.mmu.fetch(CODE)
        for page in (DATA, MORE):
            hart.mmu.load(page, 8)
        if not world.paged:
            csrs.write(NUMBERS["satp"], asid | int(rng.integers(0, 1 << 32)))
        hart.enter(world.mode)
        if program.reserved:
            held = int.from_bytes(program.data[POINTER - DATA :][:8], "little", signed=True)
            hart.reservation = POINTER, held

    def _controls(self, world: World, rng: np.random.Generator) -> None:
        """Chance values in every CSR, memory open to all modes, the switches as they are set."""
        csrs = self.board.hart.csrs
        for name in WRITABLE:
            if not name.startswith("pmp") and name != "satp":
                csrs.write(NUMBERS[name], _chance(rng) & ~MPRV & ~TVM & ~TSR)
        switch = TW if self.machine.tw else 0
        csrs.write(NUMBERS["mstatus"], csrs.mstatus & ~TW | switch)
        # The first entry opens 2^35 bytes or more to every mode; the others are never asked.
        for n in range(1, 16):
            csrs.pmp.address[n] = int(rng.integers(0, 1 << 54))
            csrs.pmp.config[n] = 7 | int(rng.integers(0, 4)) << 3
        csrs.write(NUMBERS["pmpaddr0"], (1 << int(rng.integers(32, 55))) - 1)
        csrs.write(NUMBERS["pmpcfg0"], csrs.read(NUMBERS["pmpcfg0"]) & ~255 | 0b11111)
        if self.machine.counters:
            csrs.mcounteren |= COUNTERS
            csrs.scounteren = csrs.scounteren & ~csrs.mcounteren | COUNTERS  # and no others
        elif world.variant:  # a counter is closed to U-mode by either register
            csrs.mcounteren = 0
        else:
            csrs.scounteren = 0
            csrs.mcounteren |= COUNTERS

    def _table(self, world: World) -> None:
        """Write the page table that gives the program its pages in this mode."""
        root, middle, leaf, *pages = world.frames
        u64 = self.board.ram.u64
        u64[root * PAGE // 8 + (CODE >> 30)] = _entry(middle, paging.V)
        u64[middle * PAGE // 8 + (CODE >> 21 & 511)] = _entry(leaf, paging.V)
        flags = paging.V | paging.R | paging.W | paging.X | paging.A | paging.D
        flags |= paging.U if world.mode == Mode.U else 0
        for address, page in zip((CODE, DATA, MORE), pages, strict=True):
            u64[leaf * PAGE // 8 + (address >> 12 & 511)] = _entry(page, flags)


def _entry(frame: int, flags: int) -> int:
    return RAM_BASE // PAGE + frame << 10 | flags


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
