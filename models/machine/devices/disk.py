"""A disk driven register by register, as PC disks were before DMA.

Each sector takes 128 data accesses besides the command's own, and under a hypervisor each access
is an exit: the contrast to virtio_block.py::

    offset
    0x00  IDENTITY  R   0x4B534944, "DISK"
    0x04  CAPACITY  R   sectors of 512 bytes
    0x08  SECTOR    RW  where the next command reads or writes
    0x0C  COMMAND   W   1 read, 2 write
    0x10  STATUS    R   1 ready for a command, 2 data wait to be moved, 4 the command failed
    0x14  INTERRUPT RW  1 pending (write 1 to clear it), 2 enabled
    0x18  DATA      RW  the sector, a word at a time

A read: SECTOR, COMMAND 1, interrupt, 128 reads of DATA. A write: SECTOR, COMMAND 2, 128 writes of
DATA, interrupt. A command that fails interrupts at once. It takes no time: speed is counted here in
accesses and exits.
"""

from . import InterruptLine, State
from .drive import SECTOR, Drive

IDENTITY, CAPACITY, SECTOR_NUMBER, COMMAND, STATUS, INTERRUPT, DATA = range(0, 0x1C, 4)
MAGIC = int.from_bytes(b"DISK", "little")
READ, WRITE = 1, 2
READY, DATA_WAITS, FAILED = 1, 2, 4
PENDING, ENABLED = 1, 2


class Disk:
    """Register-level disk.

    Parameters
    ----------
    drive : Drive
        Its sectors.
    line : callable
        The interrupt wire.
    """

    name = "disk"
    size = 0x1000
    widths = (4,)

    def __init__(self, drive: Drive, line: InterruptLine):
        self.drive, self._line = drive, line
        self._power_on()

    def _power_on(self) -> None:
        self._sector, self._command, self._failed, self._interrupt = 0, 0, False, 0
        self._buffer, self._position = bytearray(), 0

    def reset(self) -> None:
        """No command under way, no interrupt; the drive keeps its sectors."""
        self._power_on()
        self._update()

    def _update(self) -> None:
        self._line(self._interrupt == PENDING | ENABLED)

    def _finish(self, failed: bool) -> None:
        self._failed = failed
        self._interrupt |= PENDING
        self._update()

    def _start(self, command: int) -> None:
        self._command, self._position, self._buffer = 0, 0, bytearray()
        refused = command == WRITE and self.drive.read_only
        if command not in (READ, WRITE) or refused or not self.drive.holds(self._sector, 1):
            self._finish(failed=True)
            return
        self._command, self._failed = command, False
        if command == READ:
            self._buffer = bytearray(self.drive.read(self._sector))
            self._finish(failed=False)

    @property
    def _status(self) -> int:
        return (DATA_WAITS if self._command else READY) | (FAILED if self._failed else 0)

    def read(self, offset: int, width: int) -> int:
        """Return a register; reading DATA moves on to the next word."""
        if offset == DATA:
            return self._read_data()
        registers = {
            IDENTITY: MAGIC,
            CAPACITY: self.drive.sectors & 0xFFFF_FFFF,
            SECTOR_NUMBER: self._sector,
            STATUS: self._status,
            INTERRUPT: self._interrupt,
        }
        return registers.get(offset, 0)

    def _read_data(self) -> int:
        if self._command != READ:
            return 0
        word = int.from_bytes(self._buffer[self._position : self._position + 4], "little")
        self._position += 4
        if self._position == SECTOR:
            self._command = 0
        return word

    def write(self, offset: int, width: int, value: int) -> None:
        """Set a register; the last word of a sector completes a write."""
        if offset == SECTOR_NUMBER:
            self._sector = value
        elif offset == COMMAND:
            self._start(value)
        elif offset == INTERRUPT:
            self._interrupt = value & ENABLED | self._interrupt & PENDING & ~value
            self._update()
        elif offset == DATA and self._command == WRITE:
            self._buffer += value.to_bytes(4, "little")
            if len(self._buffer) == SECTOR:
                self.drive.write(self._sector, bytes(self._buffer))
                self._command = 0
                self._finish(failed=False)

    def state(self) -> State:
        """Registers, the sector under way, and the drive's written sectors."""
        return {
            "sector": self._sector,
            "command": self._command,
            "failed": self._failed,
            "interrupt": self._interrupt,
            "buffer": bytes(self._buffer),
            "position": self._position,
            "drive": self.drive.state(),
        }

    def load_state(self, state: State) -> None:
        """Set all that, and the interrupt line."""
        command, position, buffer = state["command"], state["position"], state["buffer"]
        if command not in (0, READ, WRITE):
            raise ValueError(f"disk.command is {command}; it is 0, {READ} or {WRITE}")
        if position not in range(0, SECTOR + 1, 4):
            raise ValueError(f"disk.position is {position}; it is a multiple of 4 up to {SECTOR}")
        if len(buffer) > SECTOR or len(buffer) % 4:
            raise ValueError(f"disk.buffer has {len(buffer)} bytes; whole words up to {SECTOR}")
        self.drive.load_state(state["drive"])
        self._sector, self._command = int(state["sector"]) & 0xFFFF_FFFF, int(command)
        self._failed, self._interrupt = bool(state["failed"]), int(state["interrupt"]) & 3
        self._buffer, self._position = bytearray(buffer), int(position)
        self._update()
