"""The device tree: as dtc reads it, and as QEMU describes the same board."""

import re
import subprocess
from pathlib import Path

import pytest

from models.machine.devicetree import Node, board_tree
from tests.conftest import require_tool


def source(blob: Path) -> str:
    """What dtc, which no one here wrote, makes of a blob."""
    dtc = require_tool("dtc", "device-tree-compiler")
    run = subprocess.run(
        [dtc, "-q", "-I", "dtb", "-O", "dts", "-s", str(blob)],
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def properties(text: str) -> dict[str, str]:
    """Path of each property to its value, from dtc's source form."""
    path: list[str] = []
    found = {}
    for line in text.splitlines():
        if opened := re.match(r"\s*(\S+) {$", line):
            path.append(opened[1].strip("/"))
        elif line.strip() == "};":
            path.pop()
        elif held := re.match(r"\s*([^\s=;]+)(?: = (.*))?;$", line):
            found["/".join([*path, held[1]])] = held[2] or ""
    return found


@pytest.mark.qemu
def test_same_as_qemu_but_for_what_each_board_lacks(tmp_path):
    qemu = require_tool("qemu-system-riscv64", "qemu-system-misc")
    theirs_file, ours_file = tmp_path / "qemu.dtb", tmp_path / "ours.dtb"
    subprocess.run(
        [qemu, "-M", f"virt,dumpdtb={theirs_file}", "-m", "128M", "-display", "none"],
        capture_output=True,
        check=True,
    )
    ours_file.write_bytes(board_tree(128 << 20).blob())
    ours, theirs = properties(source(ours_file)), properties(source(theirs_file))
    different = {"/model", "/cpus/cpu@0/riscv,isa"}
    assert {path for path in ours if ours[path] != theirs.get(path)} == different
    lacking = ("/pmu", "/fw-cfg", "/flash", "/platform-bus", "/soc/rtc", "/soc/pci")
    assert {path for path in theirs.keys() - ours.keys() if not path.startswith(lacking)} <= {
        "/chosen/rng-seed"
    }


def test_options(tmp_path):
    blob = tmp_path / "board.dtb"
    tree = board_tree(
        1 << 32,
        bootargs="console=ttyS0",
        initrd=(0x1_8400_0000, 0x1_8400_1000),
        disk=True,
        nic=True,
        iommu=True,
    )
    blob.write_bytes(tree.blob())
    found = properties(source(blob))
    assert found["/chosen/bootargs"] == '"console=ttyS0"'
    assert found["/chosen/linux,initrd-start"] == "<0x01 0x84000000>"
    assert found["/chosen/linux,initrd-end"] == "<0x01 0x84001000>"
    assert found["/memory@80000000/reg"] == "<0x00 0x80000000 0x01 0x00>"
    assert found["/soc/disk@10200000/interrupts"] == "<0x0c>"
    assert found["/soc/nic@10201000/interrupts"] == "<0x0d>"
    assert found["/soc/iommu@10202000/compatible"] == '"models,iommu"'


def test_a_cell_holds_32_bits():
    with pytest.raises(ValueError, match="property reg has a cell 0x100000000"):
        Node("", {"reg": [1 << 32]}).blob()
