"""A network card driven register by register: every word of a frame is an access of its own.

The contrast to virtio_net.py, as disk.py is to virtio_block.py::

    offset
    0x00  IDENTITY    R   0x2043494E, "NIC "
    0x04  MAC_LOW     R   bytes 0 to 3 of the card's address
    0x08  MAC_HIGH    R   bytes 4 and 5
    0x0C  INTERRUPT   RW  1 a frame waits (read only), 2 interrupt while one does
    0x10  SEND_LENGTH W   bytes of the frame to come; starts a frame
    0x14  SEND_DATA   W   the frame, a word at a time; the last word sends it
    0x18  WAITING     R   bytes of the frame that waits to be read; 0: none
    0x1C  DATA        R   that frame, a word at a time
    0x20  NEXT        W   done with that frame
"""

from . import InterruptLine, State
from .network import FRAME_MAX, EchoPeer

(IDENTITY, MAC_LOW, MAC_HIGH, INTERRUPT, SEND_LENGTH,
 SEND_DATA, WAITING, DATA, NEXT) = range(0, 0x24, 4)  # fmt: skip
MAGIC = int.from_bytes(b"NIC ", "little")
FRAME_WAITS, ENABLED = 1, 2
MAC = bytes.fromhex("525500000001")


class Nic:
    """Register-level network card.

    Parameters
    ----------
    peer : EchoPeer
        The other end of the cable.
    line : callable
        The interrupt wire.
    """

    name = "nic"
    size = 0x1000
    widths = (4,)

    def __init__(self, peer: EchoPeer, line: InterruptLine):
        self._peer, self._line = peer, line
        self._power_on()
        peer.attach(self._arrived)

    def _power_on(self) -> None:
        self._enabled, self._send_length, self._position = 0, 0, 0
        self._sending, self._received = bytearray(), b""

    def reset(self) -> None:
        """No frame on the card or the cable, interrupt off."""
        self._power_on()
        self._peer.reset()
        self._line(False)

    def _arrived(self) -> None:
        """Take in the next frame, if there is room for it (the card holds one)."""
        if not self._received:
            self._received, self._position = self._peer.receive() or b"", 0
        self._line(bool(self._enabled and self._received))

    def read(self, offset: int, width: int) -> int:
        """Return a register; reading DATA moves on to the next word."""
        if offset == DATA:
            word = self._received[self._position : self._position + 4]
            self._position = min(self._position + 4, len(self._received))
            return int.from_bytes(word, "little")
        registers = {
            IDENTITY: MAGIC,
            MAC_LOW: int.from_bytes(MAC[:4], "little"),
            MAC_HIGH: int.from_bytes(MAC[4:], "little"),
            INTERRUPT: self._enabled | (FRAME_WAITS if self._received else 0),
            WAITING: len(self._received),
        }
        return registers.get(offset, 0)

    def write(self, offset: int, width: int, value: int) -> None:
        """Set a register; the last word of a frame sends it."""
        if offset == INTERRUPT:
            self._enabled = value & ENABLED
            self._arrived()
        elif offset == SEND_LENGTH:
            self._send_length = value if value <= FRAME_MAX else 0
            self._sending = bytearray()
        elif offset == SEND_DATA and self._send_length:
            self._sending += value.to_bytes(4, "little")
            if len(self._sending) >= self._send_length:
                self._peer.send(bytes(self._sending[: self._send_length]))
                self._send_length = 0
        elif offset == NEXT:
            self._received = b""
            self._arrived()

    def state(self) -> State:
        """Registers, frames on the card and on the cable."""
        return {
            "enabled": self._enabled,
            "send_length": self._send_length,
            "sending": bytes(self._sending),
            "received": self._received,
            "position": self._position,
            "peer": self._peer.state(),
        }

    def load_state(self, state: State) -> None:
        """Set all that, and the interrupt line."""
        for field in ("sending", "received"):
            if len(state[field]) > FRAME_MAX + 2:
                raise ValueError(f"nic.{field} has {len(state[field])} bytes; {FRAME_MAX} at most")
        self._peer.load_state(state["peer"])
        self._enabled, self._send_length = int(state["enabled"]) & ENABLED, state["send_length"]
        self._sending, self._received = bytearray(state["sending"]), bytes(state["received"])
        self._position = int(state["position"])
        self._line(bool(self._enabled and self._received))
