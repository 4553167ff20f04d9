"""Tasks, each tried until one attempt at it completes.

The master keeps a list of attempts to start, in any order. An attempt may be lost before or after
its work is done, which is the same to the master: nothing came back. Then the task is tried again,
unless another attempt at it is under way or has completed, or none is left.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.cloud.workers import Attempt, Workers
from models.parameters import Parameters, parameter


class JobFailed(Exception):
    """A task without an attempt that completed: there is no result, not even a partial one."""


@dataclass(frozen=True)
class Fate(Parameters):
    """What happens to attempts, by chance; the same seed, the same fate.

    An attempt's fate depends on the attempt alone, not on when it is started.
    """

    before: float = parameter(
        0.0, low=0.0, high=1.0, step=0.05, label="Attempts lost before their work"
    )
    after: float = parameter(
        0.0, low=0.0, high=1.0, step=0.05, label="Attempts whose result is lost"
    )
    twice: float = parameter(0.0, low=0.0, high=1.0, step=0.05, label="Tasks started twice")
    allowed: int = parameter(4, unit="attempts", low=1, high=100, label="Attempts at a task")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")

    def lost(self, attempt: Attempt) -> str:
        """Whether an attempt is lost: "before" its work, "after" it, or not at all: ""."""
        chance = float(self._drawn(*attempt).random())
        if chance < self.before:
            return "before"
        return "after" if chance > 1 - self.after else ""

    def doubled(self, phase: str, task: int) -> bool:
        """Whether a task is started twice at once."""
        return float(self._drawn(phase, task).random()) < self.twice

    def order(self, phase: str) -> np.random.Generator:
        """Chooses who is started next among those that wait."""
        return self._drawn(phase)

    def _drawn(self, phase: str, *key: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, zlib.crc32(phase.encode()), *key))


@dataclass(frozen=True)
class Tally:
    """What one phase took, in attempts; `attempts` is `tasks` + `lost` + `repeated`."""

    tasks: int
    attempts: int
    lost: int
    repeated: int


class _Master:
    """The state of one phase."""

    def __init__(self, phase: str, tasks: int, fate: Fate) -> None:
        self.phase, self.fate = phase, fate
        self.results: dict[int, Any] = {}
        self.made = [0] * tasks  # attempts at each task so far
        self.open = [0] * tasks  # of them, waiting or under way
        self.waiting: list[Attempt] = []
        self.lost = self.repeated = 0
        for task in range(tasks):
            self._try(task)
            if fate.doubled(phase, task) and fate.allowed > 1:
                self._try(task)

    def _try(self, task: int) -> None:
        self.made[task] += 1
        self.open[task] += 1
        self.waiting.append(Attempt(self.phase, task, self.made[task]))

    def came(self, attempt: Attempt, result: Any) -> None:
        """The first result of a task counts."""
        self.open[attempt.task] -= 1
        self.repeated += attempt.task in self.results
        self.results.setdefault(attempt.task, result)

    def missed(self, attempt: Attempt, why: str) -> None:
        """Try again where nothing else is left of the task."""
        task = attempt.task
        self.open[task] -= 1
        self.lost += 1
        if task in self.results or self.open[task]:
            return
        if self.made[task] == self.fate.allowed:
            raise JobFailed(
                f"{self.phase} task {task + 1} of {len(self.made)}: all {self.made[task]} allowed "
                f"attempts were lost, the last one {why}; there is no result"
            )
        self._try(task)


def complete(
    phase: str,
    function: Callable[..., Any],
    inputs: Sequence[tuple[Any, ...]],
    fate: Fate,
    workers: Workers,
) -> tuple[list[Any], Tally]:
    """Results of ``function(*input)``, in the order of the inputs, and what they took.

    Raises
    ------
    JobFailed
        As soon as all allowed attempts at a task are lost; what still runs is stopped.
    """
    master, order = _Master(phase, len(inputs), fate), fate.order(phase)
    with workers:
        while master.waiting or workers.busy:
            while master.waiting and workers.free:
                attempt = master.waiting.pop(int(order.integers(len(master.waiting))))
                workers.start(attempt, function, inputs[attempt.task], fate.lost(attempt))
            attempt, came, value = workers.wait()
            master.came(attempt, value) if came else master.missed(attempt, value)
    tally = Tally(len(inputs), sum(master.made), master.lost, master.repeated)
    return [master.results[task] for task in range(len(inputs))], tally
