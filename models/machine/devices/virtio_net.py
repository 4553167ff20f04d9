"""Virtio network card: a frame is one chain, and many frames one notification (1.2, section 5.1).

Queue 0 receives, queue 1 sends. Before each frame stands a header of 12 bytes, zero here but for
`num_buffers`, 1 (none of the offloads is offered)::

    0       1          2         4          6            8             10
    | flags | gso_type | hdr_len | gso_size | csum_start | csum_offset | num_buffers |

Configuration: MAC address, 6 bytes; link status u16, 1 = up.
"""

from . import State
from .network import FRAME_MAX, EchoPeer
from .nic import MAC
from .virtio import VirtioDevice

RECEIVE, SEND = 0, 1
MAC_BIT, STATUS_BIT = 1 << 5, 1 << 16
HEADER = bytes(10) + b"\1\0"


class VirtioNet(VirtioDevice):
    """Network card with a peer at the end of its cable.

    Parameters
    ----------
    peer : EchoPeer
        The other end.
    """

    name = "virtio-net"
    device_id = 1
    queue_count = 2
    features = MAC_BIT | STATUS_BIT

    def __init__(self, peer: EchoPeer):
        self._peer = peer
        self._waiting = b""  # a frame that arrived and found no buffer
        peer.attach(lambda: self.wake(RECEIVE))

    def config(self) -> bytes:
        """MAC address and link status."""
        return MAC + b"\1\0"

    def serve(self, index: int) -> bool:
        """Move frames between queue and peer."""
        return self._receive() if index == RECEIVE else self._send()

    def _send(self) -> bool:
        queue, any_done = self.queues[SEND], False
        for chain in self.offered(queue):
            if chain.readable <= len(HEADER) + FRAME_MAX:
                self._peer.send(chain.read()[len(HEADER) :])
            queue.push(chain, 0)
            any_done = True
        return any_done

    def _receive(self) -> bool:
        """Fill buffers with what has arrived; ask to hear of new ones only while a frame waits."""
        queue, any_done = self.queues[RECEIVE], False
        for _ in range(queue.size):
            self._waiting = self._waiting or self._peer.receive() or b""
            chain = queue.pop() if self._waiting else None
            if chain is None:
                break
            queue.push(chain, chain.write(HEADER + self._waiting))
            self._waiting, any_done = b"", True
        queue.suppress_notifications(not self._waiting)
        return any_done

    def reset(self) -> None:
        """No frame on the card or the cable."""
        self._waiting = b""
        self._peer.reset()

    def state(self) -> State:
        """Frames on the card and on the cable."""
        return {"waiting": self._waiting, "peer": self._peer.state()}

    def load_state(self, state: State) -> None:
        """Set them."""
        if len(state["waiting"]) > FRAME_MAX:
            raise ValueError(f"virtio-net.waiting has {len(state['waiting'])} bytes")
        self._waiting = bytes(state["waiting"])
        self._peer.load_state(state["peer"])
