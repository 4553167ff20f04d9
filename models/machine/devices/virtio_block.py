"""Virtio block device: a request is one chain, whatever its length (1.2, section 5.2).

::

    readable  | type u32 | reserved u32 | sector u64 | data to write ...
    writable  | data read ...                        | status u8: 0 done, 1 failed, 2 unknown

Types: 0 read, 1 write, 4 flush, 8 identity (20 bytes of text).
Configuration: capacity u64, size_max u32, seg_max u32, geometry 4 bytes, block size u32.
"""

from struct import Struct

from . import State
from .drive import SECTOR, Drive
from .virtio import VirtioDevice
from .virtqueue import SIZE_MAX, Chain

HEADER = Struct("<IIQ")
IN, OUT, FLUSH, GET_ID = 0, 1, 4, 8
OK, IO_ERROR, UNSUPPORTED = b"\0", b"\1", b"\2"
SIZE_MAX_BIT, SEG_MAX_BIT, READ_ONLY_BIT, BLOCK_SIZE_BIT, FLUSH_BIT = (
    1 << 1, 1 << 2, 1 << 5, 1 << 6, 1 << 9,
)  # fmt: skip
SEGMENT_BYTES = 4096  # 254 segments of a page: under virtqueue.BYTES_MAX
IDENTITY = b"models-virtio-block\0"


class VirtioBlock(VirtioDevice):
    """Block device over a drive.

    Parameters
    ----------
    drive : Drive
        Its sectors.
    """

    name = "virtio-block"
    device_id = 2
    queue_count = 1

    def __init__(self, drive: Drive):
        self.drive = drive
        self.features = SIZE_MAX_BIT | SEG_MAX_BIT | BLOCK_SIZE_BIT | FLUSH_BIT
        if drive.read_only:
            self.features |= READ_ONLY_BIT

    def config(self) -> bytes:
        """Capacity and limits."""
        return Struct("<QII4xI").pack(self.drive.sectors, SEGMENT_BYTES, SIZE_MAX - 2, SECTOR)

    def serve(self, index: int) -> bool:
        """Carry out every request that waits."""
        queue, any_done = self.queues[index], False
        for chain in self.offered(queue):
            queue.push(chain, self._request(chain))
            any_done = True
        return any_done

    def _request(self, chain: Chain) -> int:
        """Carry out one request; return the used length: all up to the status, the last byte."""
        message = chain.read()
        if len(message) < HEADER.size or chain.writable < 1:
            return 0  # nowhere to say what is wrong
        kind, _, sector = HEADER.unpack_from(message)
        status, data = self._perform(kind, sector, message[HEADER.size :], chain.writable - 1)
        chain.write(data)
        chain.write(status, at=chain.writable - 1)
        return chain.writable

    def _perform(self, kind: int, sector: int, payload: bytes, room: int) -> tuple[bytes, bytes]:
        """Return a status and the data read."""
        if kind == IN:
            count, rest = divmod(room, SECTOR)
            if rest or not self.drive.holds(sector, count):
                return IO_ERROR, b""
            return OK, self.drive.read(sector, count)
        if kind == OUT:
            count, rest = divmod(len(payload), SECTOR)
            if rest or self.drive.read_only or not self.drive.holds(sector, count):
                return IO_ERROR, b""
            self.drive.write(sector, payload)
            return OK, b""
        if kind == FLUSH:
            return OK, b""
        if kind == GET_ID:
            return OK, IDENTITY[:room]
        return UNSUPPORTED, b""

    def state(self) -> State:
        """Return the drive's written sectors (no request outlasts a notification)."""
        return {"drive": self.drive.state()}

    def load_state(self, state: State) -> None:
        """Set them."""
        self.drive.load_state(state["drive"])
