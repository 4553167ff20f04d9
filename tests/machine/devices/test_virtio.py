"""Virtio devices behind their registers: negotiation, requests, interrupts, broken drivers."""

from struct import pack

import pytest

from models.machine.devices.drive import SECTOR, Drive
from models.machine.devices.iommu import ALLOW_READ, ALLOW_WRITE, Iommu
from models.machine.devices.network import EchoPeer, Link
from models.machine.devices.virtio_block import VirtioBlock
from models.machine.devices.virtio_console import VirtioConsole
from models.machine.devices.virtio_mmio import VirtioMmio
from models.machine.devices.virtio_net import HEADER, VirtioNet

from .bench import BASE, HandClock, Memory, Wire
from .driver import Ring, start

STATUS, NOTIFY, INTERRUPT, ACK, DEVICE_ID = 0x70, 0x50, 0x60, 0x64, 0x08
AREA = BASE + 0x8000


def block(image: bytes, port=None, **options):
    ram, line = Memory(), Wire()
    slot = VirtioMmio(VirtioBlock(Drive(image, **options)), port(ram) if port else ram, line)
    ring = Ring(ram)
    start(slot, [ring])
    return ram, line, slot, ring


def request(ram, ring, kind, sector, length, data=b"", indirect=None):
    """Offer one request; the data area is AREA + 16, the status byte after it."""
    ram.write(AREA, pack("<IIQ", kind, 0, sector) + data)
    ram.write(AREA + 16 + length, b"\xee")
    parts = [(AREA, 16, False), (AREA + 16, length, kind != 1), (AREA + 16 + length, 1, True)]
    ring.offer([part for part in parts if part[1]], indirect)


def test_block_reads_and_writes():
    image = bytes(range(256)) * 8
    ram, line, slot, ring = block(image)
    request(ram, ring, 0, 1, 1024, indirect=BASE + 0x4000)
    slot.write(NOTIFY, 4, 0)
    assert (line.level, slot.read(INTERRUPT, 4)) == (True, 1)
    assert ring.collect()[0][1] == 1025
    assert ram.read(AREA + 16, 1025) == image[512:1536] + b"\0"
    slot.write(ACK, 4, 1)
    assert not line.level
    request(ram, ring, 1, 2, SECTOR, data=b"new " * 128)
    slot.write(NOTIFY, 4, 0)
    drive = slot.device.drive
    assert drive.image() == image[:1024] + b"new " * 128 + image[1536:]


@pytest.mark.parametrize(
    ("kind", "sector", "length", "status"),
    [(0, 4, 512, 1), (0, 1 << 60, 512, 1), (0, 0, 100, 1), (1, 0, 100, 1), (77, 0, 512, 2)],
)
def test_block_refuses(kind, sector, length, status):
    ram, _, slot, ring = block(bytes(4 * SECTOR))
    request(ram, ring, kind, sector, length)
    slot.write(NOTIFY, 4, 0)
    assert ram.read(AREA + 16 + length, 1)[0] == status
    assert len(ring.collect()) == 1


def test_read_only_block():
    ram, _, slot, ring = block(bytes(SECTOR), read_only=True)
    request(ram, ring, 1, 0, SECTOR, data=b"x" * SECTOR)
    slot.write(NOTIFY, 4, 0)
    assert ram.read(AREA + 16 + SECTOR, 1) == b"\1"
    assert slot.device.drive.image() == bytes(SECTOR)


def test_many_requests_one_notification_one_interrupt():
    ram, line, slot, ring = block(bytes(4 * SECTOR))
    for _ in range(5):
        request(ram, ring, 0, 0, SECTOR)
    ring.ask_for_silence(True)
    slot.write(NOTIFY, 4, 0)
    assert (len(ring.collect()), line.rises) == (5, 0)
    ring.ask_for_silence(False)
    for _ in range(5):
        request(ram, ring, 0, 0, SECTOR)
    slot.write(NOTIFY, 4, 0)
    assert (len(ring.collect()), line.rises) == (5, 1)


def test_a_lying_driver_stops_the_device_until_reset():
    _, line, slot, ring = block(bytes(SECTOR))
    ring.publish(99)
    slot.write(NOTIFY, 4, 0)
    assert slot.read(STATUS, 4) == 15 | 0x40
    assert (line.level, slot.read(INTERRUPT, 4)) == (True, 2)
    slot.write(STATUS, 4, 15)
    assert slot.read(STATUS, 4) == 15 | 0x40
    slot.write(STATUS, 4, 0)
    assert (slot.read(STATUS, 4), line.level) == (0, False)


def test_the_device_does_not_feed_itself():
    """A read request over the queue's own available ring makes no endless work."""
    ram, _, slot, ring = block(b"\0\0" + b"\xff" * 510)
    ram.write(AREA, pack("<IIQ", 0, 0, 0))
    ring.offer([(AREA, 16, False), (ring.available - 510, 512, True), (AREA + 16, 1, True)])
    slot.write(NOTIFY, 4, 0)  # returns


@pytest.mark.parametrize("features", [0, 1 << 7])
def test_features_that_are_not_offered_or_lacking(features):
    slot = VirtioMmio(VirtioBlock(Drive(bytes(SECTOR))), Memory(), Wire())
    slot.write(STATUS, 4, 3)
    slot.write(0x20, 4, features)
    slot.write(STATUS, 4, 11)
    assert slot.read(STATUS, 4) == 3


def test_empty_slot():
    slot = VirtioMmio(None, Memory(), Wire())
    assert [slot.read(offset, 4) for offset in (0, 4, 8, 0x10, 0x70)] == [0x74726976, 2, 0, 0, 0]
    slot.write(NOTIFY, 4, 0)


def frame(number: int) -> bytes:
    return b"\xff" * 6 + bytes.fromhex("525500000001") + b"\x88\xb5" + bytes([number]) * 50


def net(link: Link):
    ram, line, clock = Memory(), Wire(), HandClock()
    slot = VirtioMmio(VirtioNet(EchoPeer(link, clock)), ram, line)
    rings = [Ring(ram), Ring(ram, at=BASE + 0x1000)]
    start(slot, rings)
    return ram, line, clock, slot, rings


def send(ram, slot, ring, number):
    where = AREA + 0x100 * number
    ram.write(where, bytes(12) + frame(number))
    ring.offer([(where, 12, False), (where + 12, len(frame(number)), False)])
    slot.write(NOTIFY, 4, 1)


def test_net_echo():
    ram, line, clock, slot, (receive, sent) = net(Link(delay=50))
    assert slot.read(0x100, 4).to_bytes(4, "little") == bytes.fromhex("52550000")
    for number in range(3):
        send(ram, slot, sent, number)
    assert len(sent.collect()) == 3
    slot.write(ACK, 4, 1)
    for number in range(4):
        receive.offer([(AREA + 0x1000 + 0x100 * number, 0x100, True)])
    slot.write(NOTIFY, 4, 0)
    clock.advance(49)
    assert receive.collect() == []
    clock.advance(1)
    assert line.level
    back = receive.collect()
    assert [length for _, length in back] == [76] * 3
    got = ram.read(AREA + 0x1000, 76)
    assert got == HEADER + frame(0)[6:12] + bytes.fromhex("525500000002") + frame(0)[12:]


def test_net_frames_wait_for_buffers():
    """The device asks to be notified of buffers only while a frame waits for one."""
    ram, _, clock, slot, (receive, sent) = net(Link(delay=1))
    slot.write(NOTIFY, 4, 0)
    assert ram.read(receive.used, 2) == b"\1\0"
    send(ram, slot, sent, 7)
    clock.advance(2)
    assert ram.read(receive.used, 2) == b"\0\0"
    receive.offer([(AREA + 0x1000, 0x100, True)])
    slot.write(NOTIFY, 4, 0)
    assert len(receive.collect()) == 1


def test_net_snapshot():
    """A snapshot with frames under way goes on as the original does."""
    ram, _, clock, slot, rings = net(Link(delay=5, loss=0.5, seed=3))
    for number in range(8):
        send(ram, slot, rings[1], number)
    state = slot.state()
    copies = []
    for _ in range(2):
        own = Memory()
        own.bytes[:] = ram.bytes
        timer = HandClock()
        timer.tick = clock.tick
        copy = VirtioMmio(VirtioNet(EchoPeer(Link(5, 0.5, 3), timer)), own, Wire())
        copy.load_state(state)
        assert copy.state() == state
        copies.append((copy, own, timer))
    for copy, own, timer in copies:
        ring = Ring(own)
        for number in range(8):
            ring.offer([(AREA + 0x1000 + 0x100 * number, 0x100, True)])
        copy.write(NOTIFY, 4, 0)
        timer.advance(10)
    assert copies[0][1].bytes == copies[1][1].bytes
    assert copies[0][0].state() == copies[1][0].state()


def test_console():
    out = bytearray()
    ram, line = Memory(), Wire()
    device = VirtioConsole(out.append)
    slot = VirtioMmio(device, ram, line)
    receive, transmit = Ring(ram), Ring(ram, at=BASE + 0x1000)
    start(slot, [receive, transmit])
    ram.write(AREA, b"hello")
    transmit.offer([(AREA, 2, False), (AREA + 2, 3, False)])
    slot.write(NOTIFY, 4, 1)
    assert out == b"hello"
    device.feed(b"abcdef")
    for i in range(3):
        receive.offer([(AREA + 16 * i, 4, True)])
    slot.write(NOTIFY, 4, 0)
    assert [length for _, length in receive.collect()] == [4, 2]
    assert ram.read(AREA, 4) + ram.read(AREA + 16, 2) == b"abcdef"
    device.feed(b"gh")
    assert receive.collect()[0][1] == 2


def test_iommu_confines_a_bad_descriptor():
    """The same bad request overwrites RAM without the IOMMU, and stops the device with it."""
    for protect in (False, True):
        iommu = Iommu()
        ram, _, slot, ring = block(b"\xaa" * SECTOR, port=lambda ram, i=iommu: i.port(3, ram))
        iommu.windows[0].device, iommu.windows[0].base = 3, BASE
        iommu.windows[0].size, iommu.windows[0].target = 0xF000, BASE
        iommu.windows[0].allow, iommu.on = ALLOW_READ | ALLOW_WRITE, protect
        victim = BASE + 0xF000
        ram.write(AREA, pack("<IIQ", 0, 0, 0))
        ring.offer([(AREA, 16, False), (victim, SECTOR, True), (AREA + 16, 1, True)])
        slot.write(NOTIFY, 4, 0)
        damaged = ram.read(victim, SECTOR) != bytes(SECTOR)
        assert damaged != protect
        assert bool(slot.read(STATUS, 4) & 0x40) == protect
        assert iommu.read(0x18, 8) == (victim if protect else 0)


def test_register_of_every_offset_and_width():
    """No access of a guest raises."""
    for device in (None, VirtioBlock(Drive(bytes(SECTOR))), VirtioConsole(lambda byte: None)):
        slot = VirtioMmio(device, Memory(), Wire())
        for width in slot.widths:
            for offset in range(0, 0x200, width):
                for value in (0, 1, (1 << 8 * width) - 1):
                    slot.write(offset, width, value)
                    assert 0 <= slot.read(offset, width) < 1 << 8 * width
