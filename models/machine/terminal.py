"""The reader's terminal as the guest's: every key goes to the guest, at once.

Ctrl-A X ends the run, Ctrl-A Ctrl-A types Ctrl-A (as in QEMU and screen).
"""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from types import TracebackType
from typing import TextIO

ESCAPE = 0x01  # Ctrl-A
QUIT = b"xX"
HELP = "Ctrl-A X ends the run.\n"


class Terminal:
    """A terminal in raw mode, as a context manager that gives it back as it was."""

    def __init__(self, stdin: TextIO):
        self._file = stdin.fileno()
        self._escaped = False

    def __enter__(self) -> Terminal:
        self._before = termios.tcgetattr(self._file)
        tty.setraw(self._file)
        settings = termios.tcgetattr(self._file)
        settings[1] |= termios.OPOST  # a plain newline of the guest still begins a line
        termios.tcsetattr(self._file, termios.TCSADRAIN, settings)
        sys.stderr.write(HELP)
        sys.stderr.flush()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        termios.tcsetattr(self._file, termios.TCSADRAIN, self._before)

    def read(self, wait: bool) -> tuple[bytes, bool]:
        """Return what was typed, and whether the reader wants to end.

        With `wait` the call returns when something was typed.
        """
        ready, _, _ = select.select([self._file], [], [], None if wait else 0)
        if not ready:
            return b"", False
        data = os.read(self._file, 1024)
        if not data:  # the terminal was closed
            return b"", True
        return self._keys(data)

    def _keys(self, data: bytes) -> tuple[bytes, bool]:
        out = bytearray()
        for byte in data:
            if self._escaped:
                self._escaped = False
                if byte in QUIT:
                    return bytes(out), True
                if byte == ESCAPE:
                    out.append(byte)
            elif byte == ESCAPE:
                self._escaped = True
            else:
                out.append(byte)
        return bytes(out), False
