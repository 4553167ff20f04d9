"""What the console can start: the book's own programs, OpenSBI, and the reader's images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from models.guests.kernel import board_options, kernel_image, start
from models.guests.monitor import monitor
from models.machine import firmware, layout
from models.machine.board import Board, BoardOptions
from models.machine.boot import prepare, start_firmware

SMALL, LARGE = 1 << 20, 128 << 20  # RAM of the monitor's board, and of the reader's
TICKS = 10  # instructions: a kernel's timer then leaves it time for its work
ENTRIES = 4096  # of a TLB as large as a second-level one: a walk costs more here than in hardware
#: OpenSBI as Debian's package has it; the book's site brings it along (`book/_live/firmware.py`).
OPENSBI = Path("/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin")

#: By name: what the page calls it. The first is what the console begins with.
PROGRAMS = {
    "monitor": "Monitor: a hundred lines in M-mode",
    "hello": "Teaching kernel on the book's firmware: hello",
    "syscall": "Teaching kernel: a thousand system calls",
    "switch": "Teaching kernel: three processes take turns",
    "opensbi": "OpenSBI, and the teaching kernel on it",
}


def program(name: str, firmware_image: bytes = b"") -> Callable[[], Board]:
    """Return what makes a board with one of `PROGRAMS` on it; OpenSBI's image is given."""
    if name == "monitor":
        return _monitor
    if name == "opensbi":
        return lambda: images(firmware_image, kernel_image("hello").image()[1])
    return lambda: _kernel(name)


def _monitor() -> Board:
    program = monitor()
    address, image = program.image()
    board = Board(BoardOptions(memory=SMALL))
    board.reset()
    board.load(image, address)
    board.hart.pc = program.entry
    return board


def _kernel(workload: str) -> Board:
    board = Board(board_options(workload))
    start(board, kernel_image(workload))
    return board


def images(first: bytes, kernel: bytes, arguments: str = "", disk: bytes = b"") -> Board:
    """Return a board with raw images on it; without a firmware, on the book's."""
    board = Board(
        BoardOptions(
            memory=LARGE,
            own_firmware=not first,
            instructions_per_tick=TICKS,
            tlb_entries=ENTRIES,
            floats=True,
        )
    )
    if first:
        start_firmware(board, first, kernel, arguments, disk)
        return board
    address, image = firmware.build().image()
    board.reset()
    board.load(image, address)
    board.load(kernel, layout.KERNEL)
    prepare(board, layout.RAM, layout.KERNEL, arguments, disk)
    return board
