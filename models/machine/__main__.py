"""Command line: ``python -m models.machine run|asm|dis|dtb``.

Options are named as QEMU's where they mean the same. Exit status of ``run``:

====  ========================================================================
0     the guest reported success, or printed the text of ``--until``
1     the guest reported failure; its code is printed
2     the arguments or an image are bad
3     ``--max-instructions`` was reached, or the input ended first
4     the guest waits for an interrupt and nothing is armed to bring one, or
      cannot fetch its handler of traps (a file that is no program ends so)
130   Ctrl-C; no counters and no snapshot are written
141   nobody reads what is printed any more, as after ``| head``
====  ========================================================================
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from models.events import Counters
from models.machine.assembler import AssemblyError
from models.machine.board import Board, BoardOptions
from models.machine.devicetree_source import tree_source
from models.machine.disassembler import disassemble_bytes
from models.machine.elf import ElfImage, load_elf
from models.machine.errors import ImageError
from models.machine.runner import Console, run
from models.machine.start import Images, assemble_file, build
from models.machine.tiers.webassembly import missing
from models.machine.tracer import Tracer

USAGE_ERROR = 2
INTERRUPTED, UNREAD = 130, 141  # by Ctrl-C, by a closed pipe: as shells have it
_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def size(text: str) -> int:
    """Read a number of bytes: `4096`, `512K`, `128M`, `1G`."""
    unit = _UNITS.get(text[-1:].upper(), 1)
    digits = text if unit == 1 else text[:-1]
    if not digits.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no size; allowed: 128M, 1G, 65536")
    number = int(digits) * unit
    if not 1 << 16 <= number <= 1 << 31 or number % 4096:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: 64K to 2G, a multiple of 4K")
    return number


def count(text: str) -> int:
    """Read a number from 1 on."""
    if not text.isdecimal() or not 1 <= int(text) < 1 << 63:
        raise argparse.ArgumentTypeError(f"{text!r} is no count; allowed: 1, 2, 3, ...")
    return int(text)


def address(text: str) -> int:
    """Read an address at which code may begin."""
    try:
        number = int(text, 0)
    except ValueError:
        number = -1
    if not 0 <= number < 1 << 64 or number % 4:
        message = f"{text!r} is no address; allowed: 0x80000000, 4096, ..., a multiple of 4"
        raise argparse.ArgumentTypeError(message)
    return number


def printed(text: str) -> str:
    """Read a text that a guest may print."""
    if not text:
        raise argparse.ArgumentTypeError("no text; allowed: what the guest prints")
    return text


def definition(text: str) -> tuple[str, int]:
    """Read `NAME=VALUE`."""
    name, _, value = text.partition("=")
    try:
        return name, int(value or "1", 0)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: NAME or NAME=NUMBER") from None


def parser() -> argparse.ArgumentParser:
    """Describe the four commands."""
    top = argparse.ArgumentParser(prog="python -m models.machine", description="A RISC-V board.")
    commands = top.add_subparsers(dest="command", required=True)
    run_options(commands.add_parser("run", help="run a program, a kernel or a firmware"))

    asm = commands.add_parser("asm", help="assemble a source: a listing, or an ELF file")
    asm.add_argument("source", metavar="FILE", type=Path)
    asm.add_argument("-o", "--output", metavar="ELF", type=Path, help="write this ELF file")
    asm.add_argument("--origin", type=address, default=0x8000_0000, metavar="ADDRESS")
    asm.add_argument("--no-compressed", action="store_true", help="32-bit instructions only")
    asm.add_argument("--define", type=definition, action="append", default=[], metavar="NAME=N")

    dis = commands.add_parser("dis", help="disassemble the code of an ELF file")
    dis.add_argument("image", metavar="ELF", type=Path)
    dis.add_argument("--no-aliases", action="store_true", help="the table's names only")

    dtb = commands.add_parser("dtb", help="the board's device tree, as text or as a file")
    dtb.add_argument("-o", "--output", metavar="FILE", type=Path, help="write the binary form")
    dtb.add_argument("--memory", type=size, default=128 << 20, metavar="SIZE")
    dtb.add_argument("--append", default="", metavar="TEXT", help="the kernel's command line")
    return top


def run_options(run: argparse.ArgumentParser) -> None:
    """Add what `run` understands."""
    add = run.add_argument
    add("program", metavar="ELF", nargs="?", type=Path, help="program (or assembly source, *.S)")
    add("--bios", metavar="FILE", type=Path, help="firmware, entered in M-mode")
    add("--kernel", metavar="FILE", type=Path, help="kernel that the firmware starts")
    add("--append", default="", metavar="TEXT", help="the kernel's command line")
    add("--initrd", metavar="FILE", type=Path, help="initial RAM disk")
    add("--entry", choices=("machine", "supervisor"), help="mode in which the program starts")
    add("--drive", metavar="IMAGE", type=Path, action="append", default=[], help="virtio disk")
    add("--writable", action="store_true", help="write the guest's changes back to the drives")
    add("--memory", type=size, metavar="SIZE", help="RAM (default 128M)")
    add("--instructions-per-tick", type=count, metavar="N", help="of mtime (default 1)")
    add("--holes", default="", metavar="NAMES", help="instructions that do not trap in U-mode")
    add("--floats", action="store_true", help="the F and D extensions are there")
    add("--input", metavar="FILE", type=Path, help="what is typed, taken when the guest polls")
    add("--until", type=printed, metavar="TEXT", help="end with status 0 when this is printed")
    add("--max-instructions", type=count, metavar="N", help="end with status 3 after so many")
    add("--counters", metavar="FILE.json", type=Path, help="write the counters at the end")
    add("--trace", action="store_true", help="print each instruction to standard error")
    add("--save", metavar="FILE", type=Path, help="write a snapshot at the end")
    add("--restore", metavar="FILE", type=Path, help="go on from a snapshot")


def main(arguments: list[str] | None = None) -> int:
    """Carry out a command line; return the exit status."""
    options = parser().parse_args(arguments)
    commands = {"run": run_command, "asm": asm_command, "dis": dis_command, "dtb": dtb_command}
    return answer(lambda: commands[options.command](options))


def answer(act: Callable[[], int]) -> int:
    """Carry out a command; what it was given and cannot use becomes a line and a status."""
    try:
        status = act()
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Else Python tries once more when it ends, and complains.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except (AssemblyError, ImageError, argparse.ArgumentError) as error:
        message = str(error)
    except OSError as error:
        message = f"{error.filename or 'standard output'}: {error.strerror}"
    print(f"error: {message}", file=sys.stderr)
    return USAGE_ERROR


# -------------------------------------------------------------------------------- commands


def run_command(
    options: argparse.Namespace,
    make: Callable[[BoardOptions], Board] = Board,
    counted: Callable[[Board], Counters] = lambda board: board.counters,
    tracer: Callable[[Board, TextIO, Mapping[str, int]], object] = Tracer,
) -> int:
    """Run software on a board.

    Parameters
    ----------
    options
        Of the command line, see `run_options`.
    make, counted
        Makes the board of its options, and says what was counted.
    tracer
        Writes the trace, if one is wanted.
    """
    if options.writable and not options.drive:
        raise ImageError("--writable", "no drive", "--drive beside it")
    images = Images(
        program=options.program,
        bios=options.bios,
        kernel=options.kernel,
        initrd=options.initrd,
        append=options.append,
        entry=options.entry,
        drives=tuple(options.drive),
        restore=options.restore,
    )
    settings = {
        "memory": options.memory,
        "instructions_per_tick": options.instructions_per_tick,
        "floats": options.floats or None,
        "holes": tuple(name for name in options.holes.split(",") if name) or None,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    board, symbols = build(images, given, "step" if options.trace else "auto", make)
    if why := missing():
        print(f"note: {why}; the slower Python tier runs, with the same counts", file=sys.stderr)
    typed = options.input.read_bytes() if options.input else None
    for path in filter(None, (options.counters, options.save)):
        path.open("ab").close()  # now, not after a run of minutes
    console = Console(sys.stdin, sys.stdout.buffer, typed)
    result = run(
        board,
        console,
        until=options.until,
        limit=options.max_instructions,
        trace=sys.stderr if options.trace else None,
        symbols=symbols,
        tracer=tracer,
    )
    if options.counters:
        counts = json.dumps(counted(board).to_json(), indent=2)
        options.counters.write_text(counts + "\n", "utf-8")
    if options.save:
        options.save.write_bytes(result.snapshot())
    if options.writable:
        for path, drive in zip(options.drive, board.devices.drives, strict=True):
            path.write_bytes(drive.image())
    if result.message:
        print(result.message, file=sys.stderr)
    return result.status


def asm_command(options: argparse.Namespace) -> int:
    """Assemble: print the listing, or write an ELF file."""
    program = assemble_file(
        options.source, options.origin, not options.no_compressed, dict(options.define)
    )
    if options.output:
        options.output.write_bytes(program.elf())
    else:
        print(program.listing(), end="")
    return 0


def dis_command(options: argparse.Namespace) -> int:
    """Disassemble the executable segments, with the symbols as labels."""
    image = load_elf(options.image.read_bytes(), str(options.image))
    print(listing(image, not options.no_aliases), end="")
    return 0


def listing(image: ElfImage, aliases: bool) -> str:
    """Return address, word and text of every instruction."""
    names = {address: name for name, address in image.symbols.items()}
    rows = []
    for segment in (s for s in image.segments if s.executable):
        lines = disassemble_bytes(segment.data, segment.address, aliases=aliases, symbols=names)
        for line in lines:
            if line.address in names:
                rows.append(f"\n{names[line.address]}:\n")
            word = f"{line.word:0{2 * line.length}x}"
            rows.append(f"{line.address:16x}  {word:<8}  {line.text}\n")
    return "".join(rows)


def dtb_command(options: argparse.Namespace) -> int:
    """Write the device tree, or print it."""
    tree = Board(BoardOptions(memory=1 << 16)).devices.tree(options.memory, options.append)
    if options.output:
        options.output.write_bytes(tree.blob())
    else:
        print(tree_source(tree), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
