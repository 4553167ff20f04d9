"""The device tree: what firmware and kernels read to find the board (Devicetree Specification 0.4).

`board_tree` describes this board as QEMU describes its `virt`; `Node.blob` flattens a tree into the
format (version 17) that a1 points to at reset::

    header | memory reservations | structure: BEGIN name (PROP length name-offset value)* ... END
           | strings: the names of properties, each once
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import pack

from . import layout

MAGIC, VERSION, COMPATIBLE_VERSION = 0xD00DFEED, 17, 16
BEGIN_NODE, END_NODE, PROPERTY, END = 1, 2, 3, 9
HEADER_BYTES, RESERVATION_END = 40, bytes(16)
CELL_MAX = 0xFFFF_FFFF

Value = bytes | str | int | list[int] | list[str]
"""A property: raw bytes, text, one 32-bit cell, cells, or texts (an empty list: a flag)."""


def _encode(name: str, value: Value) -> bytes:
    if isinstance(value, bytes):
        return value
    parts = [value] if isinstance(value, (int, str)) else value
    encoded = b""
    for part in parts:
        if isinstance(part, str):
            encoded += part.encode() + b"\0"
        elif 0 <= part <= CELL_MAX:
            encoded += pack(">I", part)
        else:
            raise ValueError(f"property {name} has a cell {part:#x}; a cell is 0 to {CELL_MAX:#x}")
    return encoded


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


@dataclass
class Node:
    """A node of the tree.

    Parameters
    ----------
    name : str
        Name with its unit address, empty for the root.
    properties : dict
        Values by name.
    children : list of Node
        Nodes below.
    """

    name: str = ""
    properties: dict[str, Value] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def blob(self, boot_hart: int = 0) -> bytes:
        """Return the tree below this root, flattened."""
        strings = bytearray()
        offsets: dict[str, int] = {}
        structure = self._flatten(strings, offsets) + pack(">I", END)
        structure_at = HEADER_BYTES + len(RESERVATION_END)
        strings_at = structure_at + len(structure)
        header = pack(
            ">10I",
            MAGIC,
            strings_at + len(strings),
            structure_at,
            strings_at,
            HEADER_BYTES,
            VERSION,
            COMPATIBLE_VERSION,
            boot_hart,
            len(strings),
            len(structure),
        )
        return header + RESERVATION_END + structure + bytes(strings)

    def _flatten(self, strings: bytearray, offsets: dict[str, int]) -> bytes:
        out = pack(">I", BEGIN_NODE) + _padded(self.name.encode() + b"\0")
        for name, value in self.properties.items():
            if name not in offsets:
                offsets[name] = len(strings)
                strings += name.encode() + b"\0"
            data = _encode(name, value)
            out += pack(">3I", PROPERTY, len(data), offsets[name]) + _padded(data)
        for child in self.children:
            out += child._flatten(strings, offsets)
        return out + pack(">I", END_NODE)


def wide(*numbers: int) -> list[int]:
    """64-bit numbers as pairs of cells, high half first."""
    return [half for n in numbers for half in (n >> 32, n & CELL_MAX)]


CPU, CPU_INTERRUPTS, PLIC, FINISHER = 1, 2, 3, 4  # phandles: how one node refers to another
SOFTWARE_M, TIMER_M, EXTERNAL_S, EXTERNAL_M = 3, 7, 9, 11  # interrupt numbers at the hart


def isa_string(hypervisor: bool = False, floats: bool = False) -> str:
    """Name the hart's extensions as a device tree does."""
    letters = f"ima{'fd' if floats else ''}c{'h' if hypervisor else ''}"
    return f"rv64{letters}_zicsr_zifencei_sstc"


ISA = isa_string()


def board_tree(
    memory: int,
    isa: str = ISA,
    mmu: str = "riscv,sv48",
    bootargs: str = "",
    initrd: tuple[int, int] | None = None,
    disk: bool = False,
    nic: bool = False,
    iommu: bool = False,
) -> Node:
    """Describe the board.

    Parameters
    ----------
    memory : int
        Bytes of RAM.
    isa, mmu : str
        The hart's extensions and its largest translation mode.
    bootargs : str
        The kernel's command line.
    initrd : (int, int), optional
        Address and end of an initial RAM disk.
    disk, nic, iommu : bool
        Whether the register-level devices and the IOMMU are on the board.

    Returns
    -------
    Node
        The root.
    """
    chosen: dict[str, Value] = {"stdout-path": f"/soc/serial@{layout.UART:x}"}
    if bootargs:
        chosen["bootargs"] = bootargs
    if initrd:
        chosen["linux,initrd-start"] = wide(initrd[0])
        chosen["linux,initrd-end"] = wide(initrd[1])
    memory_node: dict[str, Value] = {"device_type": "memory", "reg": wide(layout.RAM, memory)}
    devices = [_serial(), _finisher(), *_virtio_slots(), _plic(), _clint()]
    if disk:
        devices.append(_device("disk", "models,disk", layout.DISK, layout.DISK_INTERRUPT))
    if nic:
        devices.append(_device("nic", "models,nic", layout.NIC, layout.NIC_INTERRUPT))
    if iommu:
        devices.append(_device("iommu", "models,iommu", layout.IOMMU))
    soc: dict[str, Value] = {
        "#address-cells": 2,
        "#size-cells": 2,
        "compatible": "simple-bus",
        "ranges": [],
    }
    return Node(
        "",
        {
            "#address-cells": 2,
            "#size-cells": 2,
            "compatible": "riscv-virtio",
            "model": "riscv-virtio,models",
        },
        [
            Node("chosen", chosen),
            Node(f"memory@{layout.RAM:x}", memory_node),
            _cpus(isa, mmu),
            _system_control("poweroff", 0x5555),
            _system_control("reboot", 0x7777),
            Node("soc", soc, devices),
        ],
    )


def _cpus(isa: str, mmu: str) -> Node:
    controller = Node(
        "interrupt-controller",
        {
            "#interrupt-cells": 1,
            "interrupt-controller": [],
            "compatible": "riscv,cpu-intc",
            "phandle": CPU_INTERRUPTS,
        },
    )
    cpu = Node(
        "cpu@0",
        {
            "phandle": CPU,
            "device_type": "cpu",
            "reg": 0,
            "status": "okay",
            "compatible": "riscv",
            "riscv,isa": isa,
            "mmu-type": mmu,
        },
        [controller],
    )
    cpu_map = Node("cpu-map", {}, [Node("cluster0", {}, [Node("core0", {"cpu": CPU})])])
    properties: dict[str, Value] = {
        "#address-cells": 1,
        "#size-cells": 0,
        "timebase-frequency": layout.TIMEBASE_HZ,
    }
    return Node("cpus", properties, [cpu, cpu_map])


def _system_control(name: str, command: int) -> Node:
    """Build the node for one command of the test finisher."""
    return Node(
        name,
        {"compatible": f"syscon-{name}", "regmap": FINISHER, "offset": 0, "value": command},
    )


def _device(
    kind: str, compatible: str, address: int, interrupt: int | None = None, size: int = 0x1000
) -> Node:
    node = Node(f"{kind}@{address:x}", {"compatible": compatible, "reg": wide(address, size)})
    if interrupt is not None:
        node.properties |= {"interrupts": interrupt, "interrupt-parent": PLIC}
    return node


def _serial() -> Node:
    node = _device("serial", "ns16550a", layout.UART, layout.UART_INTERRUPT, size=0x100)
    node.properties["clock-frequency"] = layout.UART_CLOCK_HZ
    return node


def _finisher() -> Node:
    node = _device("test", "", layout.FINISHER)
    node.properties |= {
        "compatible": ["sifive,test1", "sifive,test0", "syscon"],
        "phandle": FINISHER,
    }
    return node


def _virtio_slots() -> list[Node]:
    slots = range(layout.VIRTIO_SLOTS)
    return [
        _device(
            "virtio_mmio",
            "virtio,mmio",
            layout.VIRTIO + k * layout.VIRTIO_STEP,
            layout.VIRTIO_INTERRUPT + k,
        )
        for k in slots
    ]


def _plic() -> Node:
    node = _device("plic", "", layout.PLIC, size=0x60_0000)
    node.properties |= {
        "compatible": ["sifive,plic-1.0.0", "riscv,plic0"],
        "phandle": PLIC,
        "riscv,ndev": 96,
        "interrupts-extended": [CPU_INTERRUPTS, EXTERNAL_M, CPU_INTERRUPTS, EXTERNAL_S],
        "interrupt-controller": [],
        "#address-cells": 0,
        "#interrupt-cells": 1,
    }
    return node


def _clint() -> Node:
    node = _device("clint", "", layout.CLINT, size=0x1_0000)
    node.properties |= {
        "compatible": ["sifive,clint0", "riscv,clint0"],
        "interrupts-extended": [CPU_INTERRUPTS, SOFTWARE_M, CPU_INTERRUPTS, TIMER_M],
    }
    return node
