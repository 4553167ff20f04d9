"""RAM and bus."""

import pytest

from models.machine.memory import RAM_BASE, AccessFault, Bus, Ram


class Register:
    """A device with one register of four bytes."""

    name, size, widths = "register", 0x10, (4,)

    def __init__(self):
        self.value = 0

    def read(self, offset, width):
        return self.value if offset == 0 else 0

    def write(self, offset, width, value):
        self.value = value


def bus(**options):
    made = Bus(Ram(0x4000, **options))
    made.attach(0x1000, Register())
    return made


def test_ram_is_little_endian_at_any_alignment():
    made = bus()
    made.store(RAM_BASE + 3, 8, 0x1122334455667788)
    assert made.load(RAM_BASE + 3, 4) == 0x55667788
    assert made.load(RAM_BASE + 7, 2) == 0x3344
    assert bytes(made.ram.bytes[3:5]) == b"\x88\x77"


def test_views_share_the_buffer():
    ram = Ram(0x1000)
    ram.write(RAM_BASE + 8, b"\xff" * 8)
    assert ram.u64[1] == (1 << 64) - 1
    assert ram.views["q"][1] == -1


@pytest.mark.parametrize("address", [RAM_BASE - 1, RAM_BASE + 0x4000, RAM_BASE + 0x3FFD, 0, 0x1010])
def test_nothing_answers_outside(address):
    with pytest.raises(AccessFault):
        bus().load(address, 4)
    with pytest.raises(AccessFault):
        bus().store(address, 4, 0)


def test_a_device_gets_aligned_accesses_of_its_widths_only():
    made = bus()
    seen = []
    made.on_device = seen.append
    made.store(0x1000, 4, 0x1_2345_6789)
    assert made.load(0x1000, 4) == 0x2345_6789
    assert seen == ["register", "register"]
    for address, width in ((0x1000, 1), (0x1000, 8), (0x1002, 4), (0x100E, 4)):
        with pytest.raises(AccessFault):
            made.load(address, width)


def test_an_overlay_answers_instead_of_ram():
    made = bus()
    page = Register()
    page.size = 0x1000
    made.attach(RAM_BASE + 0x1000, page, overlay=True)
    made.store(RAM_BASE + 0x1000, 4, 7)
    assert page.value == 7
    assert made.ram.u32[0x400] == 0
    made.store(RAM_BASE + 0x2000, 4, 7)
    assert made.ram.u32[0x800] == 7


def test_overlapping_devices_are_refused():
    with pytest.raises(ValueError, match="register at 0x1008 overlaps register at 0x1000"):
        bus().attach(0x1008, Register())
    with pytest.raises(ValueError, match="overlaps RAM"):
        bus().attach(RAM_BASE, Register())


def test_junk_is_the_same_each_time_and_differs_by_seed():
    first, second, other = Ram(0x3000, fill=1), Ram(0x3000, fill=1), Ram(0x3000, fill=2)
    assert first.bytes == second.bytes != other.bytes
    assert len(set(bytes(first.bytes))) == 256
    first.write(RAM_BASE, bytes(0x3000))
    first.clear()
    assert first.bytes == second.bytes


@pytest.mark.parametrize("size", [0, 100, 4097])
def test_a_size_that_is_not_pages_is_refused(size):
    with pytest.raises(ValueError, match=f"RAM size is {size} bytes"):
        Ram(size)


def test_writes_are_told():
    ram = Ram(0x1000)
    told = []
    ram.on_write = lambda low, high: told.append((low, high))
    ram.write(RAM_BASE + 4, b"abc")
    assert told == [(RAM_BASE + 4, RAM_BASE + 7)]
    with pytest.raises(AccessFault):
        ram.read(RAM_BASE + 0xFFF, 2)
