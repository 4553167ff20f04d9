"""The same image on QEMU's `virt` board, over OpenSBI: an independent machine."""

import socket
import subprocess
import threading
from pathlib import Path

from models.guests.kernel.workloads.twins import disk_image
from models.machine.assembler import Program
from models.machine.devices.network import FRAME_MAX, echo
from tests.conftest import require_file, require_tool

OPENSBI = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
SECONDS = 60


def printed(program: Program, folder: Path, needs: str = "") -> str:
    """Return all that OpenSBI and the kernel print until the machine is switched off."""
    qemu = require_tool("qemu-system-riscv64", "qemu-system-misc")
    bios = require_file(OPENSBI, "opensbi")
    kernel = folder / "kernel.bin"
    kernel.write_bytes(program.image()[1])
    command = [qemu, "-M", "virt", "-m", "128M", "-bios", str(bios), "-kernel", str(kernel)]
    command += ["-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot"]
    command += ["-global", "virtio-mmio.force-legacy=false"]
    if needs == "disk":
        disk = folder / "disk.img"
        disk.write_bytes(disk_image())
        command += ["-drive", f"file={disk},format=raw,if=none,id=d"]
        command += ["-device", "virtio-blk-device,drive=d"]
    if needs != "network":
        return _output(command)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        cable = f"udp=127.0.0.1:{peer.getsockname()[1]},localaddr=127.0.0.1:{_free_port()}"
        command += ["-netdev", f"socket,id=n,{cable}", "-device", "virtio-net-device,netdev=n"]
        thread = threading.Thread(target=_answer, args=(peer,))
        thread.start()
        try:
            return _output(command)
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"", peer.getsockname())
            thread.join()


def _output(command: list[str]) -> str:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True
    )
    return done.stdout.decode().replace("\r", "")


def _answer(peer: socket.socket) -> None:
    """Send every frame back as the book's peer does; an empty one ends it."""
    while True:
        frame, sender = peer.recvfrom(FRAME_MAX)
        if not frame:
            return
        peer.sendto(echo(frame), sender)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
