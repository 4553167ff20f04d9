"""One image, run to its end by QEMU or by our board; what is left in RAM."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from models.machine.board import Board, BoardOptions
from tests.machine.differential import frame
from tests.machine.differential import layout as at
from tests.machine.differential.emit import signed
from tests.machine.differential.layout import BASE

#: QEMU's virt board cut down to what this board is.
_OFF = ("zba", "zbb", "zbc", "zbs", "debug", "Zihintpause")
_CPU = "rv64,sstc=on,pmu-num=0,marchid=0,mimpid=0," + ",".join(f"{name}=off" for name in _OFF)
MEMORY = 128 << 20
#: Far more than an image of programs that all end needs.
LIMIT = 5_000_000


def qemu(
    ram: bytes | bytearray,
    timeout: float = 120,
    *,
    hypervisor: bool = False,
    floats: bool = False,
    layout: at.Layout = at.PLAIN,
) -> bytes:
    """Run an image on QEMU; RAM is a file, so that it can be read afterwards."""
    program = shutil.which("qemu-system-riscv64")
    if program is None:
        raise FileNotFoundError("qemu-system-riscv64 (Debian package qemu-system-misc)")
    with tempfile.TemporaryDirectory() as folder:
        memory = Path(folder) / "ram"
        with memory.open("wb") as file:
            file.write(ram)
            file.truncate(MEMORY)
        switches = {"h": hypervisor, "f": floats, "d": floats}
        cpu = ",".join(
            [_CPU, *(f"{name}={'on' if on else 'off'}" for name, on in switches.items())]
        )
        backend = f"memory-backend-file,id=ram,size={MEMORY},mem-path={memory},share=on"
        command = [program, "-M", "virt,memory-backend=ram", "-object", backend, "-cpu", cpu]
        command += ["-smp", "2", "-m", f"{MEMORY >> 20}M", "-bios", "none", "-display", "none"]
        command += ["-serial", "null", "-monitor", "none", "-nodefaults"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            stuck = _progress(memory, layout)
            raise TimeoutError(f"QEMU did not finish, programs left: {stuck}") from None
        return memory.read_bytes()[: len(ram)]


def _progress(memory: Path, layout: at.Layout) -> int:
    offset = frame.build(layout)[1]["programs"] - BASE
    return int.from_bytes(memory.read_bytes()[offset : offset + 8], "little")


def board(
    ram: bytes | bytearray,
    tier: str = "closures",
    *,
    hypervisor: bool = False,
    floats: bool = False,
    limit: int = LIMIT,
) -> bytes:
    """Run an image on our board."""
    options = BoardOptions(memory=MEMORY, tier=tier, hypervisor=hypervisor, floats=floats)
    machine = Board(options)
    machine.reset()
    machine.load(bytes(ram), BASE)
    machine.hart.pc = signed(BASE)
    stop = machine.run(limit=limit)
    if stop.reason != "halt":
        raise TimeoutError(f"the board did not finish: {stop}")
    return bytes(machine.ram.bytes[: len(ram)])
