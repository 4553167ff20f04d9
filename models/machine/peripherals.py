"""The board's devices, made, mapped and wired: everything on the bus besides hart and RAM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.events import Counters
from models.machine import layout
from models.machine.devices import Clock, Device, InterruptLine, State
from models.machine.devices.clint import Clint
from models.machine.devices.disk import Disk
from models.machine.devices.dma import RamPort
from models.machine.devices.drive import Drive
from models.machine.devices.finisher import Finisher
from models.machine.devices.iommu import Iommu
from models.machine.devices.network import EchoPeer, Link
from models.machine.devices.nic import Nic
from models.machine.devices.plic import Plic
from models.machine.devices.uart16550 import Uart
from models.machine.devices.virtio import VirtioDevice
from models.machine.devices.virtio_block import VirtioBlock
from models.machine.devices.virtio_console import VirtioConsole
from models.machine.devices.virtio_mmio import VirtioMmio
from models.machine.devices.virtio_net import VirtioNet
from models.machine.devicetree import Node, board_tree
from models.machine.memory import Bus
from models.machine.traps import MEIP, MSIP, MTIP, SEIP


@dataclass(frozen=True)
class Equipment:
    """What is plugged into a board.

    Parameters
    ----------
    drives : tuple of Drive
        Behind virtio-block devices, in slots from 0 up.
    network : Link, optional
        Of a virtio network card, in the slot after them.
    console : bool
        Whether a virtio console follows.
    disk : Drive, optional
        Behind the register-level disk.
    nic : Link, optional
        Of the register-level network card.
    iommu : bool
        Whether DMA goes through an IOMMU.
    """

    drives: tuple[Drive, ...] = ()
    network: Link | None = None
    console: bool = False
    disk: Drive | None = None
    nic: Link | None = None
    iommu: bool = False

    def __post_init__(self) -> None:
        used = len(self.drives) + (self.network is not None) + self.console
        if used > layout.VIRTIO_SLOTS:
            raise ValueError(
                f"drives, network and console need {used} virtio slots, "
                f"the board has {layout.VIRTIO_SLOTS}"
            )


class Peripherals:
    """Devices of one board.

    Parameters
    ----------
    equipment : Equipment
        What is plugged in.
    bus, clock, counters
        What it is plugged into.
    wire : callable
        Gives the hart's interrupt input for a bit of mip.
    transmit : callable
        Takes each byte that a console prints.
    halt : callable
        Ends the run: called with "pass", "fail" or "reset", and a code.

    Attributes
    ----------
    devices : dict
        By name: "uart", "plic", ..., "virtio0" to "virtio7".
    """

    def __init__(
        self,
        equipment: Equipment,
        bus: Bus,
        clock: Clock,
        counters: Counters,
        wire: Callable[[int], InterruptLine],
        transmit: Callable[[int], None],
        halt: Callable[[str, int], None],
    ):
        self.equipment = equipment
        self._bus, self._clock, self._counters = bus, clock, counters
        self.devices: dict[str, Device] = {}
        # A device is put on the bus in the order in which it is looked for: busiest first.
        self.plic = Plic((wire(MEIP), wire(SEIP)))
        self.uart = Uart(transmit, self._line(layout.UART_INTERRUPT, "uart"), clock)
        self._add("uart", layout.UART, self.uart)
        self._add("clint", layout.CLINT, Clint(clock, wire(MSIP), wire(MTIP)))
        self._add("plic", layout.PLIC, self.plic)
        self._add("finisher", layout.FINISHER, Finisher(halt))
        self.iommu = Iommu() if equipment.iommu else None
        if self.iommu:
            self._add("iommu", layout.IOMMU, self.iommu)
        if equipment.disk:
            disk = Disk(equipment.disk, self._line(layout.DISK_INTERRUPT, "disk"))
            self._add("disk", layout.DISK, disk)
        if equipment.nic:
            line = self._line(layout.NIC_INTERRUPT, "nic")
            self._add("nic", layout.NIC, Nic(EchoPeer(equipment.nic, clock), line))
        self.virtio_console = VirtioConsole(transmit) if equipment.console else None
        self._fill_slots()

    def _fill_slots(self) -> None:
        inside: list[VirtioDevice] = [VirtioBlock(drive) for drive in self.equipment.drives]
        if self.equipment.network:
            inside.append(VirtioNet(EchoPeer(self.equipment.network, self._clock)))
        if self.virtio_console:
            inside.append(self.virtio_console)
        for slot in range(layout.VIRTIO_SLOTS):
            device = inside[slot] if slot < len(inside) else None
            name = device.name if device else "virtio"
            port = RamPort(self._bus, self._counters, name)
            line = self._line(layout.VIRTIO_INTERRUPT + slot, name)
            confined = self.iommu.port(slot, port) if self.iommu else port
            address = layout.VIRTIO + slot * layout.VIRTIO_STEP
            self._add(f"virtio{slot}", address, VirtioMmio(device, confined, line))

    def _add(self, name: str, address: int, device: Device) -> None:
        self.devices[name] = device
        self._bus.attach(address, device)

    def _line(self, source: int, name: str) -> InterruptLine:
        """Give a PLIC source, and count its rises under the device's name."""
        set_source, counters, high = self.plic.line(source), self._counters, False

        def set_level(level: bool) -> None:
            nonlocal high
            if level and not high:
                counters.count("device_interrupts", name)
            high = level
            set_source(level)

        return set_level

    def feed(self, data: bytes) -> None:
        """Type at the console."""
        self.uart.feed(data)

    def tree(self, memory: int, bootargs: str = "", initrd: tuple[int, int] | None = None) -> Node:
        """Describe the board with this equipment: see `board_tree`."""
        equipment = self.equipment
        return board_tree(
            memory,
            bootargs=bootargs,
            initrd=initrd,
            disk=equipment.disk is not None,
            nic=equipment.nic is not None,
            iommu=equipment.iommu,
        )

    def reset(self) -> None:
        """Power-on, the PLIC first: the others set their lines after it."""
        self.plic.reset()
        for device in self.devices.values():
            if device is not self.plic:
                device.reset()

    def state(self) -> State:
        """Each device's state by name."""
        return {name: device.state() for name, device in self.devices.items()}

    def load_state(self, state: State) -> None:
        """Set each device's state; ValueError if they are another board's devices."""
        if state.keys() != self.devices.keys():
            different = ", ".join(sorted(state.keys() ^ self.devices.keys()))
            raise ValueError(f"peripherals: saved and present devices differ in {different}")
        for name in sorted(state, key=lambda name: name != "plic"):
            self.devices[name].load_state(state[name])
