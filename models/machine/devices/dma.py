"""A device's direct way to RAM, counted."""

from typing import Protocol

from models.events import Counters

from . import DmaFault


class Memory(Protocol):
    """What a DMA port needs of RAM."""

    base: int
    size: int

    def read(self, address: int, length: int) -> bytes:
        """Return bytes at a physical address."""
        ...

    def write(self, address: int, data: bytes) -> None:
        """Store bytes at a physical address (caches of code learn of it)."""
        ...


class RamPort:
    """DMA to all of RAM, and to nothing else.

    Parameters
    ----------
    ram : Memory
        The board's RAM.
    counters : Counters
        Where bytes moved are counted, as "dma_bytes".
    device : str
        The device's name there.
    """

    def __init__(self, ram: Memory, counters: Counters, device: str):
        self._ram, self._counters, self._device = ram, counters, device

    def _check(self, address: int, length: int, write: bool) -> None:
        if not (self._ram.base <= address and address + length <= self._ram.base + self._ram.size):
            raise DmaFault(address, length, write)
        self._counters.count("dma_bytes", self._device, length)

    def read(self, address: int, length: int) -> bytes:
        """Return `length` bytes at `address`."""
        self._check(address, length, write=False)
        return self._ram.read(address, length)

    def write(self, address: int, data: bytes) -> None:
        """Store `data` at `address`."""
        self._check(address, len(data), write=True)
        self._ram.write(address, data)
