"""The teaching kernel and its workloads: the guest that every engine runs, in the same bytes.

>>> board = Board(board_options("hello"))
>>> start(board, kernel_image("hello"))
>>> board.run().reason
'halt'
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from models import stored
from models.guests.kernel.workloads import WORKLOADS, Workload, named
from models.guests.kernel.workloads.twins import disk_image
from models.machine import firmware, layout
from models.machine.assembler import Placed, Program, assemble
from models.machine.board import Board, BoardOptions
from models.machine.boot import prepare

__all__ = ["WORKLOADS", "Workload", "board_options", "kernel_image", "kernel_with", "start"]

#: Bytes of RAM that the kernel expects: 2 MiB for what is below it, 2 MiB for itself.
MEMORY = 4 << 20


@cache
def kernel_image(workload: str = "hello", size: int | None = None) -> Program:
    """Assemble the kernel together with the one program that it starts.

    Parameters
    ----------
    workload
        One of `WORKLOADS`.
    size
        How much work it does, in the workload's own unit; None: as the workload has it.

    Returns
    -------
    Program
        At `layout.KERNEL`, to be entered in S-mode over an SBI.

    Raises
    ------
    ValueError
        For a workload or size that there is not.
    """
    chosen = named(workload)
    program = stored.text(__package__, f"workloads/{workload}.S")
    return kernel_with(program, chosen.checked(size))


def kernel_with(program: str, size: int = 1) -> Program:
    """Assemble the kernel together with a program of one's own.

    Parameters
    ----------
    program
        Assembly text with a label `main`, which returns a checksum; see `user.S` for what it is
        linked with and `layout.S` for the system calls.
    size
        What the constant `SIZE` is in it.

    Raises
    ------
    AssemblyError
        If it is refused.
    ValueError
        If there is no room for so much code.
    """
    kernel = _kernel()
    code = assemble(
        _parts()["user.S"],
        name="user.S",
        origin=kernel.symbols["PROGRAM"],
        defines={"SIZE": size},
        includes=_parts() | {"program.S": program},
    )
    room = kernel.symbols["program_end"] - kernel.symbols["program"]
    _, image = code.image()
    if len(image) > room:
        raise ValueError(f"program: {len(image)} bytes; allowed: up to {room}")
    return replace(
        kernel,
        sections=tuple(_put(s, kernel.symbols["program"], image) for s in kernel.sections),
        symbols=code.symbols | kernel.symbols,
        lines=kernel.lines + code.lines,
    )


@cache
def _parts() -> dict[str, str]:
    folder = files(__package__)
    return {e.name: e.read_text("utf-8") for e in folder.iterdir() if e.name.endswith(".S")}


@cache
def _kernel() -> Program:
    """Assemble the kernel alone, with room for a program."""
    return assemble(_parts()["kernel.S"], name="kernel.S", origin=layout.KERNEL, includes=_parts())


def _put(section: Placed, address: int, image: bytes) -> Placed:
    """Return the section with the image in it, if the address is there."""
    start = address - section.address
    if not 0 <= start < section.size:
        return section
    data = section.data[:start] + image + section.data[start + len(image) :]
    return replace(section, data=data)


def board_options(workload: str = "hello", devices: str = "virtio", **others: Any) -> BoardOptions:
    """Return a board that a workload can run on, with the book's firmware below the kernel.

    Parameters
    ----------
    workload
        One of `WORKLOADS`.
    devices
        Of which kind its disk or network is: "virtio" or "registers".
    others
        Further fields of `BoardOptions`.

    Raises
    ------
    ValueError
        For another workload or kind.
    """
    needs = named(workload).needs
    kinds: dict[str, dict[str, Any]] = {
        "virtio": {"disk": {"drives": (disk_image(),)}, "network": {"network": True}},
        "registers": {"disk": {"disk": disk_image()}, "network": {"nic": True}},
    }
    if devices not in kinds:
        raise ValueError(f"devices: {devices!r}; allowed: {', '.join(kinds)}")
    given = {"memory": MEMORY, "own_firmware": True} | kinds[devices].get(needs, {})
    return BoardOptions(**given | others)


def start(board: Board, kernel: Program) -> None:
    """Reset a board and put the kernel on it, over the book's firmware.

    Parameters
    ----------
    board
        Physical or a virtual machine's; made with `own_firmware`.
    kernel
        What `kernel_image` returns.
    """
    board.reset()
    for program in (firmware.build(), kernel):
        address, image = program.image()
        board.load(image, address)
    prepare(board, layout.RAM, layout.KERNEL)
