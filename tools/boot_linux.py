"""Boot Debian's riscv64 kernel, unmodified, on the emulated board: ``make boot-linux``.

The kernel's package comes through an apt root of its own under .cache (the machine's configuration
is read for the mirror and the keys, and never written); OpenSBI is Debian's `opensbi`. The initial
RAM disk is made here: one static program in our own assembly that prints a line and powers off.

Examples
--------
::

    python -m tools.boot_linux                # on our board, about 10**9 instructions
    python -m tools.boot_linux --qemu         # the same files on QEMU, to compare
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.boot import start_firmware

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "linux"
FIRMWARE = Path("/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin")
SUITE, PACKAGE = "trixie", "linux-image-riscv64"
MEMORY = 128 << 20
ARGUMENTS = "console=ttyS0 earlycon panic=-1"
SAID = "Hello from user mode: this is init."
SLICE = 20_000_000

#: Linux system calls (asm-generic): write(1, text, length); reboot(power off).
INIT = f"""
.globl _start
_start:
    li   a7, 64
    li   a0, 1
    la   a1, text
    li   a2, {len(SAID) + 1}
    ecall
    li   a7, 142
    li   a0, 0xfee1dead
    li   a1, 672274793
    li   a2, 0x4321fedc
    li   a3, 0
    ecall
1:  j    1b
text:
    .ascii "{SAID}\\n"
"""


def mirror() -> tuple[str, str]:
    """Debian's mirror and key ring, as the machine's own apt sources name them."""
    for path in sorted(Path("/etc/apt").glob("sources.list.d/*.sources")):
        text = path.read_text()
        uri = re.search(r"^URIs: *(\S+/debian)/?$", text, re.M)
        keys = re.search(r"^Signed-By: *(\S+)$", text, re.M)
        if uri and keys:
            return uri[1], keys[1]
    raise SystemExit("no Debian source in /etc/apt/sources.list.d (a .sources file is needed)")


def apt_root(folder: Path) -> dict[str, str]:
    """Make an apt root of its own for riscv64; return the environment that selects it."""
    for name in ("state/lists/partial", "cache/archives/partial", "etc/preferences.d"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    uri, keys = mirror()
    source = {"Types": "deb", "URIs": uri, "Suites": SUITE, "Components": "main"}
    source |= {"Architectures": "riscv64", "Signed-By": keys}
    (folder / "etc" / "debian.sources").write_text(
        "".join(f"{key}: {value}\n" for key, value in source.items())
    )
    settings = {"Dir": folder, "Dir::State": "state", "Dir::State::status": folder / "status"}
    settings |= {"Dir::Cache": "cache", "Dir::Etc": "etc", "Dir::Etc::sourceparts": "-"}
    settings |= {"Dir::Etc::sourcelist": "debian.sources", "APT::Architecture": "riscv64"}
    settings |= {"APT::Architectures": "riscv64", "Acquire::Languages": "none"}
    configuration = folder / "apt.conf"
    configuration.write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
    return {**os.environ, "APT_CONFIG": str(configuration)}


def kernel() -> Path:
    """The kernel's image, fetched and unpacked on first use."""
    found = sorted((CACHE / "boot").glob("vmlinu*"))
    if found:
        return found[-1]
    CACHE.mkdir(parents=True, exist_ok=True)
    environment = apt_root(CACHE / "apt")

    def apt(*arguments: str) -> str:
        done = subprocess.run(
            arguments, env=environment, check=True, cwd=CACHE, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    apt("apt-get", "-q", "update")
    name = re.search(r"Depends: (linux-image-\S+)", apt("apt-cache", "depends", PACKAGE))
    if name is None:
        raise SystemExit(f"{PACKAGE} of {SUITE} depends on no kernel")
    apt("apt-get", "-q", "download", name[1])
    (package,) = CACHE.glob("linux-image-*.deb")
    archive = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", CACHE, "./boot"], stdin=archive.stdout, check=True)
    package.unlink()
    return sorted((CACHE / "boot").glob("vmlinu*"))[-1]


def cpio(entries: list[tuple[str, int, bytes, tuple[int, int]]]) -> bytes:
    """Pack (name, mode, contents, device numbers) as the kernel's initramfs: cpio, "newc".

    Each entry is a header of 13 fields of eight hexadecimal digits after the magic number, the
    name with a zero, and the contents, both filled up to four bytes.
    """
    packed = b""
    for number, (name, mode, data, device) in enumerate([*entries, ("TRAILER!!!", 0, b"", (0, 0))]):
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        packed += b"070701" + b"".join(b"%08X" % value for value in fields)
        packed += name.encode() + b"\0"
        packed += bytes(-len(packed) % 4) + data
        packed += bytes(-len(packed) % 4)
    return packed


def initial_ram_disk() -> bytes:
    """A console device and /init."""
    init = assemble(INIT, name="init.S", origin=0x10000).elf()
    return cpio(
        [
            ("dev", 0o40755, b"", (0, 0)),
            ("dev/console", 0o20600, b"", (5, 1)),
            ("init", 0o100755, init, (0, 0)),
        ]
    )


def on_qemu(image: Path) -> int:
    """Boot the same files on QEMU with the same instruction set."""
    disk = CACHE / "initrd"
    disk.write_bytes(initial_ram_disk())
    off = ("f", "d", "h", "zba", "zbb", "zbc", "zbs")
    command = ["qemu-system-riscv64", "-M", "virt", "-m", f"{MEMORY >> 20}M", "-nographic"]
    command += ["-cpu", "rv64," + ",".join(f"{name}=off" for name in off)]
    command += ["-bios", str(FIRMWARE), "-kernel", str(image), "-initrd", str(disk)]
    done = subprocess.run(
        [*command, "-append", ARGUMENTS], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    sys.stdout.write(done.stdout.decode(errors="replace"))
    return 0 if SAID.encode() in done.stdout else 1


def on_board(image: Path, tier: str, ticks: int, limit: int) -> int:
    """Boot on our board, the console passed on as it comes; say what it took."""
    board = Board(BoardOptions(memory=MEMORY, tier=tier, instructions_per_tick=ticks))
    start_firmware(board, FIRMWARE.read_bytes(), image.read_bytes(), ARGUMENTS, initial_ram_disk())
    shown, began = 0, time.perf_counter()
    while True:
        stop = board.run(limit=SLICE)
        sys.stdout.write(board.console_output[shown:].decode(errors="replace"))
        sys.stdout.flush()
        shown = len(board.console_output)
        if stop.reason != "limit" or board.clock.count >= limit:
            break
    seconds = time.perf_counter() - began
    count = board.clock.count
    print(f"\n{stop.reason} {stop.detail}: {count / 1e6:.0f} million instructions", file=sys.stderr)
    print(f"in {seconds:.0f} s, {count / seconds / 1e6:.1f} million a second", file=sys.stderr)
    return 0 if SAID.encode() in board.console_output and stop.reason == "halt" else 1


def main() -> int:
    """Fetch what is needed, boot, and tell whether init was reached."""
    parser = argparse.ArgumentParser(prog="python -m tools.boot_linux", description=__doc__)
    parser.add_argument("--qemu", action="store_true", help="boot on QEMU instead")
    parser.add_argument("--tier", default="auto")
    parser.add_argument("--instructions-per-tick", type=int, default=10)
    parser.add_argument("--max-instructions", type=int, default=5_000_000_000)
    chosen = parser.parse_args()
    if not FIRMWARE.exists():
        raise SystemExit(f"{FIRMWARE} is missing (Debian package opensbi)")
    image = kernel()
    if chosen.qemu:
        return on_qemu(image)
    return on_board(image, chosen.tier, chosen.instructions_per_tick, chosen.max_instructions)


if __name__ == "__main__":
    sys.exit(main())
