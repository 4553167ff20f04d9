"""A bench to try devices on: a clock set by hand, wires that remember, plain memory."""

from collections.abc import Callable

from models.machine.devices import DmaFault

BASE = 0x8000_0000


class HandClock:
    """The machine timer, moved by the test."""

    def __init__(self) -> None:
        self.tick = 0
        self.timers: dict[Callable[[], None], int] = {}

    def now(self) -> int:
        return self.tick

    def set_now(self, ticks: int) -> None:
        self.tick = ticks

    def schedule(self, tick: int | None, callback: Callable[[], None]) -> None:
        self.timers.pop(callback, None)
        if tick is not None:
            self.timers[callback] = tick

    def advance(self, ticks: int) -> None:
        """Let time pass, calling back at each timer's own tick."""
        end = self.tick + ticks
        while True:
            due = [(tick, callback) for callback, tick in self.timers.items() if tick <= end]
            if not due:
                break
            tick, callback = min(due, key=lambda timer: timer[0])
            self.tick = max(self.tick, tick)
            del self.timers[callback]
            callback()
        self.tick = end


class Wire:
    """An interrupt wire: its level, and how often it rose."""

    def __init__(self) -> None:
        self.level, self.rises = False, 0

    def __call__(self, level: bool) -> None:
        self.rises += level and not self.level
        self.level = level


class Memory:
    """RAM with a DMA port to all of it, which notes what it touched."""

    def __init__(self, size: int = 1 << 16, base: int = BASE):
        self.base, self.bytes = base, bytearray(size)
        self.touched: set[int] = set()

    def _check(self, address: int, length: int, write: bool) -> int:
        start = address - self.base
        if start < 0 or start + length > len(self.bytes):
            raise DmaFault(address, length, write)
        self.touched.update(range(address, address + length))
        return start

    def read(self, address: int, length: int) -> bytes:
        start = self._check(address, length, False)
        return bytes(self.bytes[start : start + length])

    def write(self, address: int, data: bytes) -> None:
        start = self._check(address, len(data), True)
        self.bytes[start : start + len(data)] = data
