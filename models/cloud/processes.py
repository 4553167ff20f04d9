"""Each attempt in a process of its own, which takes nothing else with it when it dies.

A browser's page is one process; `workers.Here` does the same work there, one task after another.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

from models.cloud.workers import Attempt, Report


class Processes:
    """At most `count` processes at once, one for each attempt; a lost one really dies.

    Parameters
    ----------
    count : int

    Raises
    ------
    ValueError
        For a count below one, and in a browser, where there are no processes.
    """

    def __init__(self, count: int) -> None:
        if count < 1:
            raise ValueError(f"count: {count} is out of range; allowed: whole numbers from 1")
        if sys.platform == "emscripten":
            raise ValueError("count: a browser's page has one process; leave `workers` out")
        known = "forkserver" in multiprocessing.get_all_start_methods()
        # Not "fork": that of a process with threads, such as a notebook's kernel, can hang.
        self._context: Any = multiprocessing.get_context("forkserver" if known else "spawn")
        # What every process needs is imported once, not by each.
        self._context.set_forkserver_preload(["__main__", "models.cloud.map_reduce"])
        self._count = count
        self._running: dict[Connection, tuple[Attempt, Any]] = {}

    @property
    def busy(self) -> bool:
        """Whether a process runs."""
        return bool(self._running)

    @property
    def free(self) -> bool:
        """Whether fewer than `count` processes run."""
        return len(self._running) < self._count

    def start(
        self, attempt: Attempt, function: Callable[..., Any], input: tuple[Any, ...], lost: str
    ) -> None:
        """Begin it in a process of its own."""
        mine, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_work, args=(theirs, function, input, lost))
        process.start()
        theirs.close()  # so that the pipe ends when the process does
        self._running[mine] = (attempt, process)

    def wait(self) -> Report:
        """The first process to report or to die."""
        ready = wait(list(self._running))[0]
        assert isinstance(ready, Connection)
        attempt, process = self._running.pop(ready)
        with ready:
            try:
                result, came = ready.recv(), True
            except (EOFError, OSError):  # nothing came, or half of it
                result, came = None, False
        process.join()
        return attempt, came, result if came else f"ended with code {process.exitcode}"

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for connection, (_, process) in self._running.items():
            process.kill()
            process.join()
            connection.close()
        self._running.clear()


def _work(
    report: Connection, function: Callable[..., Any], input: tuple[Any, ...], lost: str
) -> None:
    """In the new process: do the work and report it, or die on the way."""
    if lost == "before":
        os._exit(1)
    result = function(*input)
    if lost == "after":
        os._exit(1)
    report.send(result)
