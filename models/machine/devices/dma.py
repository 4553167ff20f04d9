"""A device's direct way to RAM, counted."""

from models.events import Counters
from models.machine.memory import AccessFault, Ram

from . import DmaFault


class RamPort:
    """DMA to all of RAM, and to nothing else (no device reaches another's registers).

    Parameters
    ----------
    ram : Ram
        The board's memory.
    counters : Counters
        Where bytes moved are counted, as "dma_bytes".
    device : str
        The device's name there.
    """

    def __init__(self, ram: Ram, counters: Counters, device: str):
        self._ram, self._counters, self._device = ram, counters, device

    def read(self, address: int, length: int) -> bytes:
        """Return `length` bytes at `address`."""
        try:
            data = self._ram.read(address, length)
        except AccessFault:
            raise DmaFault(address, length, write=False) from None
        self._counters.count("dma_bytes", self._device, length)
        return data

    def write(self, address: int, data: bytes) -> None:
        """Store `data` at `address`."""
        try:
            self._ram.write(address, data)
        except AccessFault:
            raise DmaFault(address, len(data), write=True) from None
        self._counters.count("dma_bytes", self._device, len(data))
