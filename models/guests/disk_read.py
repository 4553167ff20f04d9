"""Reading a disk word by word, and by handing it a buffer: what each takes."""

from dataclasses import dataclass

import numpy as np

from models import stored
from models.facts import Fact, Facts
from models.machine import layout
from models.machine.assembler import Program, assemble
from models.machine.board import Board, BoardOptions
from models.machine.devices.drive import SECTOR
from models.machine.memory import PAGE, RAM_BASE
from models.parameters import Parameters, choice, parameter

MOST = 64  # sectors
RING, BUFFER = RAM_BASE + 2 * PAGE, RAM_BASE + 16 * PAGE
LIMIT = 200_000  # instructions

BY_REGISTERS = """
    li s0, DISK
    li a0, TARGET
    li s1, LENGTH / 512
    li s2, 0
request:
    sw s2, 0x08(s0)         # SECTOR
    li t0, 1
    sw t0, 0x0c(s0)         # COMMAND: read
    lw t0, 0x10(s0)         # STATUS: this disk takes no time, so one look is enough
    li t1, 128
word:
    lw t0, 0x18(s0)         # DATA
    sw t0, 0(a0)
    addi a0, a0, 4
    addi t1, t1, -1
    bnez t1, word
    addi s2, s2, 1
    blt s2, s1, request
end:
    j end
"""


@dataclass(frozen=True)
class Reading(Parameters):
    """What is read, and how."""

    interface: str = choice(
        "registers", {"registers": "By registers", "virtio": "By virtio"}, label="Disk"
    )
    sectors: int = parameter(8, unit="sectors", low=1, high=MOST, label="Sectors in one request")


@dataclass(frozen=True)
class Read:
    """What one request took.

    Attributes
    ----------
    parameters : Reading
    right : bool
        Whether memory then holds the disk's sectors.
    prepared : int
        Accesses to device registers before the first request, once.
    accesses : int
        Accesses to device registers for the request.
    instructions : int
        For the request.
    moved : int
        Bytes that the device itself read and wrote.
    """

    parameters: Reading
    right: bool
    prepared: int
    accesses: int
    instructions: int
    moved: int

    def facts(self) -> Facts:
        """The counts."""
        return Facts(
            Fact("Register accesses to prepare, once", self.prepared),
            Fact("Register accesses for the request", self.accesses),
            Fact("Instructions for the request", self.instructions),
            Fact("Bytes moved by the device itself", self.moved),
            Fact("The sectors arrived", "yes" if self.right else "no"),
            title=f"{self.parameters.sectors} sectors of 512 bytes",
        )


def disk_read(parameters: Reading) -> Read:
    """Read from sector 0 on, on a board that has both disks."""
    image = np.random.default_rng(7).integers(0, 256, MOST * SECTOR, dtype=np.uint8).tobytes()
    board = Board(BoardOptions(memory=1 << 18, tier="step", drives=(image,), disk=image))
    board.reset()
    program = _program(parameters)
    board.load(program.image()[1], RAM_BASE)
    board.run(LIMIT, until=lambda b: b.hart.pc == program.symbols["request"])
    before = board.counters.copy()
    board.run(LIMIT, until=lambda b: b.hart.pc == program.symbols["end"])
    counted = board.counters.since(before)
    length = parameters.sectors * SECTOR
    return Read(
        parameters,
        board.ram.read(BUFFER, length) == image[:length],
        before.total("device_accesses"),
        counted.total("device_accesses"),
        counted.total("retired"),
        counted.total("dma_bytes"),
    )


def _program(parameters: Reading) -> Program:
    """The driver, for the memory that it runs in."""
    by_registers = parameters.interface == "registers"
    virtio = stored.text(__package__, "dma_guest.S")
    return assemble(
        BY_REGISTERS if by_registers else virtio,
        defines={
            "DISK": layout.DISK if by_registers else layout.VIRTIO,
            "TARGET": BUFFER,
            "LENGTH": parameters.sectors * SECTOR,
            "RING": RING,
        },
    )
