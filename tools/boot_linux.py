"""Boot Debian's riscv64 kernel, unmodified, on the emulated board: ``make boot-linux``.

The kernel's package comes through an apt root of its own under .cache (the machine's configuration
is read for the mirror and the keys, and never written); OpenSBI is Debian's `opensbi`. The initial
RAM disk is made here: one static program in our own assembly, a shell of three commands. (Debian's
busybox wants floating point, which the board does not have.)

Examples
--------
::

    python -m tools.boot_linux                # on our board, about 10**9 instructions
    python -m tools.boot_linux --interactive  # the same, and you type
    python -m tools.boot_linux --qemu         # the same files on QEMU, to compare
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions, Stop
from models.machine.boot import start_firmware
from models.machine.terminal import Terminal

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "linux"
FIRMWARE = Path("/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin")
SUITE, PACKAGE = "trixie", "linux-image-riscv64"
MEMORY = 128 << 20
ARGUMENTS = "console=ttyS0 earlycon panic=-1"
SAID = "Hello from user mode: this is init. Commands: uname, off; others are said back."
PROMPT = "init# "
TYPED = (("uname", "Linux "), ("are you there?", "are you there?"), ("off", "Power down"))
SLICE = 20_000_000
TLB_ENTRIES = 4096

#: Linux system calls (asm-generic): read 63, write 64, reboot 142 (power off), uname 160.
INIT = f"""
_start:
    la   s0, hello
    call say
prompt:
    la   s0, sign
    call say
    li   a7, 63
    li   a0, 0
    la   a1, line
    li   a2, 100
    ecall
    blez a0, prompt
    la   t0, line
    add  t0, t0, a0
    sb   zero, 0(t0)
    la   t0, line
    lb   t1, 0(t0)
    li   t2, 'u'
    beq  t1, t2, uname
    li   t2, 'o'
    beq  t1, t2, off
    mv   s0, t0
    call say
    j    prompt
uname:
    li   a7, 160
    la   a0, names
    ecall
    la   s0, names          # six names of 65 bytes: the first is the system, the third the release
    call say
    la   s0, space
    call say
    la   s0, names + 130
    call say
    la   s0, newline
    call say
    j    prompt
off:
    li   a7, 142
    li   a0, 0xfee1dead
    li   a1, 672274793
    li   a2, 0x4321fedc
    li   a3, 0
    ecall
    j    .

say:                        # write(1, s0, its length)
    mv   a1, s0
    mv   a2, zero
1:  add  t0, s0, a2
    lb   t0, 0(t0)
    beqz t0, 2f
    addi a2, a2, 1
    j    1b
2:  li   a7, 64
    li   a0, 1
    ecall
    ret

hello:   .asciz "{SAID}\\n"
sign:    .asciz "{PROMPT}"
space:   .asciz " "
newline: .asciz "\\n"
    .data
line:    .zero 104
names:   .zero 390
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
    command += ["-append", ARGUMENTS]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as machine:
        assert machine.stdin is not None
        assert machine.stdout is not None
        said, asked = b"", 0
        while data := machine.stdout.read1(4096):  # type: ignore[attr-defined]
            sys.stdout.write(data.decode(errors="replace"))
            said += data
            if said.endswith(PROMPT.encode()) and asked < len(TYPED):
                machine.stdin.write(TYPED[asked][0].encode() + b"\n")
                machine.stdin.flush()
                asked += 1
    return 0 if answered(said) else 1


def answered(console: bytes | bytearray) -> bool:
    """Whether init was reached, and answered what was typed."""
    _, found, rest = console.decode(errors="replace").partition(SAID)
    return bool(found) and all(answer in rest.replace(f"{PROMPT}{line}", "", 1)
                               for line, answer in TYPED)  # fmt: skip


class Progress:
    """Where the time goes: seconds and instructions up to each stage."""

    STAGES = ("OpenSBI v", "Linux version", "Run /init", SAID[:20], "Power down")

    def __init__(self, board: Board):
        self._board, self._began = board, time.perf_counter()
        self._lines: list[str] = []

    def look(self) -> None:
        """Note the stages that are now on the console."""
        said = self._board.console_output.decode(errors="replace")
        while len(self._lines) < len(self.STAGES) and self.STAGES[len(self._lines)] in said:
            count, seconds = self._board.clock.count, time.perf_counter() - self._began
            self._lines.append(f"{self.STAGES[len(self._lines)]:24}{count / 1e6:8.0f} million "
                               f"{seconds:8.1f} s {self._board.exits:12,} exits")  # fmt: skip

    def __str__(self) -> str:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return "\n".join([*self._lines, f"memory: {peak:.0f} MiB"])


def on_board(image: Path, tier: str, ticks: int, limit: int, typing: bool) -> int:
    """Boot on our board, the console passed on as it comes; say what it took."""
    board = Board(
        BoardOptions(memory=MEMORY, tier=tier, instructions_per_tick=ticks, tlb_entries=TLB_ENTRIES)
    )
    start_firmware(board, FIRMWARE.read_bytes(), image.read_bytes(), ARGUMENTS, initial_ram_disk())
    progress = Progress(board)
    stop = converse(board, progress, limit) if typing else script(board, progress, limit)
    progress.look()
    print(f"\n{stop.reason} {stop.detail} on tier {board.tier}\n{progress}", file=sys.stderr)
    return 0 if stop.reason == "halt" and (typing or answered(board.console_output)) else 1


def script(board: Board, progress: Progress, limit: int) -> Stop:
    """Run, and type what `TYPED` says at each prompt."""
    shown = asked = 0
    while True:
        stop = board.run(limit=SLICE, until=PROMPT)
        sys.stdout.write(board.console_output[shown:].decode(errors="replace"))
        sys.stdout.flush()
        shown = len(board.console_output)
        progress.look()
        if stop.reason == "condition" and asked < len(TYPED):
            board.feed(TYPED[asked][0].encode() + b"\n")
            asked += 1
        elif stop.reason in ("halt", "wfi") or board.clock.count >= limit:
            return stop


def converse(board: Board, progress: Progress, limit: int) -> Stop:
    """Run with the reader's own terminal."""
    shown = 0
    with Terminal(sys.stdin) as terminal:
        while True:
            stop = board.run(limit=SLICE // 10)
            sys.stdout.write(board.console_output[shown:].decode(errors="replace"))
            sys.stdout.flush()
            shown = len(board.console_output)
            progress.look()
            data, done = terminal.read(wait=stop.reason == "wfi")
            board.feed(data)
            if done or stop.reason == "halt" or board.clock.count >= limit:
                return stop


def main() -> int:
    """Fetch what is needed, boot, and tell whether init was reached."""
    parser = argparse.ArgumentParser(prog="python -m tools.boot_linux", description=__doc__)
    parser.add_argument("--qemu", action="store_true", help="boot on QEMU instead")
    parser.add_argument("--interactive", action="store_true", help="you type, at this terminal")
    parser.add_argument("--tier", default="auto")
    parser.add_argument("--instructions-per-tick", type=int, default=10)
    parser.add_argument("--max-instructions", type=int, default=5_000_000_000)
    chosen = parser.parse_args()
    if not FIRMWARE.exists():
        raise SystemExit(f"{FIRMWARE} is missing (Debian package opensbi)")
    image = kernel()
    if chosen.qemu:
        return on_qemu(image)
    ticks, limit = chosen.instructions_per_tick, chosen.max_instructions
    return on_board(image, chosen.tier, ticks, limit, chosen.interactive)


if __name__ == "__main__":
    sys.exit(main())
