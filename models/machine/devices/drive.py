"""A drive: the sectors behind a disk, whichever interface the disk has.

The image it starts from is never written. Sectors that the guest writes are kept beside it (copy on
write), so a snapshot holds only those, and `image()` gives the whole as it now stands.
"""

from . import State

SECTOR = 512


class Drive:
    """Sectors of 512 bytes, copy on write.

    Parameters
    ----------
    image : bytes
        What the drive holds at first; padded with zeros to whole sectors.
    read_only : bool
        Refuse writes.
    """

    def __init__(self, image: bytes, read_only: bool = False):
        self._base = memoryview(image).toreadonly().cast("B")
        self._written: dict[int, bytes] = {}
        self.read_only = read_only
        self.sectors = -(-len(image) // SECTOR)

    def holds(self, sector: int, count: int) -> bool:
        """Whether `count` sectors from `sector` on are all there."""
        return sector >= 0 and count >= 0 and sector + count <= self.sectors

    def read(self, sector: int, count: int = 1) -> bytes:
        """Return `count` sectors; ValueError when they are not all there."""
        self._check(sector, count)
        if not self._written:
            return self._original(sector, count)
        return b"".join(
            self._written.get(s) or self._original(s, 1) for s in range(sector, sector + count)
        )

    def write(self, sector: int, data: bytes) -> None:
        """Store whole sectors; ValueError when they do not fit."""
        count, rest = divmod(len(data), SECTOR)
        if rest:
            raise ValueError(f"data has {len(data)} bytes; it takes a multiple of {SECTOR}")
        self._check(sector, count)
        if self.read_only:
            raise ValueError("the drive is read-only")
        for i in range(count):
            self._written[sector + i] = bytes(data[i * SECTOR : (i + 1) * SECTOR])

    def _check(self, sector: int, count: int) -> None:
        if not self.holds(sector, count):
            raise ValueError(
                f"sectors {sector} to {sector + count - 1} are not all on the drive, "
                f"which has {self.sectors}"
            )

    def _original(self, sector: int, count: int) -> bytes:
        data = bytes(self._base[sector * SECTOR : (sector + count) * SECTOR])
        return data.ljust(count * SECTOR, b"\0")

    def image(self) -> bytes:
        """Return the whole drive as it now stands."""
        return self.read(0, self.sectors)

    def state(self) -> State:
        """Return the written sectors."""
        return {"written": [[sector, data] for sector, data in sorted(self._written.items())]}

    def load_state(self, state: State) -> None:
        """Set the written sectors; ValueError when one does not fit this drive."""
        written = {}
        for sector, data in state["written"]:
            self._check(sector, 1)
            if len(data) != SECTOR:
                raise ValueError(f"sector {sector} has {len(data)} bytes; it takes {SECTOR}")
            written[int(sector)] = bytes(data)
        self._written = written
