"""What lies in memory and registers when the hart starts, as QEMU's `virt` board leaves it.

At reset a0 holds the hart's number and a1 the address of the device tree. A firmware that starts
another program finds in a2 where that is (OpenSBI's fw_dynamic_info, six doublewords)::

    | "OSBI" | version 2 | next address | next mode: 1 = S | options | boot hart |

From the bottom of RAM up: firmware at 0x8000_0000, kernel at 0x8020_0000, from the middle the
initial RAM disk; at the top the device tree, and before it that structure.
"""

from __future__ import annotations

from struct import pack

from models.machine import layout
from models.machine.board import Board

FW_DYNAMIC_MAGIC, FW_DYNAMIC_VERSION, SUPERVISOR = 0x4942534F, 2, 1
A0, A1, A2 = 10, 11, 12
PAGE = 4096


def prepare(
    board: Board,
    entry: int = layout.RAM,
    next_stage: int | None = None,
    bootargs: str = "",
    initrd: bytes = b"",
) -> None:
    """Put the device tree into RAM and set the registers for a start at `entry`.

    Parameters
    ----------
    board : Board
        Reset, its programs loaded.
    entry : int
        Where the hart starts, in M-mode.
    next_stage : int, optional
        Where a firmware goes on, in S-mode.
    bootargs : str
        The kernel's command line.
    initrd : bytes
        The initial RAM disk.

    Raises
    ------
    ValueError
        When the initial RAM disk or the tree does not fit.
    """
    memory = board.options.memory
    place = None
    if initrd:
        start = layout.RAM + (memory // 2 & -PAGE)
        board.load(initrd, start)
        place = start, start + len(initrd)
    blob = board.devices.tree(memory, bootargs, place).blob()
    tree = layout.RAM + memory - len(blob) & -PAGE
    board.load(blob, tree)
    x = board.hart.x
    x[A0], x[A1] = 0, tree
    if next_stage is not None:
        information = pack(
            "<6Q", FW_DYNAMIC_MAGIC, FW_DYNAMIC_VERSION, next_stage, SUPERVISOR, 0, 0
        )
        x[A2] = tree - len(information)
        board.load(information, x[A2])
    board.hart.pc = entry


def start_firmware(
    board: Board, firmware: bytes, kernel: bytes = b"", bootargs: str = "", initrd: bytes = b""
) -> None:
    """Reset the board and start raw images on it: firmware, and the kernel that it goes on to.

    Parameters
    ----------
    board : Board
        The board.
    firmware, kernel : bytes
        Raw images (of an ELF file, load the segments and call `prepare`).
    bootargs, initrd
        See `prepare`.
    """
    board.reset()
    board.load(firmware, layout.RAM)
    if kernel:
        board.load(kernel, layout.KERNEL)
    prepare(board, layout.RAM, layout.KERNEL if kernel else None, bootargs, initrd)
