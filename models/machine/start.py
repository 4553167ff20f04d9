"""From files to a board that is ready to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.machine import firmware, layout
from models.machine.assembler import Program, assemble
from models.machine.board import Board, BoardOptions
from models.machine.boot import A1, prepare
from models.machine.elf import is_elf, load_elf
from models.machine.errors import ImageError
from models.machine.snapshot import restore

SOURCES = (".S", ".s")
INCLUDED = (*SOURCES, ".inc")


@dataclass(frozen=True)
class Images:
    """What the command line names: see `python -m models.machine run --help`."""

    program: Path | None = None
    bios: Path | None = None
    kernel: Path | None = None
    initrd: Path | None = None
    append: str = ""
    entry: str | None = None
    drives: tuple[Path, ...] = ()
    restore: Path | None = None


def build(
    images: Images,
    given: Mapping[str, Any],
    tier: str,
    make: Callable[[BoardOptions], Board] = Board,
) -> tuple[Board, dict[str, int]]:
    """Build the board, and put the images into its memory.

    Parameters
    ----------
    images : Images
        The files.
    given : mapping
        Fields of `BoardOptions` that were named.
    tier : str
        How instructions are executed.
    make : callable
        Makes the board of its options: a bare one, or a virtual machine's.

    Returns
    -------
    (Board, dict)
        Ready to run; and the symbols of what was loaded.

    Raises
    ------
    ImageError, AssemblyError, OSError
        If the files do not go together, are damaged, or cannot be read.
    """
    drives = tuple(path.read_bytes() for path in images.drives)
    if images.restore:
        if given or replace(images, drives=(), restore=None) != Images():
            raise ImageError("--restore", "other images or settings", "--drive beside it")
        data = images.restore.read_bytes()
        return restore(data, drives, tier=tier, name=str(images.restore), make=make), {}
    _check_together(images)
    try:
        own = images.entry == "supervisor"
        board = make(BoardOptions(**given, drives=drives, tier=tier, own_firmware=own))
    except ValueError as error:
        raise ImageError("options", str(error), "what --help says") from error
    board.reset()
    return board, _Loader(board).load(images)


def _check_together(images: Images) -> None:
    """Refuse images that contradict each other."""
    if images.program and (images.bios or images.kernel):
        raise ImageError("arguments", "ELF with --bios or --kernel", "one way to say what to run")
    if not (images.program or images.bios or images.kernel):
        raise ImageError("arguments", "nothing to run", "ELF, --bios, --kernel or --restore")
    if images.bios and images.entry:
        raise ImageError("arguments", "--entry with --bios", "--bios, which is entered in M-mode")


class _Loader:
    """Puts files into a board's memory, each apart from the others."""

    def __init__(self, board: Board):
        self._board = board
        self._taken: list[tuple[int, int, str]] = []
        self._symbols: dict[str, int] = {}

    def load(self, images: Images) -> dict[str, int]:
        """Load all, set the registers, and return the symbols."""
        supervisor = images.entry == "supervisor"
        entry, following = layout.RAM, None
        if images.bios:
            entry = self._file(images.bios, layout.RAM)
        program = images.program or images.kernel
        if supervisor:
            address, memory = firmware.build().image()
            self._place(address, memory, firmware.ROOM, "the book's firmware")
        if program:
            place = layout.KERNEL if supervisor or images.bios else layout.RAM
            start = self._file(program, place)
            if supervisor or images.bios:
                following = start
            else:
                entry = start
        self._prepare(images, entry, following)
        self._watch()
        return self._symbols

    def _file(self, path: Path, address: int) -> int:
        """Load a file: ELF where it says, source as assembled, else raw. Return the entry."""
        name = str(path)
        source = path.suffix in SOURCES
        data = assemble_file(path, address).elf() if source else path.read_bytes()
        if not is_elf(data):
            self._place(address, data, len(data), name)
            return address
        image = load_elf(data, name)
        for segment in image.segments:
            self._place(segment.address, segment.data, segment.size, name)
        self._symbols |= image.symbols
        return image.entry

    def _place(self, address: int, data: bytes, size: int, name: str) -> None:
        """Put bytes, and zeros up to `size`, at an address."""
        ram, end = self._board.ram, address + size
        if not data and not size:
            raise ImageError(name, "an empty file", "a program")
        if not ram.holds(address, size):
            problem = f"{size:#x} bytes at {address:#x}"
            raise ImageError(name, problem, f"RAM, {ram.base:#x} to {ram.base + ram.size:#x}")
        for start, stop, other in self._taken:
            if address < stop and start < end:
                raise ImageError(
                    name, f"{address:#x} to {end:#x} lies over {other}", "memory apart"
                )
        self._taken.append((address, end, name))
        self._board.load(data + bytes(size - len(data)), address)

    def _prepare(self, images: Images, entry: int, following: int | None) -> None:
        disk = images.initrd.read_bytes() if images.initrd else b""
        try:
            prepare(self._board, entry, following, images.append, disk)
        except ValueError as error:
            raise ImageError("memory", str(error), "more --memory") from error
        tree = self._board.hart.x[A1]
        for _, end, name in self._taken:
            if end > tree:
                problem = f"ends at {end:#x}, over the device tree at {tree:#x}"
                raise ImageError(name, problem, "more --memory")

    def _watch(self) -> None:
        """Let a program end through HTIF."""
        tohost = self._symbols.get("tohost")
        if tohost is None:
            return
        try:
            self._board.devices.watch_tohost(tohost, self._symbols.get("fromhost"))
        except ValueError as error:
            raise ImageError("tohost", str(error), "a doubleword in RAM") from error


def assemble_file(
    path: Path, origin: int, compressed: bool = True, defines: Mapping[str, int] | None = None
) -> Program:
    """Assemble a file; it may include others of its folder."""
    folder = [p for p in path.parent.iterdir() if p.suffix in INCLUDED and p.is_file()]
    return assemble(
        _text(path),
        name=str(path),
        origin=origin,
        compressed=compressed,
        defines=defines,
        includes={p.name: _text(p) for p in folder},
    )


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
