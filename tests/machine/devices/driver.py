"""The driver's side of a virtqueue and of the virtio-mmio registers, for tests."""

from dataclasses import dataclass, field
from struct import pack, unpack

from models.machine.devices.virtio_mmio import VirtioMmio
from models.machine.devices.virtqueue import INDIRECT, NEXT, WRITE, Virtqueue

from .bench import BASE, Memory

Part = tuple[int, int, bool]  # address, length, the device may write it


@dataclass
class Ring:
    """Descriptors, available and used ring of one queue in a memory."""

    ram: Memory
    size: int = 16
    at: int = BASE
    offered: int = 0
    collected: int = 0
    free: list[int] = field(default_factory=list)
    chains: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.free = list(range(self.size))
        self.available = self.at + 16 * self.size
        self.used = self.available + 4 + 2 * self.size + 2
        self.end = self.used + 4 + 8 * self.size

    def place(self, queue: Virtqueue) -> None:
        queue.size, queue.ready = self.size, True
        queue.descriptors, queue.available, queue.used = self.at, self.available, self.used

    def describe(self, table: int, index: int, part: Part, flags: int, following: int) -> None:
        address, length, writable = part
        flags |= WRITE if writable else 0
        self.ram.write(table + 16 * index, pack("<QIHH", address, length, flags, following))

    def offer(self, parts: list[Part], indirect: int | None = None) -> int:
        """Lend a chain, by an indirect table at that address if one is given; return its head."""
        taken = [self.free.pop() for _ in range(1 if indirect else len(parts))]
        if indirect:
            for i, part in enumerate(parts):
                self.describe(indirect, i, part, NEXT if i + 1 < len(parts) else 0, i + 1)
            self.describe(self.at, taken[0], (indirect, 16 * len(parts), False), INDIRECT, 0)
        else:
            for i, part in enumerate(parts):
                last = i + 1 == len(parts)
                flags, following = (0, 0) if last else (NEXT, taken[i + 1])
                self.describe(self.at, taken[i], part, flags, following)
        self.publish(taken[0])
        self.chains[taken[0]] = taken
        return taken[0]

    def publish(self, head: int) -> None:
        self.ram.write(self.available + 4 + 2 * (self.offered % self.size), pack("<H", head))
        self.offered = (self.offered + 1) & 0xFFFF
        self.ram.write(self.available + 2, pack("<H", self.offered))

    def ask_for_silence(self, silence: bool) -> None:
        self.ram.write(self.available, pack("<H", int(silence)))

    def collect(self) -> list[tuple[int, int]]:
        """Take back what the device has given back: (head, length written) in order."""
        (index,) = unpack("<H", self.ram.read(self.used + 2, 2))
        back = []
        while self.collected != index:
            slot = self.used + 4 + 8 * (self.collected % self.size)
            head, length = unpack("<II", self.ram.read(slot, 8))
            back.append((head, length))
            self.free += self.chains.pop(head)
            self.collected = (self.collected + 1) & 0xFFFF
        return back


def start(device: VirtioMmio, rings: list[Ring]) -> None:
    """Bring a device up as the specification says (3.1.1)."""
    for status in (0, 1, 3):
        device.write(0x70, 4, status)
    device.write(0x24, 4, 1)
    device.write(0x20, 4, 1)  # VERSION_1
    device.write(0x70, 4, 11)
    assert device.read(0x70, 4) == 11
    for index, ring in enumerate(rings):
        device.write(0x30, 4, index)
        device.write(0x38, 4, ring.size)
        for register, address in ((0x80, ring.at), (0x90, ring.available), (0xA0, ring.used)):
            device.write(register, 4, address & 0xFFFF_FFFF)
            device.write(register + 4, 4, address >> 32)
        device.write(0x44, 4, 1)
    device.write(0x70, 4, 15)
