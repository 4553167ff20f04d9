"""The network: a peer inside this process that answers every frame, late or never.

No frame reaches the host's network. The peer echoes: it sends each Ethernet frame back to its
sender after `delay` ticks, and loses a share `loss` of them (which ones, a seeded generator
decides, so a run repeats bit for bit). Addresses are swapped, those of IP and UDP too; ARP requests
and pings are answered, so drivers and firmware find a neighbour at any address they ask for.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import Clock, State

FRAME_MIN, FRAME_MAX = 14, 1514
QUEUE_MAX = 256
ARP, IPV4 = b"\x08\x06", b"\x08\x00"
ARP_REQUEST, ARP_REPLY, PING = b"\0\1", b"\0\2", b"\x08"
ICMP, UDP = 1, 17
PEER_MAC = bytes.fromhex("525500000002")


def echo(frame: bytes) -> bytes:
    """Return the peer's answer to a frame.

    ::

        Ethernet  to 0..5  from 6..11  type 12..13
        ARP       ... operation 20..21 sender 22..31 target 32..41
        IPv4      14: version and header length  23: protocol  from 26..29  to 30..33
        then      UDP from, to port 2 bytes each | ICMP type, code, checksum 2 bytes
    """
    answer = bytearray(frame[6:12] + PEER_MAC + frame[12:])
    kind = frame[12:14]
    if kind == ARP and len(frame) >= 42 and frame[20:22] == ARP_REQUEST:
        answer[20:22] = ARP_REPLY
        answer[22:32] = PEER_MAC + frame[38:42]
        answer[32:42] = frame[22:32]
    elif kind == IPV4 and len(frame) >= 34:
        answer[26:34] = frame[30:34] + frame[26:30]
        inner = 14 + 4 * (frame[14] & 15)
        if frame[23] == UDP and len(frame) >= inner + 4:
            answer[inner : inner + 4] = frame[inner + 2 : inner + 4] + frame[inner : inner + 2]
        elif frame[23] == ICMP and frame[inner : inner + 1] == PING and len(frame) >= inner + 4:
            # The type falls by 8 in the high byte, so the complement's sum rises by 0x0800.
            checksum = int.from_bytes(frame[inner + 2 : inner + 4], "big") + 0x0800
            checksum = (checksum & 0xFFFF) + (checksum >> 16)
            answer[inner : inner + 4] = (
                b"\0" + frame[inner + 1 : inner + 2] + checksum.to_bytes(2, "big")
            )
    return bytes(answer)


@dataclass(frozen=True)
class Link:
    """How the peer behaves.

    Parameters
    ----------
    delay : int
        Ticks between a frame's departure and its echo's arrival.
    loss : float
        Share of frames that the peer never answers, 0 to 1.
    seed : int
        Of the generator that picks them.
    """

    delay: int = 100
    loss: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; it must be 0 or more")
        if self.delay < 0:
            raise ValueError(f"delay is {self.delay}; it must be 0 or more ticks")
        if not 0 <= self.loss <= 1:
            raise ValueError(f"loss is {self.loss}; it must be 0 to 1")


class EchoPeer:
    """The other end of a network device's cable.

    Parameters
    ----------
    link : Link
        Delay and loss.
    clock : Clock
        The board's machine timer.
    """

    def __init__(self, link: Link, clock: Clock):
        self.link, self._clock = link, clock
        self._deliver: Callable[[], None] = lambda: None
        self.reset()

    def attach(self, deliver: Callable[[], None]) -> None:
        """Name the device's call-back for when a frame has arrived."""
        self._deliver = deliver

    def reset(self) -> None:
        """Empty cable, nothing sent yet."""
        self._sent = 0
        self._flying: deque[tuple[int, bytes]] = deque()  # (arrival tick, frame), in order
        self._clock.schedule(None, self._arrive)

    def _loses(self, number: int) -> bool:
        """Whether the frame of that number is lost (a function of it: the count is all state)."""
        return np.random.default_rng([self.link.seed, number]).random() < self.link.loss

    def send(self, frame: bytes) -> None:
        """Take a frame from the device; its echo will arrive, or not."""
        self._sent += 1
        if not FRAME_MIN <= len(frame) <= FRAME_MAX or len(self._flying) >= QUEUE_MAX:
            return
        if self.link.loss and self._loses(self._sent):
            return
        self._flying.append((self._clock.now() + self.link.delay, echo(frame)))
        self._schedule(self._clock.now())

    def receive(self) -> bytes | None:
        """Return the next frame that has arrived, if one has."""
        if self._flying and self._flying[0][0] <= self._clock.now():
            return self._flying.popleft()[1]
        return None

    def _arrive(self) -> None:
        self._deliver()
        self._schedule(self._clock.now() + 1)  # what is here waits for the device to ask

    def _schedule(self, earliest: int) -> None:
        """Come back at the next arrival from that tick on."""
        arrivals = (tick for tick, _ in self._flying if tick >= earliest)
        self._clock.schedule(next(arrivals, None), self._arrive)

    def state(self) -> State:
        """How many frames were sent, and those under way."""
        return {"sent": self._sent, "flying": [[tick, frame] for tick, frame in self._flying]}

    def load_state(self, state: State) -> None:
        """Set both, and the timer."""
        flying = deque((int(tick), bytes(frame)) for tick, frame in state["flying"])
        if len(flying) > QUEUE_MAX or any(len(frame) > FRAME_MAX for _, frame in flying):
            raise ValueError(
                f"network.flying: at most {QUEUE_MAX} frames of at most {FRAME_MAX} bytes"
            )
        self._sent, self._flying = int(state["sent"]), flying
        self._schedule(self._clock.now())
