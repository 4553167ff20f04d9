"""Whether a job spread over many servers gives the serial result, and sooner than one server."""

from dataclasses import dataclass

import numpy as np

from models.cloud.attempts import Fate, JobFailed
from models.cloud.map_reduce import map_reduce, serial
from models.cloud.scatter_gather import Job, best_tasks, scatter_gather
from models.cloud.stragglers import SLOWNESS
from models.cloud.text_jobs import INDEX, text
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

LINES = 60  # of each text; no more map tasks than lines
DRAWS = 20_000  # tasks x runs of the job in virtual time


@dataclass(frozen=True)
class Scattered(Parameters):
    """A job with one task for each server."""

    servers: int = parameter(100, unit="servers", low=2, high=100_000, scale="log", label="Servers")
    overhead: float = parameter(0.1, unit="s", low=0.0, high=60.0, label="To hand out one task")
    slowness: str = choice("none", SLOWNESS, label="Stragglers")
    failure: float = parameter(0.0, low=0.0, high=0.9, step=0.01, label="Attempts that fail")
    allowed: int = parameter(12, unit="attempts", low=1, high=20, label="Attempts at a task")
    texts: int = parameter(8, unit="texts", low=1, high=100, label="Texts, a seed each")

    def job(self, servers: int) -> Job:
        """An hour of work on so many servers, in virtual time."""
        return Job(
            tasks=servers,
            machines=servers,
            overhead=self.overhead,
            slowness=self.slowness,
            failure=self.failure,
            allowed=self.allowed,
            runs=int(np.clip(DRAWS // servers, 1, 400)),
        )


@dataclass(frozen=True)
class Outcome:
    """What the servers brought.

    Attributes
    ----------
    parameters : Scattered
    equal : int
        Texts whose index, made in pieces, is the one that a single loop makes.
    alone, spread : float
        Mean seconds of an hour of work on one server, and on all of them.
    best : float
        Servers from which on another one makes the job later, without stragglers and failures.
    """

    parameters: Scattered
    equal: int
    alone: float
    spread: float
    best: float

    @property
    def speedup(self) -> float:
        """How many times sooner than on one server."""
        return self.alone / self.spread

    def facts(self) -> Facts:
        """Equal results and speed-up."""
        return Facts(
            Fact("Results equal to the serial one", self.equal),
            Fact("Texts", self.parameters.texts),
            Fact("On one server", self.alone, "s", 1),
            Fact("On all servers", self.spread, "s", 1),
            Fact("Speed-up", self.speedup, "times", 1),
            title="Many servers",
        )


def scattered(parameters: Scattered) -> Outcome:
    """Index some texts piece by piece, and time an hour of work."""
    p = parameters
    return Outcome(
        parameters=p,
        equal=sum(_equal(p, seed) for seed in range(1, p.texts + 1)),
        alone=float(scatter_gather(p.job(1)).makespan.mean()),
        spread=float(scatter_gather(p.job(p.servers)).makespan.mean()),
        best=best_tasks(p.job(1)),
    )


def _equal(p: Scattered, seed: int) -> bool:
    """Whether one text's index in pieces is the serial one; a job that failed has none."""
    lines = text(LINES, seed)
    fate = Fate(before=p.failure / 2, after=p.failure / 2, allowed=p.allowed, seed=seed)
    try:
        pieces = map_reduce(INDEX, lines, tasks=min(p.servers, LINES), fate=fate)
    except JobFailed:
        return False
    return pieces.result == serial(INDEX, lines)
