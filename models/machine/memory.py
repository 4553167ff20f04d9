"""Physical memory: RAM in one fixed buffer, and the bus that finds RAM or a device."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from models.machine.devices import Device

PAGE = 4096
RAM_BASE = 0x8000_0000


class AccessFault(Exception):
    """No memory or device answers at a physical address, or not to this width."""


@lru_cache(maxsize=8)
def _junk(fill: int) -> bytes:
    """A page of any junk, by xorshift32: the same for the same seed; a board asks twice."""
    state, words = fill & 0xFFFFFFFF | 1, bytearray()
    for _ in range(PAGE // 4):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        words += state.to_bytes(4, "little")
    return bytes(words)


class Ram:
    """Main memory: one page-aligned buffer, never resized, used through casts of it only.

    Parameters
    ----------
    size
        Bytes, a multiple of 4096.
    base
        First physical address.
    factory
        Makes the writable buffer (a tier may want its own memory here).
    fill
        Seed of the junk that memory holds after a reset (None: zeros). Software that reads what
        it never wrote is found that way.

    Attributes
    ----------
    on_write
        Called with the first and last-plus-one address of each `write`: cached code there is out
        of date. (The hart's own stores are seen by its memory management.)
    """

    def __init__(
        self,
        size: int,
        base: int = RAM_BASE,
        factory: Callable[[int], bytearray | memoryview] = bytearray,
        fill: int | None = None,
    ):
        if size < PAGE or size % PAGE:
            raise ValueError(f"RAM size is {size} bytes, a multiple of {PAGE} from {PAGE} up")
        self.size, self.base, self.fill = size, base, fill
        self.buffer = factory(size)
        self.bytes = memoryview(self.buffer)
        # Python's names of the C types: B H I Q are unsigned, b h i q signed, of 1 2 4 8 bytes.
        codes: tuple[Literal["B", "H", "I", "Q", "b", "h", "i", "q"], ...]
        codes = ("B", "H", "I", "Q", "b", "h", "i", "q")
        self.views: dict[str, memoryview[int] | bytearray | memoryview]
        self.views = {code: self.bytes.cast(code) for code in codes}
        self.views["B"] = self.buffer  # a bytearray gives a byte in a third of a view's time
        # (measured, on CPython and more so in the browser); its views keep it from being resized.
        self.u16, self.u32, self.u64 = (self.bytes.cast(code) for code in codes[1:4])
        self.on_write: Callable[[int, int], None] = lambda low, high: None
        self.clear()

    def clear(self) -> None:
        """Fill with zeros, or with the seed's junk."""
        block = bytes(PAGE) if self.fill is None else _junk(self.fill)
        block *= min(256, self.size // PAGE)
        for start in range(0, self.size, len(block)):
            end = min(start + len(block), self.size)
            self.bytes[start:end] = block[: end - start]

    def holds(self, address: int, length: int = 1) -> bool:
        """Tell whether a range of physical addresses lies inside."""
        return self.base <= address and address + length <= self.base + self.size

    def read(self, address: int, length: int) -> bytes:
        """Copy a range of RAM, for the loader and for DMA; AccessFault outside."""
        if length < 0 or not self.holds(address, length):
            raise AccessFault
        start = address - self.base
        return bytes(self.bytes[start : start + length])

    def write(self, address: int, data: bytes) -> None:
        """Store a range of RAM, for the loader and for DMA; AccessFault outside."""
        if not self.holds(address, len(data)):
            raise AccessFault
        start = address - self.base
        self.bytes[start : start + len(data)] = data
        self.on_write(address, address + len(data))


class Bus:
    """Physical addresses: RAM, or the device mapped there.

    Parameters
    ----------
    ram
        Main memory.

    Attributes
    ----------
    overlays
        Pages of RAM that a device answers instead.
    on_device
        Called with a device's name at each access to it.
    """

    def __init__(self, ram: Ram):
        self.ram = ram
        self.devices: list[tuple[int, Device]] = []
        self.overlays: set[int] = set()
        self.on_device: Callable[[str], None] = lambda name: None

    def attach(self, base: int, device: Device, overlay: bool = False) -> None:
        """Map a device; ValueError if the range is taken.

        With `overlay` it takes whole pages of RAM away.
        """
        ranges = [(start, other.size, other.name) for start, other in self.devices]
        if overlay:
            self.overlays |= set(range(base, base + device.size, PAGE))
        else:
            ranges.append((self.ram.base, self.ram.size, "RAM"))
        for start, size, name in ranges:
            if base < start + size and start < base + device.size:
                raise ValueError(f"{device.name} at {base:#x} overlaps {name} at {start:#x}")
        self.devices.append((base, device))

    def plain(self, address: int, length: int = 1) -> bool:
        """Tell whether a range inside one page is RAM and no device's."""
        return self.ram.holds(address, length) and (
            not self.overlays or address & -PAGE not in self.overlays
        )

    def _device(self, address: int, width: int) -> tuple[Device, int]:
        """Find the device and offset of an access; AccessFault if there is none."""
        for base, device in self.devices:
            offset = address - base
            if offset >= 0 and offset + width <= device.size:
                if width not in device.widths or offset % width:
                    break
                self.on_device(device.name)
                return device, offset
        raise AccessFault

    def load(self, address: int, width: int) -> int:
        """Return the unsigned value of 1, 2, 4 or 8 bytes at any alignment inside RAM."""
        if self.plain(address, width):
            offset = address - self.ram.base
            return int.from_bytes(self.ram.bytes[offset : offset + width], "little")
        device, offset = self._device(address, width)
        return device.read(offset, width)

    def store(self, address: int, width: int, value: int) -> None:
        """Store the low `width` bytes of a value."""
        value &= (1 << 8 * width) - 1
        if self.plain(address, width):
            offset = address - self.ram.base
            self.ram.bytes[offset : offset + width] = value.to_bytes(width, "little")
        else:
            device, offset = self._device(address, width)
            device.write(offset, width, value)
