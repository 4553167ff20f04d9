"""The worlds in which the audit runs a program, none of which the program owns.

A *program* is what a guest may call its own: registers, pc, two pages of memory at fixed virtual
addresses, a reservation. A *world* is everything else: the mode, whether and through which page
table those pages are reached, where in RAM they really lie, and the content of every control and
status register. The TLB is warm (code, data and one page more), so that a load changes nothing in
it and a fence does. Worlds are drawn at random, apart from what the switches of `Machine` fix.

Sv39, for a program at home (variant 0) or moved to other frames (variant 1)::

    root[2] -> middle[0] -> leaf[4] code, leaf[5] data, leaf[6] one page more
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from models.machine import paging
from models.machine.board import Board
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


def build(board: Board, machine: Machine, world: World, program: Program) -> None:
    """Put a board at the start of one program in one world."""
    hart, csrs = board.hart, board.hart.csrs
    rng = np.random.default_rng((SEED, WORLDS.index(world)))
    board.reset()
    board.clock.set_count(int(rng.integers(1, 1 << 40)))
    board.clock.set_now(int(rng.integers(1, 1 << 40)))
    _controls(board, machine, world, rng)
    _table(board, world)
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


def _controls(board: Board, machine: Machine, world: World, rng: np.random.Generator) -> None:
    """Chance values in every CSR, memory open to all modes, the switches as they are set."""
    csrs = board.hart.csrs
    for name in WRITABLE:
        if not name.startswith("pmp") and name != "satp":
            csrs.write(NUMBERS[name], _chance(rng) & ~MPRV & ~TVM & ~TSR)
    switch = TW if machine.tw else 0
    csrs.write(NUMBERS["mstatus"], csrs.mstatus & ~TW | switch)
    # The first entry opens 2^35 bytes or more to every mode; the others are never asked.
    for n in range(1, 16):
        csrs.pmp.address[n] = int(rng.integers(0, 1 << 54))
        csrs.pmp.config[n] = 7 | int(rng.integers(0, 4)) << 3
    csrs.write(NUMBERS["pmpaddr0"], (1 << int(rng.integers(32, 55))) - 1)
    csrs.write(NUMBERS["pmpcfg0"], csrs.read(NUMBERS["pmpcfg0"]) & ~255 | 0b11111)
    if machine.counters:
        csrs.mcounteren |= COUNTERS
        csrs.scounteren = csrs.scounteren & ~csrs.mcounteren | COUNTERS  # and no others
    elif world.variant:  # a counter is closed to U-mode by either register
        csrs.mcounteren = 0
    else:
        csrs.scounteren = 0
        csrs.mcounteren |= COUNTERS


def _table(board: Board, world: World) -> None:
    """Write the page table that gives the program its pages in this mode."""
    root, middle, leaf, *pages = world.frames
    u64 = board.ram.u64
    u64[root * PAGE // 8 + (CODE >> 30)] = _entry(middle, paging.V)
    u64[middle * PAGE // 8 + (CODE >> 21 & 511)] = _entry(leaf, paging.V)
    flags = paging.V | paging.R | paging.W | paging.X | paging.A | paging.D
    flags |= paging.U if world.mode == Mode.U else 0
    for address, page in zip((CODE, DATA, MORE), pages, strict=True):
        u64[leaf * PAGE // 8 + (address >> 12 & 511)] = _entry(page, flags)


def _entry(frame: int, flags: int) -> int:
    return RAM_BASE // PAGE + frame << 10 | flags
