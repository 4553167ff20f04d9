"""A disk as a weapon: a guest names an address that is not its own, and the device writes there.

The board's memory in four quarters, each 64 pages::

    0x8000_0000  host kernel (M-mode)      0x8008_0000  guest B
    0x8004_0000  guest A (S-mode)          0x800C_0000  nobody's

The host lets the processor of guest A reach guest A alone, by PMP. The virtio disk belongs to
guest A too. What the disk changed in memory is found by comparing all of it, page by page.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models import stored
from models.facts import Fact, Facts
from models.machine import layout
from models.machine.assembler import Program, assemble
from models.machine.board import Board, BoardOptions
from models.machine.devices.drive import SECTOR
from models.machine.devices.iommu import FAULTS
from models.machine.devices.virtio_mmio import NEEDS_RESET
from models.machine.memory import PAGE, RAM_BASE
from models.parameters import Parameters, choice, flag, parameter

REGION = 0x4_0000
OWNERS = ("Host kernel", "Guest A", "Guest B", "Nobody's")
PAGES = len(OWNERS) * REGION // PAGE
HOST, GUEST_A, GUEST_B, FREE = (RAM_BASE + i * REGION for i in range(len(OWNERS)))
RING = GUEST_A + 2 * PAGE
TARGETS = {
    "own": (GUEST_A + 16 * PAGE, "A buffer of guest A"),
    "edge": (GUEST_A + REGION - PAGE, "The last page of guest A"),
    "neighbour": (GUEST_B + 16 * PAGE, "The middle of guest B"),
    "host": (HOST, "The code of the host kernel"),
    "outside": (RAM_BASE + len(OWNERS) * REGION, "Beyond the end of memory"),
}
S1, S2, S3 = 9, 18, 19  # registers in which the guest's program leaves what it saw
LIMIT = 2_000  # instructions; a run takes about a hundred, unless it never ends


@dataclass(frozen=True)
class Attack(Parameters):
    """What guest A tells its disk."""

    target: str = choice(
        "edge", {key: label for key, (_, label) in TARGETS.items()}, label="Address in the request"
    )
    sectors: int = parameter(
        8, unit="sectors", low=1, high=128, label="Sectors to read, of 512 bytes"
    )
    iommu: bool = flag(False, label="IOMMU on")


@dataclass(frozen=True)
class Damage:
    """What the device did.

    Attributes
    ----------
    parameters : Attack
    changed : ndarray of bool, shape (PAGES,)
        Pages that differ after the device was told to begin.
    stored_by_cpu : bool
        Whether the processor's own store to the same address was allowed.
    answered : int
        Requests that the device gave back.
    stopped : bool
        Whether it wants to be reset.
    refused : int
        Accesses that the IOMMU refused.
    moved : int
        Bytes that the device read and wrote, rings included.
    alive : bool
        Whether the host answered the guest's call afterwards.
    """

    parameters: Attack
    changed: np.ndarray
    stored_by_cpu: bool
    answered: int
    stopped: bool
    refused: int
    moved: int
    alive: bool

    @property
    def owners(self) -> np.ndarray:
        """Index into OWNERS of each page."""
        return np.arange(PAGES) * PAGE // REGION

    @property
    def foreign(self) -> np.ndarray:
        """Changed pages that are not guest A's."""
        return self.changed & (self.owners != OWNERS.index("Guest A"))

    def facts(self) -> Facts:
        """Who was overwritten, and who noticed."""
        return Facts(
            Fact("Pages of guest B overwritten", self._pages("Guest B"), "pages"),
            Fact("Pages of the host overwritten", self._pages("Host kernel"), "pages"),
            Fact("Pages of guest A written", self._pages("Guest A"), "pages"),
            Fact("The same store by the processor", "done" if self.stored_by_cpu else "refused"),
            Fact("Request answered by the disk", "yes" if self.answered else "no"),
            Fact("Disk stopped, wants a reset", "yes" if self.stopped else "no"),
            Fact("Accesses refused by the IOMMU", self.refused),
            Fact("Bytes moved by the disk", self.moved, "bytes"),
            Fact("Host answers the guest's next call", "yes" if self.alive else "no"),
            title="After one request",
        )

    def _pages(self, owner: str) -> int:
        return int((self.changed & (self.owners == OWNERS.index(owner))).sum())


def dma_attack(parameters: Attack) -> Damage:
    """Run host, guest and disk on a board."""
    image = np.random.default_rng(6).integers(1, 256, 128 * SECTOR, dtype=np.uint8).tobytes()
    board = Board(
        BoardOptions(memory=PAGES * PAGE, fill=6, tier="step", drives=(image,), iommu=True)
    )
    board.reset()
    kick = _load(board, parameters)
    board.run(LIMIT, until=lambda b: b.hart.pc == kick)
    before = _memory(board)
    # The guest reads both registers after the kick; a host that is gone cannot change them.
    alive = board.run(LIMIT).reason == "halt"
    changed = (before != _memory(board)).reshape(PAGES, PAGE).any(axis=1)
    assert board.devices.iommu is not None
    return Damage(
        parameters,
        changed,
        stored_by_cpu=board.hart.x[S1] == 0,
        answered=board.hart.x[S3],
        stopped=bool(board.hart.x[S2] & NEEDS_RESET),
        refused=board.devices.iommu.read(FAULTS, 8),
        moved=board.counters.total("dma_bytes"),
        alive=alive,
    )


def _memory(board: Board) -> np.ndarray:
    return np.frombuffer(bytes(board.ram.bytes), dtype=np.uint8)


def _load(board: Board, parameters: Attack) -> int:
    """Put host and guest into memory; return the address at which the disk is told to begin."""
    address, length = TARGETS[parameters.target][0], parameters.sectors * SECTOR
    programs = {
        HOST: _program("dma_attack.S", HOST, IOMMU_ON=int(parameters.iommu)),
        GUEST_A: _program("dma_guest.S", GUEST_A, TARGET=address, LENGTH=length),
    }
    for origin, program in programs.items():
        board.load(program.image()[1], origin)
    return programs[GUEST_A].symbols["kick"]


@lru_cache(maxsize=64)
def _program(name: str, origin: int, **settings: int) -> Program:
    """Assembling is three quarters of a run, so what was assembled is kept."""
    places = {
        "GUEST_A": GUEST_A, "REGION": REGION, "RING": RING,
        "DISK": layout.VIRTIO, "IOMMU": layout.IOMMU, "FINISHER": layout.FINISHER,
    }  # fmt: skip
    source = stored.text(__package__, name)
    return assemble(source, name=name, origin=origin, defines=places | settings)
