"""An IOMMU: which device may reach which memory, and where that memory is.

Small on purpose: no tables in memory but a register file of 16 windows. A window lets one device
reach `size` bytes from the address that the device uses (`base`) on, and puts them at `target` in
physical memory: so a device handed to a virtual machine understands the guest's addresses. Off (as
after reset) every device reaches all of RAM; on, an access must lie wholly in one valid window of
its device that allows it, or it is refused and reported::

    offset
    0x00  CONTROL       RW  bit 0: on
    0x08  FAULTS        RW  refused accesses since it was last written (a write clears all FAULT_*)
    0x10  FAULT_DEVICE  R   the first of them: device id,
    0x18  FAULT_ADDRESS R     the address it used,
    0x20  FAULT_WRITE   R     1 for a write
    0x28  SELECT        RW  the window, 0..15, that the following name
    0x30  DEVICE        RW  device id (its slot: virtio-mmio k is k)
    0x38  BASE          RW  first address, as the device uses it
    0x40  SIZE          RW  bytes
    0x48  TARGET        RW  first physical address
    0x50  ALLOW         RW  1 read, 2 write; 0: the window is not valid
"""

from dataclasses import astuple, dataclass

from . import DmaFault, DmaPort, State

(CONTROL, FAULTS, FAULT_DEVICE, FAULT_ADDRESS, FAULT_WRITE,
 SELECT, DEVICE, BASE, SIZE, TARGET, ALLOW) = range(0, 0x58, 8)  # fmt: skip
WINDOWS = 16
ALLOW_READ, ALLOW_WRITE = 1, 2
U64 = (1 << 64) - 1


@dataclass
class Window:
    """What one device may reach."""

    device: int = 0
    base: int = 0
    size: int = 0
    target: int = 0
    allow: int = 0

    def covers(self, device: int, address: int, length: int, write: bool) -> bool:
        """Whether an access is allowed by this window."""
        return (
            bool(self.allow & (ALLOW_WRITE if write else ALLOW_READ))
            and self.device == device
            and self.base <= address
            and address + length <= self.base + self.size
        )


FIELDS = {DEVICE: "device", BASE: "base", SIZE: "size", TARGET: "target", ALLOW: "allow"}


class Iommu:
    """IOMMU of the board; `port` puts it between a device and RAM."""

    name = "iommu"
    size = 0x1000
    widths = (8,)

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Off, no window, no fault."""
        self.on = False
        self.windows = [Window() for _ in range(WINDOWS)]
        self._select = 0
        self._faults = self._fault_device = self._fault_address = self._fault_write = 0

    def port(self, device: int, memory: DmaPort) -> DmaPort:
        """Return the DMA port for a device of that id, confined by this IOMMU."""
        return _ConfinedPort(self, device, memory)

    def translate(self, device: int, address: int, length: int, write: bool) -> int:
        """Return the physical address of a device's access; DmaFault when it is refused."""
        if not self.on:
            return address
        for window in self.windows:
            if window.covers(device, address, length, write):
                return address - window.base + window.target
        if not self._faults:
            self._fault_device, self._fault_address = device, address & U64
            self._fault_write = int(write)
        self._faults += 1
        raise DmaFault(address, length, write)

    def read(self, offset: int, width: int) -> int:
        """Return a register."""
        if offset in FIELDS:
            return int(getattr(self.windows[self._select], FIELDS[offset]))
        registers = {
            CONTROL: int(self.on),
            FAULTS: self._faults,
            FAULT_DEVICE: self._fault_device,
            FAULT_ADDRESS: self._fault_address,
            FAULT_WRITE: self._fault_write,
            SELECT: self._select,
        }
        return registers.get(offset, 0)

    def write(self, offset: int, width: int, value: int) -> None:
        """Set a register."""
        if offset in FIELDS:
            setattr(self.windows[self._select], FIELDS[offset], value)
        elif offset == CONTROL:
            self.on = bool(value & 1)
        elif offset == SELECT:
            self._select = value % WINDOWS
        elif offset == FAULTS:
            self._faults = self._fault_device = self._fault_address = self._fault_write = 0

    def state(self) -> State:
        """Return every register."""
        return {
            "on": self.on,
            "select": self._select,
            "faults": [self._faults, self._fault_device, self._fault_address, self._fault_write],
            "windows": [list(astuple(window)) for window in self.windows],
        }

    def load_state(self, state: State) -> None:
        """Set every register."""
        if len(state["windows"]) != WINDOWS:
            raise ValueError(f"iommu.windows has {len(state['windows'])}; it takes {WINDOWS}")
        windows = [Window(*(int(field) & U64 for field in w)) for w in state["windows"]]
        faults = [int(field) & U64 for field in state["faults"]]
        self._faults, self._fault_device, self._fault_address, self._fault_write = faults
        self.on, self.windows = bool(state["on"]), windows
        self._select = int(state["select"]) % WINDOWS


class _ConfinedPort:
    """A DMA port that asks the IOMMU first."""

    def __init__(self, iommu: Iommu, device: int, memory: DmaPort):
        self._iommu, self._device, self._memory = iommu, device, memory

    def read(self, address: int, length: int) -> bytes:
        """Return `length` bytes at `address`, as the device names it."""
        target = self._iommu.translate(self._device, address, length, write=False)
        return self._memory.read(target, length)

    def write(self, address: int, data: bytes) -> None:
        """Store `data` at `address`, as the device names it."""
        target = self._iommu.translate(self._device, address, len(data), write=True)
        self._memory.write(target, data)
