"""CLINT, UART, PLIC, finisher, HTIF, drive, disk, network card and IOMMU, each alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.events import Counters
from models.machine.devices import DmaFault
from models.machine.devices.clint import MTIME, MTIMECMP, NEVER, Clint
from models.machine.devices.disk import Disk
from models.machine.devices.dma import RamPort
from models.machine.devices.drive import SECTOR, Drive
from models.machine.devices.finisher import Finisher
from models.machine.devices.htif import PAGE, Htif
from models.machine.devices.iommu import ALLOW_READ, ALLOW_WRITE, WINDOWS, Iommu
from models.machine.devices.network import PEER_MAC, EchoPeer, Link, echo
from models.machine.devices.nic import Nic
from models.machine.devices.plic import SOURCES, Plic
from models.machine.devices.uart16550 import TIMEOUT_TICKS, Uart
from models.machine.memory import Ram

from .bench import BASE, HandClock, Memory, Wire

CLAIM_M, ENABLE_M = 0x200004, 0x2000


# -- CLINT ---------------------------------------------------------------------------------


def test_clint_timer_rises_at_its_tick():
    clock, software, timer = HandClock(), Wire(), Wire()
    clint = Clint(clock, software, timer)
    clint.write(MTIMECMP, 8, 100)
    clock.advance(99)
    assert not timer.level
    clock.advance(1)
    assert timer.level
    clint.write(MTIMECMP, 8, 150)
    assert not timer.level
    clint.write(MTIME, 4, 200)
    assert timer.level
    clint.write(MTIMECMP, 8, NEVER)
    assert (timer.level, clock.timers) == (False, {})


def test_clint_software_interrupt_and_state():
    clock, software, timer = HandClock(), Wire(), Wire()
    clint = Clint(clock, software, timer)
    clint.write(0, 4, 0xFFFF_FFFF)
    assert (software.level, clint.read(0, 4)) == (True, 1)
    clint.write(MTIMECMP, 8, 5)
    state = clint.state()
    clint.reset()
    assert not software.level
    clint.load_state(state)
    clock.advance(5)
    assert (software.level, timer.level) == (True, True)


# -- PLIC ----------------------------------------------------------------------------------


def test_plic_level_still_high_at_completion_is_pending_again():
    machine = Wire()
    plic = Plic((machine, Wire()))
    wire = plic.line(7)
    plic.write(4 * 7, 4, 1)
    plic.write(ENABLE_M, 4, 1 << 7)
    wire(True)
    assert machine.level
    assert plic.read(CLAIM_M, 4) == 7
    assert not machine.level
    plic.write(CLAIM_M, 4, 7)
    assert machine.level
    assert plic.read(CLAIM_M, 4) == 7
    wire(False)
    plic.write(CLAIM_M, 4, 7)
    assert (machine.level, plic.read(CLAIM_M, 4)) == (False, 0)


def test_plic_order_is_priority_then_number():
    plic = Plic((Wire(), Wire()))
    for source, priority in ((3, 1), (9, 5), (20, 5), (30, 0)):
        plic.write(4 * source, 4, priority)
        plic.line(source)(True)
    plic.write(ENABLE_M, 4, 0xFFFF_FFFF)
    assert [plic.read(CLAIM_M, 4) for _ in range(4)] == [9, 20, 3, 0]


def test_plic_state():
    machine = Wire()
    plic = Plic((machine, Wire()))
    plic.line(5)(True)
    plic.write(4 * 5, 4, 3)
    plic.write(ENABLE_M, 4, 1 << 5)
    state = plic.state()
    plic.reset()
    assert not machine.level
    plic.load_state(state)
    assert (machine.level, plic.state()) == (True, state)
    with pytest.raises(ValueError, match=r"plic.enable has 1 entries; it takes 2"):
        plic.load_state(state | {"enable": [0]})
    with pytest.raises(ValueError, match="source is 0; a PLIC source is 1 to 96"):
        plic.line(0)


# -- UART ----------------------------------------------------------------------------------


def test_uart_input_waits_until_it_is_read():
    """A driver that resets the FIFOs while it comes up loses nothing that was fed."""
    out = bytearray()
    uart = Uart(out.append, Wire(), HandClock())
    uart.feed(b"version")
    uart.write(2, 1, 7)
    assert uart.read(5, 1) & 1 == 0  # the first look, and a read to clear what may be there
    assert uart.read(0, 1) == 0
    got = bytearray()
    for _ in range(2 * len(b"version")):
        if uart.read(5, 1) & 1:
            got.append(uart.read(0, 1))
            uart.write(2, 1, 7)  # bytes let in and not read go back on the wire
    assert got == b"version"
    uart.write(0, 1, ord("x"))
    assert out == b"x"


def test_uart_tells_of_few_bytes_after_a_pause():
    clock, line = HandClock(), Wire()
    uart = Uart(lambda byte: None, line, clock)
    uart.write(2, 1, 0x81)  # FIFOs on, interrupt from 8 bytes on
    uart.write(1, 1, 1)
    uart.feed(b"abc")
    assert not line.level
    clock.advance(TIMEOUT_TICKS)
    assert (line.level, uart.read(2, 1)) == (True, 0xCC)
    assert uart.read(0, 1) == ord("a")
    assert not line.level
    uart.feed(b"defghi")
    assert (line.level, uart.read(2, 1)) == (True, 0xC4)


def test_uart_state_goes_on_alike():
    clock, line = HandClock(), Wire()
    uart = Uart(lambda byte: None, line, clock)
    uart.write(2, 1, 0x81)
    uart.write(1, 1, 1)
    uart.feed(b"abc")
    clock.advance(TIMEOUT_TICKS - 1)
    state = uart.state()
    copy_line = Wire()
    copy = Uart(lambda byte: None, copy_line, clock)
    copy.load_state(state)
    clock.advance(1)
    assert (copy_line.level, copy.state()) == (line.level, uart.state()) == (True, uart.state())


# -- ends of a run -------------------------------------------------------------------------


def test_finisher():
    ends = []
    finisher = Finisher(lambda how, code: ends.append((how, code)))
    for value in (0x5555, 0x0007_3333, 0x7777, 0x1234):
        finisher.write(0, 4, value)
    finisher.write(4, 4, 0x5555)
    assert ends == [("pass", 0), ("fail", 7), ("reset", 0)]


def test_htif():
    ends, out = [], bytearray()
    htif = Htif(0x8000_1008, lambda *end: ends.append(end), out.append, fromhost=0x8000_1040)
    htif.write(8, 8, 0x0101 << 48 | ord("k"))
    assert (out, htif.read(8, 8), htif.read(0x40, 8)) == (b"k", 0, 0x0101 << 48)
    htif.write(8, 8, 1)
    htif.write(8, 4, 3 << 1 | 1)
    htif.write(16, 8, 1)
    assert ends == [("pass", 0), ("fail", 3)]
    state = htif.state()
    htif.reset()
    assert htif.read(16, 8) == 0
    htif.load_state(state)
    assert htif.read(16, 8) == 1
    for bad in ({"tohost": 0x8000_1004}, {"tohost": 0x8000_1008, "fromhost": 0x8000_2000}):
        with pytest.raises(ValueError, match="must be a multiple of 8"):
            Htif(halt=lambda *end: None, transmit=out.append, **bad)
    with pytest.raises(ValueError, match=f"htif.page has 1 bytes; it takes {PAGE}"):
        htif.load_state({"page": b"x"})


# -- drive and disk ------------------------------------------------------------------------


@given(st.binary(max_size=3000), st.lists(st.tuples(st.integers(0, 5), st.binary(max_size=9))))
def test_drive_is_copy_on_write(image, writes):
    drive, copy = Drive(image), Drive(image)
    expected = bytearray(image.ljust(drive.sectors * SECTOR, b"\0"))
    for sector, text in writes:
        if drive.holds(sector, 1):
            drive.write(sector, text.ljust(SECTOR, b"."))
            expected[sector * SECTOR : (sector + 1) * SECTOR] = text.ljust(SECTOR, b".")
    assert drive.image() == expected
    copy.load_state(drive.state())
    assert copy.image() == expected


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda d: d.read(3, 2), "sectors 3 to 4 are not all on the drive, which has 4"),
        (lambda d: d.read(-1), "sectors -1 to -1"),
        (lambda d: d.write(0, b"abc"), "data has 3 bytes; it takes a multiple of 512"),
        (lambda d: d.load_state({"written": [[0, b""]]}), "sector 0 has 0 bytes; it takes 512"),
        (lambda d: d.load_state({"written": [[9, bytes(512)]]}), "sectors 9 to 9"),
    ],
)
def test_drive_refuses(act, says):
    with pytest.raises(ValueError, match=says):
        act(Drive(bytes(4 * SECTOR)))


def test_read_only_drive():
    with pytest.raises(ValueError, match="read-only"):
        Drive(bytes(SECTOR), read_only=True).write(0, bytes(SECTOR))


def disk_read(disk: Disk, sector: int) -> bytes:
    disk.write(0x08, 4, sector)
    disk.write(0x0C, 4, 1)
    return b"".join(disk.read(0x18, 4).to_bytes(4, "little") for _ in range(128))


def test_disk():
    image, line = bytes(range(256)) * 4, Wire()
    disk = Disk(Drive(image), line)
    disk.write(0x14, 4, 2)
    assert disk_read(disk, 1) == image[512:]
    assert (line.level, disk.read(0x10, 4), disk.read(0x18, 4)) == (True, 1, 0)
    disk.write(0x14, 4, 3)
    assert not line.level
    disk.write(0x08, 4, 0)
    disk.write(0x0C, 4, 2)
    for number in range(128):
        assert disk.read(0x10, 4) == 2
        disk.write(0x18, 4, number)
    assert (line.level, disk.read(0x10, 4)) == (True, 1)
    assert disk_read(disk, 0) == b"".join(n.to_bytes(4, "little") for n in range(128))
    assert disk.drive.image()[512:] == image[512:]


@pytest.mark.parametrize(("sector", "command"), [(2, 1), (0, 3), (0, 2)])
def test_disk_refuses(sector, command):
    line = Wire()
    disk = Disk(Drive(bytes(2 * SECTOR), read_only=True), line)
    disk.write(0x14, 4, 2)
    disk.write(0x08, 4, sector)
    disk.write(0x0C, 4, command)
    assert (line.level, disk.read(0x10, 4)) == (True, 5)


def test_disk_state_in_the_middle_of_a_sector():
    drive = Drive(bytes(range(256)) * 2)
    disk, other = Disk(drive, Wire()), Disk(Drive(bytes(SECTOR)), Wire())
    disk.write(0x0C, 4, 1)
    disk.read(0x18, 4)
    other.load_state(disk.state())
    assert other.read(0x18, 4) == disk.read(0x18, 4) == 0x07060504
    with pytest.raises(ValueError, match=r"disk.position is 3"):
        other.load_state(disk.state() | {"position": 3})


# -- network -------------------------------------------------------------------------------


def test_nic_echo():
    clock, line = HandClock(), Wire()
    nic = Nic(EchoPeer(Link(delay=10), clock), line)
    nic.write(0x0C, 4, 2)
    sent = b"\xff" * 6 + bytes.fromhex("525500000001") + b"\x88\xb5hello there"
    nic.write(0x10, 4, len(sent))
    for i in range(0, len(sent), 4):
        nic.write(0x14, 4, int.from_bytes(sent[i : i + 4], "little"))
    clock.advance(9)
    assert (line.level, nic.read(0x18, 4)) == (False, 0)
    clock.advance(1)
    assert (line.level, nic.read(0x18, 4)) == (True, len(sent))
    words = [nic.read(0x1C, 4).to_bytes(4, "little") for _ in range(0, len(sent), 4)]
    echo = sent[6:12] + bytes.fromhex("525500000002") + sent[12:]
    assert b"".join(words)[: len(sent)] == echo
    nic.write(0x20, 4, 0)
    assert (line.level, nic.read(0x18, 4)) == (False, 0)


def answers(link: Link, frames: int) -> list[bool]:
    clock = HandClock()
    peer = EchoPeer(link, clock)
    got = []
    for number in range(frames):
        peer.send(bytes(14) + bytes([number % 256]))
        clock.advance(link.delay)
        got.append(peer.receive() is not None)
    return got


def test_loss_is_seeded_and_of_the_given_share():
    lost = [not got for got in answers(Link(delay=1, loss=0.25, seed=5), 2000)]
    assert lost == [not got for got in answers(Link(delay=1, loss=0.25, seed=5), 2000)]
    assert lost != [not got for got in answers(Link(delay=1, loss=0.25, seed=6), 2000)]
    assert sum(lost) == pytest.approx(500, abs=4 * (2000 * 0.25 * 0.75) ** 0.5)
    assert all(answers(Link(delay=3), 50))


def checksum(data: bytes) -> int:
    """The internet checksum's sum: 0xFFFF when the checksum inside is right (RFC 1071)."""
    total = sum(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(st.binary(min_size=4, max_size=40).filter(lambda data: len(data) % 2 == 0))
def test_ping_is_answered_with_right_checksums(payload):
    ping = bytearray(b"\x08\0\0\0" + payload)
    ping[2:4] = (0xFFFF - checksum(ping)).to_bytes(2, "big")
    header = bytearray(b"\x45\0\0\0" + bytes(5) + b"\x01\0\0" + bytes([10, 0, 2, 15, 10, 0, 2, 2]))
    header[10:12] = (0xFFFF - checksum(header)).to_bytes(2, "big")
    frame = bytes(6) + b"\2\0\0\0\0\1" + b"\x08\0" + header + ping
    answer = echo(bytes(frame))
    assert answer[:6] == frame[6:12]
    assert answer[26:34] == bytes([10, 0, 2, 2, 10, 0, 2, 15])
    assert answer[34] == 0
    assert answer[38:] == payload
    assert checksum(answer[14:34]) == checksum(answer[34:]) == 0xFFFF


def test_arp_is_answered():
    me, asked = b"\2\0\0\0\0\1" + bytes([10, 0, 2, 15]), bytes([10, 0, 2, 2])
    request = b"\xff" * 6 + me[:6] + b"\x08\x06" + b"\0\1\x08\0\6\4\0\1" + me + bytes(6) + asked
    answer = echo(request)
    assert answer[:12] == me[:6] + PEER_MAC
    assert answer[20:] == b"\0\2" + PEER_MAC + asked + me


@given(st.binary(min_size=14, max_size=60), st.sampled_from([b"\x08\x06", b"\x08\0", b"\x88\xb5"]))
def test_any_frame_is_echoed(frame, kind):
    frame = frame[:12] + kind + frame[14:]
    assert echo(frame)[:12] == frame[6:12] + PEER_MAC
    assert len(echo(frame)) == len(frame)


@pytest.mark.parametrize("field", [{"delay": -1}, {"loss": 1.5}, {"seed": -1}])
def test_link_refuses(field):
    name, value = next(iter(field.items()))
    with pytest.raises(ValueError, match=f"{name} is {value}; it must be 0"):
        Link(**field)


# -- IOMMU and DMA -------------------------------------------------------------------------


def test_dma_is_counted_and_kept_to_ram():
    counters = Counters()
    port = RamPort(Ram(1 << 16), counters, "disk")
    port.write(BASE + 8, b"abc")
    assert port.read(BASE + 8, 3) == b"abc"
    for address, length in ((BASE - 1, 2), (BASE + 0xFFFF, 2), (0, 1), (1 << 63, 1)):
        with pytest.raises(DmaFault):
            port.read(address, length)
    assert counters["dma_bytes"] == {"disk": 6}


windows = st.lists(
    st.tuples(
        st.integers(0, 2),  # device
        st.integers(0, 40),  # base
        st.integers(0, 20),  # size
        st.integers(0, 40),  # target
        st.integers(0, 3),  # allow
    ),
    max_size=WINDOWS,
)


@given(windows, st.integers(0, 2), st.integers(0, 60), st.integers(1, 8), st.booleans())
def test_iommu_lets_through_what_a_window_covers_and_nothing_else(table, device, at, length, write):
    iommu, ram = Iommu(), Memory(size=100, base=0)
    for number, fields in enumerate(table):
        iommu.write(0x28, 8, number)
        for offset, value in zip(range(0x30, 0x58, 8), fields, strict=True):
            iommu.write(offset, 8, value)
            assert iommu.read(offset, 8) == value
    iommu.write(0, 8, 1)
    port = iommu.port(device, ram)
    allowed = [
        (base, target)
        for owner, base, size, target, allow in table
        if owner == device
        and allow & (ALLOW_WRITE if write else ALLOW_READ)
        and all(base <= byte < base + size for byte in range(at, at + length))
    ]
    try:
        port.write(at, b"x" * length) if write else port.read(at, length)
    except DmaFault:
        assert not allowed
        assert not ram.touched
        faults = [iommu.read(offset, 8) for offset in (8, 0x10, 0x18, 0x20)]
        assert faults == [1, device, at, int(write)]
    else:
        base, target = allowed[0]
        start = at - base + target
        assert ram.touched == set(range(start, start + length))
        assert iommu.read(8, 8) == 0


def test_iommu_state():
    iommu, other = Iommu(), Iommu()
    iommu.write(0x28, 8, 4)
    iommu.write(0x40, 8, 0x1000)
    iommu.write(0, 8, 1)
    with pytest.raises(DmaFault):
        iommu.port(1, Memory()).read(BASE, 4)
    other.load_state(iommu.state())
    assert other.state() == iommu.state()
    iommu.reset()
    assert not iommu.on
    with pytest.raises(ValueError, match=r"iommu.windows has 0; it takes 16"):
        iommu.load_state(other.state() | {"windows": []})


# -- all -----------------------------------------------------------------------------------


def test_no_access_raises():
    """Every register-sized access of every value, and random sequences by the fuzzers."""
    clock, ends = HandClock(), []
    devices = [
        Clint(clock, Wire(), Wire()),
        Plic((Wire(), Wire())),
        Uart(lambda byte: None, Wire(), clock),
        Finisher(lambda *end: ends.append(end)),
        Disk(Drive(bytes(SECTOR)), Wire()),
        Nic(EchoPeer(Link(), clock), Wire()),
        Iommu(),
    ]
    for device in devices:
        for width in device.widths:
            for offset in [*range(0, min(device.size, 0x120), width), device.size - width]:
                for value in (0, 1, (1 << 8 * width) - 1):
                    device.write(offset, width, value)
                    assert 0 <= device.read(offset, width) < 1 << 8 * width
    assert SOURCES == 96
