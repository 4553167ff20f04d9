"""The CLINT of a board with several harts: one register of a kind for each.

::

    offset
    0x0000 + 4 h   msip of hart h
    0x4000 + 8 h   mtimecmp of hart h
    0xBFF8         mtime
"""

from collections.abc import Sequence

from models.machine.devices.clint import MSIP, MTIME, MTIMECMP, Clint

from . import Clock, InterruptLine, State


class Clints:
    """Core-local interruptors of all harts, at one place.

    Parameters
    ----------
    clock
        The board's machine timer.
    wires
        Of each hart what sets mip.MSIP and mip.MTIP.
    """

    name, size, widths = Clint.name, Clint.size, Clint.widths

    def __init__(self, clock: Clock, wires: Sequence[tuple[InterruptLine, InterruptLine]]):
        self._units = [Clint(clock, *pair) for pair in wires]

    def reset(self) -> None:
        """See `Clint`."""
        for unit in self._units:
            unit.reset()

    def _find(self, offset: int) -> tuple[list[Clint], int]:
        """Return whose register lies at an offset, and where it is in a CLINT of one hart."""
        if offset >= MTIME:
            return self._units, offset
        base, size = (MTIMECMP, 8) if offset >= MTIMECMP else (MSIP, 4)
        number, inside = divmod(offset - base, size)
        return self._units[number : number + 1], base + inside

    def read(self, offset: int, width: int) -> int:
        """Return a register; 0 where there is none."""
        units, inside = self._find(offset)
        return units[0].read(inside, width) if units else 0

    def write(self, offset: int, width: int, value: int) -> None:
        """Set a register; a new time is compared for each hart."""
        units, inside = self._find(offset)
        for unit in units:
            unit.write(inside, width, value)

    def state(self) -> State:
        """Return that of each."""
        return {"harts": [unit.state() for unit in self._units]}

    def load_state(self, state: State) -> None:
        """Take back what `state` returned."""
        for unit, own in zip(self._units, state["harts"], strict=True):
            unit.load_state(own)
