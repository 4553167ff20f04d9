"""A run from the outside: the console, the conditions that end it, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from models.machine.board import Board, Stop
from models.machine.csr_bits import MIE
from models.machine.semantics import M64
from models.machine.snapshot import save
from models.machine.tracer import Tracer
from models.machine.traps import Mode, Trap

#: Short, so that a file that is no program is told at once.
FIRST_SLICE = 10_000
SLICE = 500_000  # instructions between two looks at the console
LIVE_SLICE = 50_000  # the same where somebody types
#: The guest has asked so often in a row for input that will not come, and has printed nothing
#: between: it waits. (OpenSBI and U-Boot up to the prompt ask 102 times in a row at most.)
MOST_EMPTY_POLLS = 10_000
INPUT_ENDED = "input ended"


@dataclass(frozen=True)
class Result:
    """What a run came to: exit status, and a line for the reader ("" for none)."""

    board: Board
    stop: Stop
    status: int
    message: str

    def snapshot(self) -> bytes:
        """Return the board's snapshot."""
        return save(self.board)


class Console:
    """The guest's console: bytes out, and in from a file or a terminal.

    Parameters
    ----------
    stdin : text stream
        Read only where it is a terminal and nothing is typed in advance.
    out : binary stream
        Takes what the guest prints.
    typed : bytes, optional
        What is typed; the guest gets each byte when it looks for one.
    """

    def __init__(self, stdin: TextIO, out: BinaryIO, typed: bytes | None = None):
        self._stdin, self._out, self._typed = stdin, out, typed
        self._shown = self._polls = 0
        self._printed = -1  # bytes, at the last poll
        self.live = typed is None and stdin.isatty()
        self.quit = False

    def attach(self, board: Board, stack: ExitStack) -> None:
        """Connect the board; the stack gives the terminal back in the end."""
        self._shown = len(board.console_output)
        if self.live:
            from models.machine.terminal import (
                Terminal,
            )  # there is none where Python has no termios

            self._terminal = stack.enter_context(Terminal(self._stdin))
        if self._typed is not None:
            board.feed(self._typed)
            board.devices.uart.on_empty_poll = lambda: self._empty_poll(board)

    def _empty_poll(self, board: Board) -> None:
        printed = len(board.console_output)
        self._polls = self._polls + 1 if printed == self._printed else 1
        self._printed = printed
        if self._polls >= MOST_EMPTY_POLLS:
            board.halt(INPUT_ENDED, 0)

    def pump(self, board: Board, wait: bool = False) -> None:
        """Show what was printed, and hand over what was typed; `wait` for a key if asked."""
        fresh = bytes(board.console_output[self._shown :])
        if fresh:
            self._shown += len(fresh)
            self._out.write(fresh)
            self._out.flush()
        if self.live:
            typed, self.quit = self._terminal.read(wait)
            if typed:
                board.feed(typed)


def run(
    board: Board,
    console: Console,
    until: str | None = None,
    limit: int | None = None,
    trace: TextIO | None = None,
    symbols: Mapping[str, int] | None = None,
    tracer: Callable[[Board, TextIO, Mapping[str, int]], object] = Tracer,
) -> Result:
    """Run a board until something ends it, with its console connected.

    Parameters
    ----------
    board, console
        What runs, and where it prints and reads.
    until : str, optional
        A text that ends the run when the guest prints it.
    limit : int, optional
        At most so many instructions.
    trace : text stream, optional
        Takes a line for each instruction.
    symbols : mapping, optional
        Names for the trace.
    tracer : callable
        Watches the board, and writes the trace.
    """
    if trace is not None:
        tracer(board, trace, symbols or {})
    piece, done = FIRST_SLICE, 0
    with ExitStack() as stack:
        console.attach(board, stack)
        while True:
            left = piece if limit is None else min(piece, limit - done)
            stop = board.run(left, until)
            done += stop.retired
            waiting = stop.reason == "wfi" and console.live
            console.pump(board, wait=waiting)
            over = stop.reason != "limit" or stop.detail or (limit is not None and done >= limit)
            if console.quit or (over and not waiting) or lost(board):
                break
            piece = LIVE_SLICE if console.live else SLICE
    return _result(board, stop, console.quit, until, done)


def lost(board: Board) -> bool:
    """Tell whether nothing will ever run again: the very handler of traps cannot be fetched.

    So it ends with a file that is no program: in M-mode, where no interrupt comes in between.
    """
    hart, csrs = board.hart, board.hart.csrs
    pc = hart.pc & M64
    if csrs.mode != Mode.M or csrs.mstatus & MIE or pc != csrs.mtvec & ~3:
        return False
    try:
        hart.mmu.fetch(pc)
    except Trap:
        return True
    return False


def _result(board: Board, stop: Stop, quit_: bool, until: str | None, done: int) -> Result:
    if stop.reason == "condition":
        return Result(board, stop, 0, "")
    if stop.reason == "halt":
        outcomes = {
            "pass": (0, ""),
            "fail": (1, f"the guest failed with code {stop.code}"),
            "reset": (0, "the guest asked for a reset"),
            INPUT_ENDED: (3, "the input ended, and the guest waits for more"),
        }
        return Result(board, stop, *outcomes[stop.detail])
    if quit_:
        return Result(board, stop, 3 if until else 0, "ended from the keyboard")
    if stop.reason == "wfi":
        return Result(board, stop, 4, "the guest waits for an interrupt, and nothing is armed")
    if lost(board):
        where = f"its handler of traps, at {board.hart.csrs.mtvec & ~3:#x}"
        return Result(board, stop, 4, f"the guest is lost: it cannot fetch {where}")
    why = "the firmware does not come back" if stop.detail else f"{done} instructions were run"
    return Result(board, stop, 3, why)
