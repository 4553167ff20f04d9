"""CLINT: the core-local interruptor, a hart's software interrupt and its timer.

::

    offset
    0x0000   msip       bit 0 raises the machine software interrupt (4-byte access)
    0x4000   mtimecmp   the machine timer interrupt is pending while mtime >= mtimecmp
    0xBFF8   mtime      ticks since reset; a guest may set it
"""

from . import Clock, InterruptLine, State

MSIP, MTIMECMP, MTIME = 0x0000, 0x4000, 0xBFF8
NEVER = (1 << 64) - 1


class Clint:
    """Core-local interruptor of one hart.

    Parameters
    ----------
    clock : Clock
        The board's machine timer.
    software, timer : callable
        Set mip.MSIP and mip.MTIP.
    """

    name = "clint"
    size = 0x10000
    widths = (4, 8)

    def __init__(self, clock: Clock, software: InterruptLine, timer: InterruptLine):
        self._clock, self._software, self._timer = clock, software, timer
        self.msip, self.mtimecmp = 0, NEVER

    def reset(self) -> None:
        """Neither interrupt pending, and no time that would raise one until software sets it."""
        self.load_state({"msip": 0, "mtimecmp": NEVER})

    def read(self, offset: int, width: int) -> int:
        """Return a register, or the half of a 64-bit one."""
        if offset == MSIP:
            return self.msip
        if offset & ~7 == MTIMECMP:
            return _extract(self.mtimecmp, offset & 7, width)
        if offset & ~7 == MTIME:
            return _extract(self._clock.now(), offset & 7, width)
        return 0

    def write(self, offset: int, width: int, value: int) -> None:
        """Set a register, or the half of a 64-bit one."""
        if offset == MSIP and width == 4:
            self.msip = value & 1
            self._software(bool(self.msip))
        elif offset & ~7 == MTIMECMP:
            self.mtimecmp = _insert(self.mtimecmp, offset & 7, width, value)
            self._compare()
        elif offset & ~7 == MTIME:
            self._clock.set_now(_insert(self._clock.now(), offset & 7, width, value))
            self._compare()

    def _compare(self) -> None:
        """Set the timer's line by the present time, and come back when it will change."""
        due = self._clock.now() >= self.mtimecmp
        self._timer(due)
        waiting = not due and self.mtimecmp != NEVER
        self._clock.schedule(self.mtimecmp if waiting else None, self._compare)

    def state(self) -> State:
        """Msip and mtimecmp (mtime is the clock's)."""
        return {"msip": self.msip, "mtimecmp": self.mtimecmp}

    def load_state(self, state: State) -> None:
        """Set both registers, both lines and the timer."""
        self.msip, self.mtimecmp = int(state["msip"]) & 1, int(state["mtimecmp"]) & NEVER
        self._software(bool(self.msip))
        self._compare()


def _extract(value: int, byte: int, width: int) -> int:
    """`width` bytes of `value` from byte number `byte` on."""
    return value >> 8 * byte & (1 << 8 * width) - 1


def _insert(old: int, byte: int, width: int, value: int) -> int:
    """`old` with `width` bytes from byte number `byte` on replaced by `value`."""
    mask = ((1 << 8 * width) - 1) << 8 * byte
    return old & ~mask | value << 8 * byte & mask
