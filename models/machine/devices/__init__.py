"""What the board's processor meets at physical addresses outside RAM.

One file a device, its register map drawn at the top. A device knows nothing of the hart, the bus
or the board: it is handed what it needs (an interrupt line, the clock, a DMA port) and answers
reads and writes. So each can be tested, and read, alone.

The rules every device keeps

* The bus delivers naturally aligned accesses of a width in `Device.widths`, wholly inside `size`;
  every other one is the bus's access fault and never reaches the device (as QEMU refuses them).
* An offset without a register reads 0 and ignores writes. What a guest does never raises.
* `state()` is a plain dict of ints, bytes, strings, lists and dicts (a snapshot stores it as data);
  `load_state()` of it puts the device back, its interrupt line and its timer included.
"""

from collections.abc import Callable
from typing import Any, Protocol

InterruptLine = Callable[[bool], None]
"""Sets the level of one interrupt wire: a PLIC source, or a bit of mip."""

State = dict[str, Any]


class Device(Protocol):
    """A block of registers on the physical bus."""

    name: str
    size: int

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths in bytes of the accesses that it takes."""
        ...

    def read(self, offset: int, width: int) -> int:
        """Return the unsigned value of `width` bytes at `offset`."""
        ...

    def write(self, offset: int, width: int, value: int) -> None:
        """Take the unsigned `value` of `width` bytes at `offset`."""
        ...

    def reset(self) -> None:
        """Return to the state of power-on (what a drive stores stays)."""
        ...

    def state(self) -> State:
        """Everything that a snapshot must keep."""
        ...

    def load_state(self, state: State) -> None:
        """Go back to what `state` returned; ValueError names a field that does not fit."""
        ...


class Clock(Protocol):
    """The board's machine timer, in ticks of `mtime`."""

    def now(self) -> int:
        """Return mtime."""
        ...

    def set_now(self, ticks: int) -> None:
        """Set mtime (a guest may write it)."""
        ...

    def schedule(self, tick: int | None, callback: Callable[[], None]) -> None:
        """Call `callback` once mtime reaches `tick`.

        A second call with the same callback replaces the first; None cancels it. So a guest
        that re-arms a timer a million times leaves one entry, and a device re-arms on load_state.
        """
        ...


class DmaFault(Exception):
    """A device reached for memory that is not RAM, or that the IOMMU withholds."""

    def __init__(self, address: int, length: int, write: bool):
        super().__init__(
            f"DMA {'write' if write else 'read'} of {length} bytes at {address:#x} is not allowed"
        )
        self.address, self.length, self.write = address, length, write


class DmaPort(Protocol):
    """A device's way to memory: whole ranges, allowed or refused as one."""

    def read(self, address: int, length: int) -> bytes:
        """Return `length` bytes at `address`; DmaFault when any of them is out of reach."""
        ...

    def write(self, address: int, data: bytes) -> None:
        """Store `data` at `address`; DmaFault, and nothing stored, when any byte is refused."""
        ...
