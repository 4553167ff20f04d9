"""Virtio over memory-mapped registers: the transport of QEMU's `virt` board (1.2, section 4.2).

Version 2 of the register layout (OpenSBI, U-Boot and Linux need nothing older)::

    offset                                         offset
    0x000 MagicValue      R  "virt"                0x060 InterruptStatus R  1 used, 2 config
    0x004 Version         R  2                     0x064 InterruptACK    W
    0x008 DeviceID        R  0: empty slot         0x070 Status          RW 0 resets
    0x00c VendorID        R                        0x080 QueueDesc       W  low, 0x084 high
    0x010 DeviceFeatures  R  32 bits of them       0x090 QueueDriver     W  low, 0x094 high
    0x014   ...Sel        W  which 32              0x0a0 QueueDevice     W  low, 0x0a4 high
    0x020 DriverFeatures  W                        0x0b0 SHMLen, Base    R  no such region
    0x024   ...Sel        W                        0x0fc ConfigGeneration R
    0x030 QueueSel        W                        0x100 Config          R  device-specific
    0x034 QueueNumMax     R
    0x038 QueueNum        W   Status: 1 acknowledge, 2 driver, 4 driver ok, 8 features ok,
    0x044 QueueReady      RW          0x40 device needs reset, 0x80 failed
    0x050 QueueNotify     W
"""

from . import DmaFault, DmaPort, InterruptLine, State
from .virtio import INDIRECT_DESC, VERSION_1, VirtioDevice
from .virtqueue import SIZE_MAX, QueueError, Virtqueue, is_size

MAGIC = int.from_bytes(b"virt", "little")
VENDOR = int.from_bytes(b"QEMU", "little")
DRIVER_OK, FEATURES_OK, NEEDS_RESET = 4, 8, 0x40
USED, CONFIG_CHANGED = 1, 2
ADDRESSES = {0x80: "descriptors", 0x90: "available", 0xA0: "used"}
CONFIG = 0x100
NO_REGION = 0xFFFF_FFFF


class VirtioMmio:
    """One slot of the board, with a virtio device in it or empty.

    Parameters
    ----------
    device : VirtioDevice or None
        What sits in the slot.
    port : DmaPort
        Its way to memory.
    line : callable
        The slot's interrupt wire.
    """

    size = 0x1000
    widths = (1, 2, 4, 8)

    def __init__(self, device: VirtioDevice | None, port: DmaPort, line: InterruptLine):
        self.device = device or VirtioDevice()
        self.name = self.device.name
        self._line = line
        self._queues = [Virtqueue(port) for _ in range(self.device.queue_count)]
        self.device.attach(self._queues, self._serve)
        self._offered = self.device.features | VERSION_1 | INDIRECT_DESC
        self._power_on()

    def _power_on(self) -> None:
        self._status, self._interrupt = 0, 0
        self._features, self._features_select, self._driver_select = 0, 0, 0
        self._queue_select = 0
        for queue in self._queues:
            queue.reset()

    def reset(self) -> None:
        """As when power comes on."""
        self._power_on()
        self.device.reset()
        self._line(False)

    # -- what the device does -------------------------------------------------------------

    def _serve(self, index: int) -> None:
        """Let the device work on a queue; a broken ring stops the device until it is reset."""
        working = self._status & (DRIVER_OK | NEEDS_RESET) == DRIVER_OK
        if not working or index >= len(self._queues) or not self._queues[index].ready:
            return
        try:
            if self.device.serve(index) and self._queues[index].wants_interrupt():
                self._raise(USED)
        except (QueueError, DmaFault):
            self._status |= NEEDS_RESET
            self._raise(CONFIG_CHANGED)

    def _raise(self, cause: int) -> None:
        self._interrupt |= cause
        self._line(True)

    # -- registers ------------------------------------------------------------------------

    def read(self, offset: int, width: int) -> int:
        """Return a register (32 bits), or bytes of the configuration space."""
        if width == 8:
            return self.read(offset, 4) | self.read(offset + 4, 4) << 32
        if offset >= CONFIG:
            start = offset - CONFIG
            return int.from_bytes(self.device.config()[start : start + width], "little")
        if width != 4:
            return 0
        if offset < 0x10 or not self.device.device_id:
            return {0: MAGIC, 4: 2, 8: self.device.device_id, 0xC: VENDOR}.get(offset, 0)
        return self._register(offset)

    def _register(self, offset: int) -> int:
        queue = self._selected
        if offset == 0x10:
            return self._word(self._offered, self._features_select)
        if offset == 0x34:
            return SIZE_MAX if queue else 0
        if offset == 0x44:
            return int(queue.ready) if queue else 0
        if offset in (0x60, 0x70):
            return self._interrupt if offset == 0x60 else self._status
        if 0xB0 <= offset <= 0xBC:
            return NO_REGION
        return 0

    @staticmethod
    def _word(value: int, select: int) -> int:
        return value >> 32 * select & 0xFFFF_FFFF if select < 2 else 0

    @property
    def _selected(self) -> Virtqueue | None:
        return self._queues[self._queue_select] if self._queue_select < len(self._queues) else None

    def write(self, offset: int, width: int, value: int) -> None:
        """Set a register (no device here has configuration that a driver sets)."""
        if width == 8:
            self.write(offset, 4, value & 0xFFFF_FFFF)
            self.write(offset + 4, 4, value >> 32)
        elif width == 4 and self.device.device_id:
            self._set(offset, value)

    def _set(self, offset: int, value: int) -> None:
        if offset == 0x14:
            self._features_select = value
        elif offset == 0x20:
            self._accept_features(value)
        elif offset == 0x24:
            self._driver_select = value
        elif offset == 0x30:
            self._queue_select = value
        elif offset == 0x50:
            self._serve(value)
        elif offset == 0x64:
            self._interrupt &= ~value
            self._line(bool(self._interrupt))
        elif offset == 0x70:
            self._set_status(value)
        elif self._selected is not None:
            self._set_queue(self._selected, offset, value)

    def _accept_features(self, value: int) -> None:
        if self._driver_select < 2 and not self._status & FEATURES_OK:
            shift = 32 * self._driver_select
            self._features = self._features & ~(0xFFFF_FFFF << shift) | value << shift

    def _set_status(self, value: int) -> None:
        if value == 0:
            self.reset()
            return
        value = value & 0xFF | self._status & NEEDS_RESET  # which only a reset takes back
        acceptable = self._features & VERSION_1 and not self._features & ~self._offered
        if value & FEATURES_OK and not acceptable:
            value &= ~FEATURES_OK
        started = value & ~self._status & DRIVER_OK
        self._status = value
        if started:  # what came in meanwhile
            for index in range(len(self._queues)):
                self._serve(index)

    def _set_queue(self, queue: Virtqueue, offset: int, value: int) -> None:
        if offset == 0x44:
            queue.ready = bool(value & 1)
        elif queue.ready:
            return  # a queue in use keeps its place
        elif offset == 0x38 and is_size(value):
            queue.size = value
        elif offset & ~4 in ADDRESSES:
            field, shift = ADDRESSES[offset & ~4], 8 * (offset & 4)
            old = getattr(queue, field)
            setattr(queue, field, old & ~(0xFFFF_FFFF << shift) | value << shift)

    # -- snapshots ------------------------------------------------------------------------

    _FIELDS = (
        "status", "interrupt", "features", "features_select", "driver_select", "queue_select",
    )  # fmt: skip

    def state(self) -> State:
        """Registers, queues and the device's own state."""
        return {field: getattr(self, f"_{field}") for field in self._FIELDS} | {
            "queues": [queue.state() for queue in self._queues],
            "device": self.device.state(),
        }

    def load_state(self, state: State) -> None:
        """Set all that, and the interrupt line."""
        if len(state["queues"]) != len(self._queues):
            raise ValueError(
                f"{self.name}.queues has {len(state['queues'])}; it takes {len(self._queues)}"
            )
        for queue, saved in zip(self._queues, state["queues"], strict=True):
            queue.load_state(saved)
        for field in self._FIELDS:
            setattr(self, f"_{field}", int(state[field]) & (1 << 64) - 1)
        self.device.load_state(state["device"])
        self._line(bool(self._interrupt))
