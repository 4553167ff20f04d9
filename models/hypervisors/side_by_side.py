"""The same image on the bare board and as a guest: whether it ends alike, and who ran it."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from models.events import Counters
from models.facts import Fact, Facts
from models.guests.kernel import WORKLOADS, board_options, kernel_image, start
from models.hypervisors.observable import differing
from models.hypervisors.techniques import ENGINES, virtual_machine
from models.machine.board import Board, Stop
from models.parameters import Parameters, choice, flag, parameter

MOST = 20_000_000  # instructions
#: As on the audit's machine with holes: names that do not trap in U-mode and should.
HOLES = ("sstatus", "sret", "sfence.vma", "mhartid")


@dataclass(frozen=True)
class Guest(Parameters):
    """The teaching kernel with a program, and who runs it."""

    technique: str = choice("trap-and-emulate", {name: name for name in ENGINES}, label="Engine")
    workload: str = choice("hello", {name: name for name in WORKLOADS}, label="Workload")
    part: int = parameter(100, unit="%", low=1, high=100, label="Of the workload's own size")
    devices: str = choice(
        "virtio",
        {"virtio": "made for hypervisors", "registers": "as hardware has them"},
        label="Disk or network",
    )
    holes: bool = flag(False, label="The processor has holes")

    @property
    def size(self) -> int:
        """In the workload's own unit, at least 1."""
        return max(1, WORKLOADS[self.workload].size * self.part // 100)


@dataclass(frozen=True)
class SideBySide:
    """Two runs of one image.

    Attributes
    ----------
    parameters : Guest
    native, guest : Counters
    stops : tuple of Stop
        Of the bare board and of the guest's.
    differs : tuple of str
        Names of what a guest could see and is not the same in the end.
    images : tuple of int
        CRC-32 of what was loaded, there and here.
    consoles : tuple of str
    """

    parameters: Guest
    native: Counters
    guest: Counters
    stops: tuple[Stop, Stop]
    differs: tuple[str, ...]
    images: tuple[int, int]
    consoles: tuple[str, str]

    @property
    def equal(self) -> bool:
        """Whether it ended, and nothing that the guest could see tells the two runs apart."""
        return self.stops[1].reason == "halt" and not self.differs

    @property
    def unmodified(self) -> bool:
        """Whether the guest's bytes are the bare board's."""
        return self.images[0] == self.images[1]

    @property
    def direct(self) -> float:
        """Share of the guest's instructions that the processor did."""
        ran, done = (
            self.guest.total(family) - self.guest[family].get("firmware", 0)
            for family in ("retired", "emulated")
        )
        return ran / (ran + done)

    def facts(self) -> Facts:
        """Whether it ended alike, and who did the instructions."""
        return Facts(
            Fact("Image", "the same bytes" if self.unmodified else "patched"),
            Fact("Ends", self.stops[1].reason),
            Fact("What differs", ", ".join(self.differs[:3]) or "nothing"),
            Fact("Done by the processor", 100 * self.direct, "%", 2),
            Fact("Exits", self.guest.total("exits")),
            title=f"{self.parameters.workload}, {self.parameters.technique}",
        )


def side_by_side(parameters: Guest) -> SideBySide:
    """Run the image on the bare board, then the same under the engine."""
    holes = HOLES if parameters.holes else ()
    options = board_options(parameters.workload, parameters.devices, holes=holes)
    kernel = kernel_image(parameters.workload, parameters.size)
    vm = virtual_machine(parameters.technique, options)
    native = Board(options)
    stops: list[Stop] = []
    images: list[int] = []
    for board in (native, vm.board):
        start(board, kernel)
        address, image = kernel.image()
        images.append(crc32(board.ram.read(address, len(image))))
        # A guest that goes astray may go on for ever; the bare board's own end is the measure.
        stops.append(board.run(2 * stops[0].retired if stops else MOST))
    return SideBySide(
        parameters,
        native.counters,
        vm.counts(),
        (stops[0], stops[1]),
        tuple(differing(native, vm.board)),
        (images[0], images[1]),
        (_text(native), _text(vm.board)),
    )


def _text(board: Board) -> str:
    return bytes(board.console_output).decode("latin-1")
