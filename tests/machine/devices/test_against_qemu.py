"""Our devices answer as QEMU's do, over long random sequences of accesses."""

import struct
import tempfile
import time

import numpy as np
import pytest

from models.machine import layout
from models.machine.devices.clint import Clint
from models.machine.devices.drive import Drive
from models.machine.devices.plic import Plic
from models.machine.devices.uart16550 import Uart
from models.machine.devices.virtio_block import VirtioBlock
from models.machine.devices.virtio_mmio import VirtioMmio

from .bench import HandClock, Memory, Wire
from .qtest import qemu

pytestmark = pytest.mark.qemu

# QEMU 7.2 puts the PLIC there in its tree of objects (`info qom-tree`).
QEMU_PLIC = "/machine/unattached/device[2]"


def test_uart_registers() -> None:
    """What is sent comes round the loop, so every register and the FIFO are in play."""
    random = np.random.default_rng(1)
    line = Wire()
    uart = Uart(lambda byte: None, line, HandClock())
    with qemu() as other:
        other.intercept(QEMU_PLIC)
        # Loop mode on most of the time; DLAB off most of the time.
        for step in range(4000):
            offset = int(random.integers(8))
            if random.integers(2):
                value = int(random.integers(256))
                if offset == 3:
                    value &= 0xFF if random.integers(4) == 0 else 0x3F
                if offset == 4 and random.integers(4):
                    value |= 0x10
                if offset == 2 and random.integers(2):
                    value = value & ~6 | 1
                uart.write(offset, 1, value)
                other.write(layout.UART + offset, value, 1)
            else:
                ours, theirs = uart.read(offset, 1), other.read(layout.UART + offset, 1)
                assert ours == theirs, f"step {step}: register {offset}"
            theirs = other.wires.get(layout.UART_INTERRUPT, False)
            assert line.level == theirs, f"step {step}: interrupt line"


def test_plic_claims() -> None:
    """Priorities, enables, thresholds, claims and completions in any order.

    Between claim and completion a source is not pending, whatever its wire does, and a completion
    looks at the wire again: the specification's words. QEMU shows a wire that rises in between as
    pending, and forgets one that stayed high; so here the wire falls before the completion and
    not until then.
    """
    random = np.random.default_rng(2)
    wires = Wire(), Wire()
    plic = Plic(wires)
    sources = [1, 2, 5, 10, 31, 33, 64, 95]
    lines = {source: plic.line(source) for source in sources}
    with qemu() as other:

        def both(offset: int, value: int) -> None:
            plic.write(offset, 4, value)
            other.write(layout.PLIC + offset, value)

        def same(offset: int) -> int:
            ours, theirs = plic.read(offset, 4), other.read(layout.PLIC + offset)
            assert ours == theirs, f"register {offset:#x}"
            return ours

        def wire(source: int, level: bool) -> None:
            lines[source](level)
            other.set_input(QEMU_PLIC, source, level)

        claims, claimed = 0, set()
        for _ in range(2500):
            action, context = int(random.integers(7)), int(random.integers(2))
            source = int(random.choice(sources))
            if action == 0:
                both(4 * source, int(random.integers(1 << 32)))
            elif action == 1:
                word = int(random.integers(3))
                both(0x2000 + 0x80 * context + 4 * word, int(random.integers(1 << 32)) & ~1)
            elif action == 2:
                both(0x200000 + 0x1000 * context, int(random.integers(4)))
            elif action == 3 and source not in claimed:
                wire(source, bool(random.integers(2)))
            elif action == 4:
                claims += (best := same(0x200004 + 0x1000 * context)) != 0
                claimed.add(best)
            elif action == 5:
                wire(source, False)
                both(0x200004 + 0x1000 * context, source)
                claimed.discard(source)
            same(0x1000 + 4 * int(random.integers(3)))
            same(4 * source)
            same(0x2000 + 0x80 * context)
            same(0x200000 + 0x1000 * context)
        assert claims > 50


def test_clint_registers() -> None:
    """Mtimecmp and msip by words and doublewords (time itself runs differently)."""
    random = np.random.default_rng(3)
    clint = Clint(HandClock(), Wire(), Wire())
    with qemu() as other:
        clint.write(0x4000, 8, 1)  # its value at reset is nobody's promise
        other.write(layout.CLINT + 0x4000, 1, 8)
        for _ in range(500):
            offset = int(random.choice([0x0, 0x4000, 0x4004]))
            width = 4 if offset != 0x4000 else int(random.choice([4, 8]))
            value = int(random.integers(1 << 8 * width, dtype=np.uint64)) if width == 4 else (
                int(random.integers(1 << 32)) << 32 | int(random.integers(1 << 32))
            )  # fmt: skip
            clint.write(offset, width, value)
            other.write(layout.CLINT + offset, value, width)
            for look, size in ((0x0, 4), (0x4000, 8), (0x4004, 4)):
                assert clint.read(look, size) == other.read(layout.CLINT + look, size)


DESCRIPTORS, AVAILABLE, USED, DATA = 0x8000_1000, 0x8000_2000, 0x8000_3000, 0x8000_4000


def test_virtio_block() -> None:
    """The driver's whole conversation: registers, negotiation, requests, used ring, data."""
    random = np.random.default_rng(4)
    image = bytes(random.integers(256, size=64 * 512, dtype=np.uint8))
    ram, line = Memory(size=1 << 20), Wire()
    ours = VirtioMmio(VirtioBlock(Drive(image)), ram, line)
    with tempfile.NamedTemporaryFile() as file:
        file.write(image)
        file.flush()
        with qemu(
            "-global", "virtio-mmio.force-legacy=false",
            "-drive", f"if=none,id=d,format=raw,file={file.name}",
            "-device", "virtio-blk-device,drive=d,bus=virtio-mmio-bus.0,queue-size=16",
        ) as other:  # fmt: skip

            def write(offset: int, value: int) -> None:
                ours.write(offset, 4, value)
                other.write(layout.VIRTIO + offset, value)

            def same(offset: int) -> int:
                mine, theirs = ours.read(offset, 4), other.read(layout.VIRTIO + offset)
                assert mine == theirs, f"register {offset:#x}"
                return mine

            def store(address: int, data: bytes) -> None:
                ram.write(address, data)
                other.store(address, data)

            for offset in (0x0, 0x4, 0x8, 0x44, 0x60, 0x70, 0x100, 0x104):
                same(offset)
            for status in (1, 3):
                write(0x70, status)
                same(0x70)
            write(0x24, 0), write(0x20, 0), write(0x24, 1), write(0x20, 1)  # VERSION_1 alone
            write(0x70, 11)
            assert same(0x70) == 11
            write(0x30, 0), write(0x38, 16)
            for register, address in (
                (0x80, DESCRIPTORS), (0x90, AVAILABLE), (0xA0, USED),
            ):  # fmt: skip
                write(register, address), write(register + 4, 0)
            write(0x44, 1)
            assert same(0x44) == 1
            write(0x70, 15)

            for number in range(60):
                kind = int(random.choice([0, 1, 4, 8, 99]))
                sector = int(random.integers(66))
                header = struct.pack("<IIQ", kind, 0, sector)
                data = bytes(random.integers(256, size=1024, dtype=np.uint8))
                store(DATA, header + data + b"\xff")
                writes = 0 if kind == 1 else 2
                length = (
                    20 if kind == 8 else 0 if kind in (4, 99) else int(random.choice([512, 1024]))
                )
                chain = [(DATA, 16, 0), (DATA + 16, length, writes)]
                chain = [part for part in chain if part[1]] + [(DATA + 16 + 1024, 1, 2)]
                head = int(random.integers(12))
                for i, (address, size, flags) in enumerate(chain):
                    last = i == len(chain) - 1
                    entry = struct.pack(
                        "<QIHH", address, size, flags | (0 if last else 1), head + i + 1
                    )
                    store(DESCRIPTORS + 16 * (head + i), entry)
                store(AVAILABLE + 4 + 2 * (number % 16), struct.pack("<H", head))
                store(AVAILABLE, struct.pack("<HH", 0, number + 1))
                write(0x50, 0)
                patience = time.monotonic() + 30  # QEMU's block layer answers a little later
                while not other.read(layout.VIRTIO + 0x60) and time.monotonic() < patience:
                    time.sleep(0.001)
                assert same(0x60) == 1
                assert line.level
                write(0x64, 1)
                assert same(0x60) == 0
                assert not line.level
                used = USED, 4 + 8 * 16
                mine, theirs = ram.read(*used), other.load(*used)
                assert mine == theirs, f"request {number}: type {kind}, sector {sector}"
                if kind != 8:  # the identity is each maker's own
                    area = DATA, 16 + 1024 + 1
                    assert ram.read(*area) == other.load(*area), f"request {number}"
