"""One reader at one board's console: messages in, what the page shows out. No widgets here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from models.explorers import boots, failures
from models.explorers.bench import Refused
from models.machine.board import Stop
from models.machine.disassembler import disassemble
from models.machine.semantics import M64
from models.machine.traps import MODE_NAMES

MOST_STEPS = 100_000_000  # of one message: the page asks for a long run slice by slice
MOST_TYPED = 1_000  # characters
#: Bytes of the reader's images: below each lies the next, and at RAM's top the device tree.
MOST_BYTES = {"firmware": 2 << 20, "kernel": 48 << 20, "disk": 48 << 20}
SHOWN = 20_000  # characters of the console: the latest
BACK = re.compile("[^\n\b]\b")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # what a terminal obeys and does not show
ELF = b"\x7fELF"
SWITCHED_OFF = {
    "pass": "It switched itself off",
    "fail": "It gave up",
    "reset": "It asked to reset",
}


class Terminal:
    """A board with a console.

    Attributes
    ----------
    board
        It starts with the book's monitor; each program and the reader's images make a new one.
    """

    def __init__(self) -> None:
        self._make = boots.program("monitor")
        self._start()

    def _start(self) -> None:
        """Switch a new board on."""
        self.ended = ""
        self.board = self._make()

    # ------------------------------------------------------------------ what is shown
    def state(self, before: Sequence[int] | None = None) -> dict[str, Any]:
        """What the page shows; `before` are the registers that the reader saw last."""
        board, hart = self.board, self.board.hart
        x = hart.x[:32]
        said = readable(bytes(board.console_output[-SHOWN:]))
        return {
            "output": said,
            "count": board.clock.count,
            "exits": board.exits,
            "interrupts": board.counters.total("interrupts"),
            "traps": board.counters.total("traps"),
            "mode": MODE_NAMES[hart.csrs.mode, hart.csrs.virtual],
            "pc": f"{hart.pc & M64:#x}",
            "text": self._next(),
            "registers": [f"{value & M64:x}" for value in x],
            "changed": [n for n in range(32) if before and x[n] != before[n]],
            "counters": [
                [family.replace("_", " "), key, f"{number:,}"]
                for family in board.counters
                for key, number in sorted(board.counters[family].items())
            ],
            "tier": board.tier,
            "waiting": hart.waiting,
            "ended": self.ended,
            "refusal": "",
            "stop": "",
        }

    def _next(self) -> str:
        """The instruction at pc, without leaving a trace of the look."""
        hart, pc = self.board.hart, self.board.hart.pc & M64
        delta = hart.mmu.fetches.fetches.get(hart.pc & -4096)
        ram = self.board.ram
        if delta is None:
            if hart.mmu.fetches.translated or not ram.holds(pc, 4):
                return "(not fetched yet)"
            delta = -ram.base
        place = delta + hart.pc
        word = int.from_bytes(ram.bytes[place : place + 4], "little")
        return disassemble(word, pc)

    # ------------------------------------------------------------------ what may be asked
    def receive(self, message: Mapping[str, Any], buffers: Sequence[Any] = ()) -> dict[str, Any]:
        """Answer one message; `do` names what is wanted (see the methods `_do_...`)."""
        before = self.board.hart.x[:32]
        extra: dict[str, Any] = {}
        try:
            extra = self.ACTIONS[message["do"]](self, message, buffers) or {}
        except Refused as refusal:
            extra = {"refusal": str(refusal)}
        # Whatever a model raises must reach the reader as words and the tests as a record.
        except Exception as error:
            extra = {"refusal": failures.record(error, f"terminal: {message}")}
        return self.state(before) | extra

    def _do_run(self, message: Mapping[str, Any], buffers: Sequence[Any]) -> dict[str, Any]:
        steps = message["steps"]
        if not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS:
            raise Refused(f"steps: {steps}; allowed: 1 to {MOST_STEPS:,}")
        if self.ended:
            return {"stop": "halt"}
        stop = self.board.run(steps)
        if stop.reason == "halt":
            self.ended = ended(stop)
        return {"stop": stop.reason}

    def _do_type(self, message: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        text = str(message["text"])
        if len(text) > MOST_TYPED:
            raise Refused(f"{len(text):,} characters; allowed: up to {MOST_TYPED:,} at a time")
        self.board.feed(text.encode())

    def _do_reset(self, message: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        self._start()

    def _do_start(self, message: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        """Start one of the book's programs; OpenSBI comes from the site, or from this machine."""
        name = message["program"]
        if name not in boots.PROGRAMS:
            raise Refused(f"program: {name!r}; allowed: {', '.join(boots.PROGRAMS)}")
        given = bytes(buffers[0]) if buffers else b""
        if name == "opensbi" and not given:
            if not boots.OPENSBI.exists():
                raise Refused("OpenSBI is not here: choose its file below, as your own firmware")
            given = boots.OPENSBI.read_bytes()
        self._make = boots.program(name, given)
        self._start()

    def _do_boot(self, message: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        """Boot the reader's own images: `sizes` of firmware, kernel and disk, 0 for none."""
        sizes = [int(size) for size in message["sizes"]]
        for (name, most), size in zip(MOST_BYTES.items(), sizes, strict=True):
            if size > most:
                raise Refused(f"{name}: {size:,} bytes; allowed: up to {most:,}")
        parts = iter(buffers)
        images = [bytes(next(parts)) if size else b"" for size in sizes]
        if not images[1]:
            raise Refused("kernel: none; allowed: a raw image, as Linux's Image or U-Boot's .bin")
        for name, image in zip(MOST_BYTES, images, strict=True):
            if image.startswith(ELF):
                raise Refused(f"{name}: an ELF file; allowed: a raw image")
        arguments = str(message.get("arguments", ""))[:MOST_TYPED]
        first, kernel, disk = images
        self._make = partial(boots.images, first, kernel, arguments, disk)
        self._start()

    ACTIONS: ClassVar[dict[str, Callable[..., dict[str, Any] | None]]] = {
        "run": _do_run,
        "type": _do_type,
        "reset": _do_reset,
        "start": _do_start,
        "boot": _do_boot,
    }


def readable(output: bytes) -> str:
    """What a screen shows of it: no commands to it; a backspace takes a character back."""
    text = CONTROL.sub("", output.decode("utf-8", errors="replace").replace("\r", ""))
    while BACK.search(text):
        text = BACK.sub("", text)
    return text


def ended(stop: Stop) -> str:
    """Why a machine cannot go on."""
    return f"{SWITCHED_OFF[stop.detail]} (code {stop.code})."
