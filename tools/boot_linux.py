"""Boot Debian's riscv64 kernel, unmodified, on the emulated board: ``make boot-linux``.

The kernel and busybox are Debian's packages for riscv64, fetched under .cache on first use (see
`tools.debian`); OpenSBI is Debian's `opensbi`. The initial RAM disk is made here: busybox, which is
one static program, and a script that starts its shell.

Examples
--------
::

    python -m tools.boot_linux                # on our board, about 10**9 instructions
    python -m tools.boot_linux --interactive  # the same, and you type
    python -m tools.boot_linux --qemu         # the same files on QEMU, to compare
    python -m tools.boot_linux --technique hardware-assisted    # the same, as a guest
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import which

from models.events import Counters
from models.hypervisors.techniques import NATIVE, TECHNIQUES, machine
from models.machine.__main__ import count
from models.machine.board import Board, BoardOptions, Stop
from models.machine.boot import start_firmware
from models.machine.options import TIERS
from models.machine.terminal import Terminal
from tools import debian

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "linux"
FIRMWARE = Path("/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin")
QEMU = "qemu-system-riscv64"
KERNEL, BUSYBOX = "linux-image-riscv64", "busybox-static"
MEMORY = 128 << 20
ARGUMENTS = "console=ttyS0 earlycon panic=-1"
SAID = "This is busybox."
PROMPT = "~ # "
#: What is typed at each prompt, and what the answer holds.
TYPED = (
    ("uname -sm", "Linux riscv64"),
    ("ls -d /p*", "/proc"),
    ("awk 'BEGIN { printf \"%.12f\\n\", 22 / 7 }'", "3.142857142857"),
    ("poweroff -f", "Power down"),
)
SLICE = 20_000_000
#: The board that it boots on: as many instructions to a tick as make a clock of 100 MHz.
BOARD = BoardOptions(memory=MEMORY, instructions_per_tick=10, tlb_entries=4096, floats=True)
LIMIT = 5_000_000_000
MOST_REASONS = 10

#: The first program: a script for busybox, which then becomes the shell.
INIT = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
stty rows 24 cols 80
echo "{SAID}"
exec setsid cttyhack sh
"""


def kernel() -> Path:
    """The kernel's image, fetched and unpacked on first use."""
    if not sorted((CACHE / "boot").glob("vmlinu*")):
        CACHE.mkdir(parents=True, exist_ok=True)
        debian.unpack(KERNEL, "./boot", CACHE)
    return sorted((CACHE / "boot").glob("vmlinu*"))[-1]


def busybox() -> bytes:
    """Debian's busybox, one static program, fetched and unpacked on first use."""
    program = CACHE / "usr" / "bin" / "busybox"
    if not program.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        debian.unpack(BUSYBOX, "./usr/bin/busybox", CACHE)
    return program.read_bytes()


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
    """Busybox, a console device, and /init."""
    folders = ("bin", "dev", "proc", "sys", "tmp")
    return cpio(
        [
            *((name, 0o40755, b"", (0, 0)) for name in folders),
            ("dev/console", 0o20600, b"", (5, 1)),
            ("bin/busybox", 0o100755, busybox(), (0, 0)),
            ("init", 0o100755, INIT.encode(), (0, 0)),
        ]
    )


def on_qemu(image: Path) -> int:
    """Boot the same files on QEMU with the same instruction set."""
    disk = CACHE / "initrd"
    disk.write_bytes(initial_ram_disk())
    off = ("h", "zba", "zbb", "zbc", "zbs")
    command = [QEMU, "-M", "virt", "-m", f"{MEMORY >> 20}M", "-nographic"]
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
            if said.count(PROMPT.encode()) > asked and asked < len(TYPED):
                machine.stdin.write(TYPED[asked][0].encode() + b"\n")
                machine.stdin.flush()
                asked += 1
    return 0 if answered(said) else 1


def answered(console: bytes | bytearray) -> bool:
    """Whether init was reached, and answered what was typed."""
    _, found, rest = console.decode(errors="replace").partition(SAID)
    return bool(found) and all(answer in rest for _, answer in TYPED)


class Progress:
    """Where the time goes: instructions, seconds, and those of the processor, to each stage.

    Parameters
    ----------
    board
        What boots.
    physical
        Whose hart executes it: the same board, or that below the guest.
    """

    STAGES = ("OpenSBI v", "Linux version", "Run /init", SAID, "Power down")

    def __init__(self, board: Board, physical: Board):
        self._board, self._physical, self._began = board, physical, time.perf_counter()
        self._lines: list[str] = []

    def look(self, new: bytes) -> None:
        """Pass on what is new on the console, and note the stages that are now there."""
        sys.stdout.write(new.decode(errors="replace"))
        sys.stdout.flush()
        said = self._board.console_output.decode(errors="replace")
        while len(self._lines) < len(self.STAGES) and self.STAGES[len(self._lines)] in said:
            stage = self.STAGES[len(self._lines)]
            done, seconds = self._board.clock.count / 1e6, time.perf_counter() - self._began
            self._lines.append(
                f"{stage:18}{done:8.0f} million {seconds:8.1f} s, {time.process_time():6.1f} s "
                f"of a processor, {self._physical.exits:9,} times out of WebAssembly"
            )

    def __str__(self) -> str:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return "\n".join([*self._lines, f"memory: {peak:.0f} MiB"])


def start(board: Board, image: Path) -> None:
    """Load firmware, kernel and initial RAM disk."""
    start_firmware(board, FIRMWARE.read_bytes(), image.read_bytes(), ARGUMENTS, initial_ram_disk())


def on_board(technique: str, options: BoardOptions, limit: int, typing: bool) -> int:
    """Boot on our board, the console passed on as it comes; say what it took."""
    board, vm = machine(technique, options)
    start(board, kernel())
    physical = vm.host.board if vm else board
    progress = Progress(board, physical)
    stop = converse(board, progress, limit) if typing else script(board, progress.look, limit)
    print(f"\n{stop.reason} {stop.detail} on tier {physical.tier}\n{progress}", file=sys.stderr)
    if vm:
        print(f"as a guest, {technique}\n{exits(vm.counts())}", file=sys.stderr)
    return 0 if stop.reason == "halt" and (typing or answered(board.console_output)) else 1


def exits(counts: Counters) -> str:
    """Say how a guest's instructions were executed, and what it left for most often."""
    direct, emulated = counts.total("retired"), counts.total("emulated")
    lines = [f"{direct / 1e6:.1f} million instructions directly, {emulated / 1e6:.1f} emulated"]
    lines.append(f"{counts.total('exits'):,} exits")
    often = sorted(counts["exits"].items(), key=lambda item: -item[1])
    lines += [f"{number:12,}  {reason}" for reason, number in often[:MOST_REASONS]]
    return "\n".join(lines)


def script(
    board: Board, look: Callable[[bytes], None] = lambda new: None, limit: int = LIMIT
) -> Stop:
    """Run, and type what `TYPED` says at each prompt.

    Parameters
    ----------
    board
        Started.
    look
        Called now and then with what the guest has printed since.
    limit
        Instructions at most.
    """
    shown = asked = 0
    while True:
        stop = board.run(min(SLICE, limit - board.clock.count), until=PROMPT)
        look(bytes(board.console_output[shown:]))
        shown = len(board.console_output)
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
            stop = board.run(min(SLICE // 10, limit - board.clock.count))
            progress.look(bytes(board.console_output[shown:]))
            shown = len(board.console_output)
            data, done = terminal.read(wait=stop.reason == "wfi")
            board.feed(data)
            if done or stop.reason == "halt" or board.clock.count >= limit:
                return stop


def main() -> int:
    """Fetch what is needed, boot, and tell whether init was reached."""
    parser = argparse.ArgumentParser(prog="python -m tools.boot_linux", description=__doc__)
    parser.add_argument("--qemu", action="store_true", help="boot on QEMU instead")
    parser.add_argument("--technique", choices=TECHNIQUES, default=NATIVE, help="who executes it")
    parser.add_argument("--interactive", action="store_true", help="you type, at this terminal")
    parser.add_argument("--tier", choices=TIERS, default=BOARD.tier)
    parser.add_argument("--instructions-per-tick", type=count, default=BOARD.instructions_per_tick)
    parser.add_argument("--max-instructions", type=count, default=LIMIT)
    chosen = parser.parse_args()
    if chosen.qemu and chosen.technique != NATIVE:
        parser.error(f"--technique {chosen.technique} with --qemu; allowed is one of them")
    if chosen.interactive and not sys.stdin.isatty():
        parser.error("--interactive: standard input is no terminal")
    if chosen.qemu and not which(QEMU):
        raise SystemExit(f"{QEMU} is missing (Debian package qemu-system-misc)")
    if not FIRMWARE.exists():
        raise SystemExit(f"{FIRMWARE} is missing (Debian package opensbi)")
    if chosen.qemu:
        return on_qemu(kernel())
    ticks = chosen.instructions_per_tick
    options = replace(BOARD, tier=chosen.tier, instructions_per_tick=ticks)
    return on_board(chosen.technique, options, chosen.max_instructions, chosen.interactive)


if __name__ == "__main__":
    sys.exit(main())
