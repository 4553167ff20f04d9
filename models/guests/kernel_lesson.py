"""What there is to see in the teaching kernel: its files, its sensitive places, one system call.

To assemble the kernel and to run it step by step takes seconds in a page, so what is seen is kept,
and a test holds it to the kernel: ``python -m models.guests.kernel_lesson`` looks again.
"""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from models.guests.kernel import board_options, kernel_image, start
from models.machine.assembler import Program
from models.machine.assembler.program import ListedLine
from models.machine.board import Board
from models.machine.decode import Decoded, decode
from models.machine.disassembler import disassemble
from models.machine.semantics import M64
from models.machine.traps import Mode

NAME = "kernel_lesson.json"
MOST = 100_000  # instructions of the whole run
A7, CALL_PID = 17, 2  # a system call: its number's register, and "who am I?"
ECALL = 0x73
_CALLED = re.compile(r"macro (\w+), called from (\S+) line (\d+)")


@dataclass(frozen=True)
class Site:
    """A place in the kernel where an instruction stands that only a kernel may execute.

    Attributes
    ----------
    macro : str
        Of `sensitive.S`.
    file, line : str, int
        Where it is used.
    instruction : str
        Disassembled.
    executed : int
        How often, from the start to the end of the workload "hello".
    """

    macro: str
    file: str
    line: int
    instruction: str
    executed: int


@dataclass(frozen=True)
class Stretch:
    """Instructions in a row of one system call.

    Attributes
    ----------
    mode : str
    label : str
        The function they stand in.
    macro : str
        Of `sensitive.S`; empty for ordinary instructions.
    instructions : int
        How many.
    text : str
        The sensitive ones, disassembled; empty for ordinary ones.
    """

    mode: str
    label: str
    macro: str
    instructions: int
    text: str


@dataclass(frozen=True)
class Lesson:
    """All that is shown.

    Attributes
    ----------
    instructions : dict
        File to instructions that it puts into the kernel.
    sites : tuple of Site
    call : tuple of Stretch
        One system call that does next to nothing, from its ecall on.
    retired : dict
        Mode to instructions of the workload "hello".
    console : str
        What it prints.
    """

    instructions: dict[str, int]
    sites: tuple[Site, ...]
    call: tuple[Stretch, ...]
    retired: dict[str, int]
    console: str

    @property
    def total(self) -> int:
        """Instructions of the kernel."""
        return sum(self.instructions.values())


@cache
def kept() -> Lesson:
    """As it was seen."""
    stored = json.loads(files("models.guests").joinpath(NAME).read_text("utf-8"))
    return Lesson(
        stored["instructions"],
        tuple(Site(**site) for site in stored["sites"]),
        tuple(Stretch(**stretch) for stretch in stored["call"]),
        stored["retired"],
        stored["console"],
    )


def as_text(lesson: Lesson) -> str:
    """The file's text."""
    return json.dumps(asdict(lesson), indent=1) + "\n"


def look() -> Lesson:
    """Assemble the kernel, run it step by step, and write down what is seen."""
    kernel = kernel_image("hello")
    places = {place.address: place for place in _places(kernel)}
    board = Board(board_options("hello", tier="step"))
    start(board, kernel)
    executed: Counter[int] = Counter()
    call: list[tuple[str, int]] = []

    def seen(board: Board) -> bool:
        hart, pc = board.hart, board.hart.pc & M64
        executed[pc] += 1
        asks = hart.csrs.mode == Mode.U and hart.x[A7] == CALL_PID and places[pc].text == "ecall"
        back = len(call) > 1 and call[-1][0] == "U"
        if asks or (call and not back):
            call.append((hart.mode_name, pc))
        return False

    board.run(MOST, until=seen)
    own = [place for place in places.values() if place.kernels]
    return Lesson(
        dict(Counter(place.file for place in own)),
        tuple(
            Site(place.macro, place.file, place.line, place.text, executed[place.address])
            for place in own
            if place.macro
        ),
        tuple(_stretches((mode, places[pc]) for mode, pc in call[:-1])),
        dict(board.counters["retired"]),
        board.console_output.decode("ascii"),
    )


@dataclass(frozen=True)
class _Place:
    """An instruction of the kernel or its program, and where it comes from.

    `text` and `macro` are empty for an ordinary instruction; an ecall has no macro of its own.
    """

    address: int
    kernels: bool
    label: str
    file: str
    line: int
    macro: str
    text: str


def _places(kernel: Program) -> Iterator[_Place]:
    code = kernel.sections[0]
    labels = sorted((kernel.symbols[name], name) for name in kernel.homes)
    for line in kernel.lines:
        called = _CALLED.search(line.location.within)
        for address, word in _words(line):
            decoded, kernels = decode(word), code.address <= address < code.address + code.size
            text = disassemble(word, address) if _sensitive(decoded) or word == ECALL else ""
            yield _Place(
                address,
                kernels,
                labels[bisect(labels, (address, "~")) - 1][1] if kernels else "program",
                called[2] if called else line.location.file,
                int(called[3]) if called else line.location.line,
                called[1] if called and _sensitive(decoded) else "",
                text,
            )


def _words(line: ListedLine) -> Iterator[tuple[int, int]]:
    """Address and word of each instruction that a line became."""
    at = 0
    while at < len(line.data):
        length = 2 if line.data[at] & 3 != 3 else 4
        yield line.address + at, int.from_bytes(line.data[at : at + length], "little")
        at += length


def _sensitive(decoded: Decoded | None) -> bool:
    return decoded is not None and (bool(decoded.base.privilege) or decoded.base.kind == "csr")


def _stretches(steps: Iterable[tuple[str, _Place]]) -> Iterator[Stretch]:
    """Put steps in a row together that are of one mode, function and macro."""
    alike = groupby(steps, key=lambda step: (step[0], step[1].label, step[1].macro))
    for (mode, label, macro), group in alike:
        texts = [place.text for _, place in group]
        yield Stretch(mode, label, macro, len(texts), "; ".join(filter(None, texts)))


if __name__ == "__main__":
    Path(__file__).with_name(NAME).write_text(as_text(look()), encoding="utf-8")
