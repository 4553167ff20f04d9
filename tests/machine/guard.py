"""A wall-clock guard: what does not end is stopped, and a sentence says so.

A signal's handler runs only between two of Python's own instructions, so it could not stop an
endless loop inside WebAssembly. The work is done in a process of its own, which can be killed.
"""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

Work = Callable[..., object]


def _serve(orders: Connection) -> None:
    """Do what comes, and tell what went wrong with it ("": nothing)."""
    while order := orders.recv():
        work, arguments = order
        try:
            work(*arguments)
        except Exception:
            orders.send(traceback.format_exc())
        else:
            orders.send("")


class Guard:
    """Does work in another process, each piece within a time.

    Parameters
    ----------
    seconds
        Of the wall clock, for one piece of work.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._process: Any = None

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")  # a fork would share the engine's threads
        self._orders, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def __call__(self, work: Work, *arguments: object) -> None:
        """Do a piece of work; AssertionError if it fails, ends its process, or does not end."""
        if self._process is None:
            self._start()
        name = f"{work.__name__}{arguments}"
        self._orders.send((work, arguments))
        if not self._orders.poll(self.seconds):
            self.stop()
            raise AssertionError(f"{name} did not end within {self.seconds} s and was stopped")
        try:
            failure = self._orders.recv()
        except EOFError:
            self.stop()
            raise AssertionError(f"{name} ended its process") from None
        assert not failure, f"{name} failed:\n{failure}"


@contextmanager
def guarded(seconds: float = 60) -> Iterator[Guard]:
    """Give a guard whose process ends with the block."""
    guard = Guard(seconds)
    try:
        yield guard
    finally:
        guard.stop()
