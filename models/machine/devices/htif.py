"""HTIF: the host-target interface of Spike, by which test programs end and print.

A program with a symbol `tohost` stores a doubleword there; a `fromhost` beside it takes answers::

     63      56 55      48 47                                0
    +----------+----------+-----------------------------------+
    |  device  | command  |              payload              |
    +----------+----------+-----------------------------------+
    device 0, command 0: bit 0 of the payload set ends the run, the bits above are the exit code
    device 1, command 1: print the payload's low byte

The page that holds the two symbols is taken out of RAM and answered by this device, which keeps
its bytes: so a store is seen at the very instruction, and plain loads leave RAM's fast path alone.
"""

from collections.abc import Callable

from . import State

PAGE = 4096


class Htif:
    """The page with `tohost`, and `fromhost` if the program has one.

    Parameters
    ----------
    tohost : int
        Physical address of `tohost`, a multiple of 8.
    halt : callable
        Ends the run: called with "pass" or "fail", and a code.
    transmit : callable
        Takes a printed byte.
    fromhost : int, optional
        Physical address of `fromhost`, in the same page.
    contents : bytes, optional
        What the loaded program put in the page.
    """

    name = "htif"
    size = PAGE
    widths = (1, 2, 4, 8)

    def __init__(
        self,
        tohost: int,
        halt: Callable[[str, int], None],
        transmit: Callable[[int], None],
        fromhost: int | None = None,
        contents: bytes = bytes(PAGE),
    ):
        if tohost % 8:
            raise ValueError(f"tohost is at {tohost:#x}; it must be a multiple of 8")
        if len(contents) != PAGE:
            raise ValueError(f"contents has {len(contents)} bytes; a page has {PAGE}")
        self.base = tohost & -PAGE
        if fromhost is not None and (fromhost % 8 or fromhost & -PAGE != self.base):
            raise ValueError(
                f"fromhost is at {fromhost:#x}; it must be a multiple of 8 in tohost's page, "
                f"{self.base:#x} to {self.base + PAGE - 1:#x}"
            )
        self._tohost = tohost - self.base
        self._fromhost = None if fromhost is None else fromhost - self.base
        self._halt, self._transmit = halt, transmit
        self._contents = bytes(contents)
        self._page = bytearray(contents)

    def read(self, offset: int, width: int) -> int:
        """Return what the page holds."""
        return int.from_bytes(self._page[offset : offset + width], "little")

    def write(self, offset: int, width: int, value: int) -> None:
        """Store; a command stored in `tohost` is obeyed."""
        self._page[offset : offset + width] = value.to_bytes(width, "little")
        # A 32-bit store of an exit code is enough: the high half, zero, already names device 0.
        if offset == self._tohost and width >= 4:
            self._command()

    def _command(self) -> None:
        command = self.read(self._tohost, 8)
        payload = command & (1 << 48) - 1
        if command >> 48 == 0 and payload & 1:
            self._halt("fail" if payload > 1 else "pass", payload >> 1)
        elif command >> 48 == 0x0101:
            self._transmit(payload & 0xFF)
            self._answer(command)

    def _answer(self, command: int) -> None:
        """Tell the program that its command is done."""
        self._page[self._tohost : self._tohost + 8] = bytes(8)
        if self._fromhost is not None:
            done = (command >> 48 << 48).to_bytes(8, "little")
            self._page[self._fromhost : self._fromhost + 8] = done

    def reset(self) -> None:
        """Put back what the program was loaded with."""
        self._page[:] = self._contents

    def state(self) -> State:
        """Return the page."""
        return {"page": bytes(self._page)}

    def load_state(self, state: State) -> None:
        """Set the page."""
        if len(state["page"]) != PAGE:
            raise ValueError(f"htif.page has {len(state['page'])} bytes; it takes {PAGE}")
        self._page[:] = state["page"]
