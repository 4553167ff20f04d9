"""A virtqueue: the split ring of the OASIS virtio specification (1.2, section 2.7), device side.

The driver lends buffers to the device, the device gives them back; three tables in guest memory::

    descriptor table, 16 bytes an entry        available ring         used ring
    +--------------------------------+         +---------------+      +-------------------+
    | address                    u64 |         | flags     u16 |      | flags         u16 |
    | length                     u32 |         | index     u16 |      | index         u16 |
    | flags  1 next 2 write      u16 |         | ring[n]   u16 |      | ring[n]  id   u32 |
    |        4 indirect              |         +---------------+      |          len  u32 |
    | next                       u16 |         written by driver      +-------------------+
    +--------------------------------+                                written by device

A request is a chain of descriptors: first those the device reads, then those it writes. `pop`
takes the next chain, `push` gives it back. A ring that breaks the rules (a cycle, an index past
the table, more chains offered than the ring holds) raises `QueueError`, memory that the device may
not reach `DmaFault`; the transport answers both by stopping the device (DEVICE_NEEDS_RESET).
"""

from dataclasses import dataclass
from struct import Struct

from . import DmaPort, State

NEXT, WRITE, INDIRECT = 1, 2, 4
NO_INTERRUPT = 1  # flag of the available ring
NO_NOTIFY = 1  # flag of the used ring
SIZE_MAX = 256
# No device here takes a longer request (Linux keeps under it, told by seg_max and the MTU), so one
# kick with lying lengths moves little, even if each of its 256 chains is as long as it may be.
BYTES_MAX = 1 << 20

DESCRIPTOR, PAIR, INDEX, ELEMENT = Struct("<QIHH"), Struct("<HH"), Struct("<H"), Struct("<II")


class QueueError(Exception):
    """The driver broke the ring's rules."""


@dataclass(frozen=True)
class Buffer:
    """A range of guest memory that one descriptor lends."""

    address: int
    length: int
    writable: bool


class Chain:
    """One request: what the device may read, then what it may write.

    Parameters
    ----------
    head : int
        Index of the first descriptor, by which the chain is given back.
    buffers : list of Buffer
        Its parts in order.
    port : DmaPort
        The device's way to them.
    """

    def __init__(self, head: int, buffers: list[Buffer], port: DmaPort):
        self.head, self._port = head, port
        self._readable = [b for b in buffers if not b.writable]
        self._writable = [b for b in buffers if b.writable]
        self.readable = sum(b.length for b in self._readable)
        self.writable = sum(b.length for b in self._writable)

    def read(self) -> bytes:
        """Return all that the driver wrote for the device."""
        return b"".join(self._port.read(b.address, b.length) for b in self._readable)

    def write(self, data: bytes, at: int = 0) -> int:
        """Scatter `data` over the writable part from byte `at` on; return how much fitted."""
        done, start = 0, 0
        for buffer in self._writable:
            skip = max(at - start, 0)
            part = data[done : done + max(buffer.length - skip, 0)]
            if part:
                self._port.write(buffer.address + skip, part)
            done += len(part)
            start += buffer.length
        return done


class Virtqueue:
    """Device side of one queue.

    Parameters
    ----------
    port : DmaPort
        The device's way to guest memory.
    """

    def __init__(self, port: DmaPort):
        self._port = port
        self.reset()

    def reset(self) -> None:
        """Not ready; nothing taken, nothing given back."""
        self.size, self.ready = SIZE_MAX, False
        self.descriptors = self.available = self.used = 0  # addresses, set by the driver
        self.suppressed = False  # whether the driver is told not to notify
        self.taken = 0  # chains popped, modulo 2**16; the driver's index runs ahead of it
        self.given = 0  # chains pushed, modulo 2**16; what the driver sees as used index

    # -- the available ring ---------------------------------------------------------------

    def waiting(self) -> int:
        """Return how many chains the driver has offered and the device has not taken."""
        if not self.ready:
            return 0
        _, index = PAIR.unpack(self._port.read(self.available, PAIR.size))
        ahead = (index - self.taken) & 0xFFFF
        if ahead > self.size:
            raise QueueError(f"{ahead} chains offered in a ring of {self.size}")
        return ahead

    def pop(self) -> Chain | None:
        """Take the next offered chain, if there is one."""
        if not self.waiting():
            return None
        slot = self.available + PAIR.size + INDEX.size * (self.taken % self.size)
        (head,) = INDEX.unpack(self._port.read(slot, INDEX.size))
        chain = Chain(head, self._walk(head), self._port)
        self.taken = (self.taken + 1) & 0xFFFF
        return chain

    def _walk(self, head: int) -> list[Buffer]:
        """Follow a chain through the table, and through an indirect table if it names one."""
        table, entries, index = self.descriptors, self.size, head
        buffers: list[Buffer] = []
        total, indirect = 0, False
        while True:
            if index >= entries:
                raise QueueError(f"descriptor {index} of a table of {entries}")
            where = table + DESCRIPTOR.size * index
            address, length, flags, following = DESCRIPTOR.unpack(
                self._port.read(where, DESCRIPTOR.size)
            )
            if flags & INDIRECT:
                if indirect or flags & NEXT or length % DESCRIPTOR.size or not length:
                    raise QueueError(f"indirect table of {length} bytes, flags {flags:#x}")
                table, entries, index = address, length // DESCRIPTOR.size, 0
                indirect = True
                continue
            writable = bool(flags & WRITE)
            if buffers and buffers[-1].writable and not writable:
                raise QueueError("a readable buffer after a writable one")
            buffers.append(Buffer(address, length, writable))
            total += length
            if total > BYTES_MAX:
                raise QueueError(f"a chain of more than {BYTES_MAX} bytes")
            if not flags & NEXT:
                return buffers
            if len(buffers) >= self.size:  # a longer chain is not allowed, so this ends cycles too
                raise QueueError(f"a chain of more than {self.size} descriptors")
            index = following

    # -- the used ring --------------------------------------------------------------------

    def push(self, chain: Chain, written: int) -> None:
        """Give a chain back, having written that many bytes into it."""
        slot = self.used + PAIR.size + ELEMENT.size * (self.given % self.size)
        self._port.write(slot, ELEMENT.pack(chain.head, written))
        self.given = (self.given + 1) & 0xFFFF
        self._port.write(self.used + INDEX.size, INDEX.pack(self.given))

    def wants_interrupt(self) -> bool:
        """Whether the driver wants to hear of used buffers."""
        (flags,) = INDEX.unpack(self._port.read(self.available, INDEX.size))
        return not flags & NO_INTERRUPT

    def suppress_notifications(self, suppress: bool) -> None:
        """Tell the driver whether it need not notify of new chains (the device looks anyway)."""
        if self.ready and suppress != self.suppressed:
            self._port.write(self.used, INDEX.pack(NO_NOTIFY if suppress else 0))
            self.suppressed = suppress

    # -- snapshots ------------------------------------------------------------------------

    _FIELDS = (
        "size", "ready", "descriptors", "available", "used", "taken", "given", "suppressed",
    )  # fmt: skip

    def state(self) -> State:
        """Addresses and indices."""
        return {field: getattr(self, field) for field in self._FIELDS}

    def load_state(self, state: State) -> None:
        """Set addresses and indices."""
        size = int(state["size"])
        if not is_size(size):
            raise ValueError(f"virtqueue.size is {size}; it is a power of two up to {SIZE_MAX}")
        self.size, self.ready = size, bool(state["ready"])
        self.suppressed = bool(state["suppressed"])
        for field in ("descriptors", "available", "used"):
            setattr(self, field, int(state[field]) & (1 << 64) - 1)
        self.taken, self.given = int(state["taken"]) & 0xFFFF, int(state["given"]) & 0xFFFF


def is_size(size: int) -> bool:
    """Whether a queue may have that many entries."""
    return 1 <= size <= SIZE_MAX and size & (size - 1) == 0
