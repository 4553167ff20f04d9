"""Which devices a board has, where, and what their wires go to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from models.machine import layout
from models.machine.devices import Device, DmaPort, InterruptLine
from models.machine.devices.clint import Clint
from models.machine.devices.clints import Clints
from models.machine.devices.disk import Disk
from models.machine.devices.dma import RamPort
from models.machine.devices.drive import Drive
from models.machine.devices.finisher import Finisher
from models.machine.devices.htif import Htif
from models.machine.devices.iommu import Iommu
from models.machine.devices.network import EchoPeer, Link
from models.machine.devices.nic import Nic
from models.machine.devices.plic import Plic
from models.machine.devices.uart16550 import Uart
from models.machine.devices.virtio_block import VirtioBlock
from models.machine.devices.virtio_console import VirtioConsole
from models.machine.devices.virtio_mmio import VirtioMmio
from models.machine.devices.virtio_net import VirtioNet
from models.machine.devicetree import Node, board_tree, isa_string
from models.machine.traps import MEIP, MSIP, MTIP, SEIP

if TYPE_CHECKING:
    from models.machine.board import Board, BoardOptions


class Devices:
    """The devices of one board, mapped and wired.

    Parameters
    ----------
    options
        Which there are.
    board
        Whose bus, clock, counters and console they use.
    """

    def __init__(self, options: BoardOptions, board: Board):
        self._board = board
        self.watched: tuple[int, int | None] | None = None  # tohost and fromhost
        wire = board.hart.csrs.wire
        self.clint: Clint | Clints = Clint(board.clock, wire(MSIP), wire(MTIP))
        if board.harts is not None:
            wires = [
                (board.harts.wire(number, MSIP), board.harts.wire(number, MTIP))
                for number in range(options.harts)
            ]
            self.clint = Clints(board.clock, wires)
        self.plic = Plic((wire(MEIP), wire(SEIP)))
        self.uart = Uart(board.transmit, self._line(layout.UART_INTERRUPT, "uart"), board.clock)
        self._all: list[tuple[int, Device]] = [
            (layout.PLIC, self.plic),  # first at reset: the others then raise their lines
            (layout.CLINT, self.clint),
            (layout.UART, self.uart),
            (layout.FINISHER, Finisher(board.halt)),
        ]
        self.iommu = Iommu() if options.iommu else None
        if self.iommu is not None:
            self._all.append((layout.IOMMU, self.iommu))
        self._optional(options)
        self._virtio(options)
        for base, device in self._all:
            board.bus.attach(base, device)

    def _line(self, source: int, name: str) -> InterruptLine:
        """Return a PLIC wire that counts how often it rises."""
        wire, counters, level_now = self.plic.line(source), self._board.counters, False

        def set_level(level: bool) -> None:
            nonlocal level_now
            if level and not level_now:
                counters.count("device_interrupts", name)
            level_now = level
            wire(level)

        return set_level

    def _optional(self, options: BoardOptions) -> None:
        clock = self._board.clock
        if options.disk is not None:
            disk = Disk(Drive(options.disk), self._line(layout.DISK_INTERRUPT, "disk"))
            self._all.append((layout.DISK, disk))
        if options.nic:
            nic = Nic(EchoPeer(Link(), clock), self._line(layout.NIC_INTERRUPT, "nic"))
            self._all.append((layout.NIC, nic))

    def _virtio(self, options: BoardOptions) -> None:
        """Fill the slots in order: drives, network, console; the rest are empty."""
        board = self._board
        backs: list[Any] = [VirtioBlock(Drive(image)) for image in options.drives]
        if options.network:
            backs.append(VirtioNet(EchoPeer(Link(), board.clock)))
        if options.console:
            backs.append(VirtioConsole(board.transmit))
        if len(backs) > layout.VIRTIO_SLOTS:
            raise ValueError(f"{len(backs)} virtio devices, allowed are {layout.VIRTIO_SLOTS}")
        self.drives = [back.drive for back in backs if isinstance(back, VirtioBlock)]
        for slot in range(layout.VIRTIO_SLOTS):
            back = backs[slot] if slot < len(backs) else None
            name = back.name if back else "virtio"
            port: DmaPort = RamPort(board.ram, board.counters, name)
            if self.iommu is not None:
                port = self.iommu.port(slot, port)
            line = self._line(layout.VIRTIO_INTERRUPT + slot, name)
            device = VirtioMmio(back, port, line)
            self._all.append((layout.VIRTIO + slot * layout.VIRTIO_STEP, device))

    def watch_tohost(self, tohost: int, fromhost: int | None = None) -> None:
        """Let stores to a loaded program's `tohost` end the run, or print."""
        board = self._board
        page = board.ram.read(tohost & -4096, 4096)
        htif = Htif(tohost, board.halt, board.transmit, fromhost=fromhost, contents=page)
        board.bus.attach(htif.base, htif, overlay=True)
        self.watched = tohost, fromhost
        self._all.append((htif.base, htif))

    def tree(self, memory: int, bootargs: str = "", initrd: tuple[int, int] | None = None) -> Node:
        """Describe the board with these devices: see `board_tree`."""
        present = {base for base, _ in self._all}
        return board_tree(
            memory,
            isa_string(self._board.options.hypervisor, self._board.options.floats),
            bootargs=bootargs,
            initrd=initrd,
            disk=layout.DISK in present,
            nic=layout.NIC in present,
            iommu=layout.IOMMU in present,
        )

    def __iter__(self) -> Iterator[Device]:
        return (device for _, device in self._all)

    def reset(self) -> None:
        """Power-on, each device."""
        for device in self:
            device.reset()

    def state(self) -> dict[str, Any]:
        """Return each device's state, by address."""
        return {f"{base:#x}": device.state() for base, device in self._all}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        for base, device in self._all:
            device.load_state(state[f"{base:#x}"])
