"""Virtio console: bytes in chains instead of one access a byte (1.2, section 5.3).

Queue 0 brings what is typed, queue 1 takes what is printed. Configuration: columns and rows u16,
number of ports u32, emergency write u32; none of them is offered.
"""

from collections.abc import Callable

from . import State
from .virtio import VirtioDevice

RECEIVE, TRANSMIT = 0, 1


class VirtioConsole(VirtioDevice):
    """Console over virtqueues.

    Parameters
    ----------
    transmit : callable
        Takes each byte printed.
    """

    name = "virtio-console"
    device_id = 3
    queue_count = 2

    def __init__(self, transmit: Callable[[int], None]):
        self._transmit = transmit
        self._typed = b""

    def config(self) -> bytes:
        """Nothing that a driver may look at."""
        return bytes(12)

    def feed(self, data: bytes) -> None:
        """Type: the guest gets the bytes as soon as it has lent a buffer for them."""
        self._typed += data
        self.wake(RECEIVE)

    def serve(self, index: int) -> bool:
        """Move bytes between queue and world."""
        queue, any_done = self.queues[index], False
        if index == RECEIVE and not self._typed:
            return False
        for chain in self.offered(queue):
            if index == TRANSMIT:
                for byte in chain.read():
                    self._transmit(byte)
                queue.push(chain, 0)
            else:
                written = chain.write(self._typed)
                self._typed = self._typed[written:]
                queue.push(chain, written)
            any_done = True
            if index == RECEIVE and not self._typed:
                break
        return any_done

    def reset(self) -> None:
        """What was typed still waits."""

    def state(self) -> State:
        """What was typed and not read."""
        return {"typed": self._typed}

    def load_state(self, state: State) -> None:
        """Set it."""
        self._typed = bytes(state["typed"])
