"""What every virtio device has, whatever bus carries it: an identity, features, queues.

A device is told of a notified queue by `serve`; it takes chains and gives them back, and its
transport (virtio_mmio.py) looks after registers, interrupts and broken rings.
"""

from collections.abc import Callable, Iterator

from . import State
from .virtqueue import Chain, Virtqueue

VERSION_1 = 1 << 32  # the device follows the standard, not the drafts before it
INDIRECT_DESC = 1 << 28


class VirtioDevice:
    """Base of the virtio devices.

    Attributes
    ----------
    device_id : int
        Kind of device by the specification (1 network, 2 block, 3 console).
    features : int
        Feature bits of this kind that are offered.
    queue_count : int
        Number of virtqueues.
    """

    name = "virtio"
    device_id = 0
    features = 0
    queue_count = 0

    def attach(self, queues: list[Virtqueue], wake: Callable[[int], None]) -> None:
        """Take the queues, and what to call when something happened outside that fills one."""
        self.queues, self.wake = queues, wake

    def config(self) -> bytes:
        """Return the device-specific configuration space."""
        return b""

    def serve(self, index: int) -> bool:
        """Work on a queue; return whether any chain was given back."""
        raise NotImplementedError

    def offered(self, queue: Virtqueue) -> Iterator[Chain]:
        """Chains to be served now: no more than the ring holds.

        A device that writes into its own available ring (the driver said so) could find work
        for ever otherwise.
        """
        for _ in range(queue.size):
            chain = queue.pop()
            if chain is None:
                return
            yield chain

    def reset(self) -> None:
        """Forget requests under way."""

    def state(self) -> State:
        """What a snapshot must keep besides the queues."""
        return {}

    def load_state(self, state: State) -> None:
        """Set it."""
