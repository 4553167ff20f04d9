"""The test finisher (SiFive's "test" device): a guest ends the run by one write.

::

    offset 0, write only
      31           16 15            0
     +---------------+---------------+
     |     code      |    command    |   0x5555 pass, 0x3333 fail with code, 0x7777 reset
     +---------------+---------------+

A device tree offers it as `syscon-poweroff` and `syscon-reboot`; so OpenSBI's system reset uses it.
"""

from collections.abc import Callable

from . import State

COMMANDS = {0x5555: "pass", 0x3333: "fail", 0x7777: "reset"}


class Finisher:
    """Test finisher.

    Parameters
    ----------
    halt : callable
        Ends the run: called with "pass", "fail" or "reset", and a code.
    """

    name = "finisher"
    size = 0x1000
    widths = (2, 4)

    def __init__(self, halt: Callable[[str, int], None]):
        self._halt = halt

    def read(self, offset: int, width: int) -> int:
        """Nothing can be read."""
        return 0

    def write(self, offset: int, width: int, value: int) -> None:
        """End the run when the command is one of the three."""
        command = COMMANDS.get(value & 0xFFFF)
        if offset == 0 and command:
            self._halt(command, value >> 16 & 0xFFFF if command == "fail" else 0)

    def reset(self) -> None:
        """It has no state."""

    def state(self) -> State:
        """It has no state."""
        return {}

    def load_state(self, state: State) -> None:
        """It has no state."""
