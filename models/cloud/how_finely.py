"""How finely to cut a job: one cut in detail, and the makespan of every other one.

The first run of the chosen cut is kept task by task; the curve repeats the whole job for numbers of
tasks from 1 to MOST, each many times.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from models.cloud.scatter_gather import Job, Spread, best_tasks, scatter_gather
from models.cloud.stragglers import SLOWNESS
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.queueing.erlang import Floats

JOB = 3_600.0  # s of work
MOST = 1_000  # tasks
POINTS = 25  # of the curve
RUNS = (4, 64)  # of one point
DRAWS = 8_000  # tasks x runs of one point: few runs tell enough where a run has many tasks


@dataclass(frozen=True)
class Cut(Parameters):
    """An hour of work, and how it is cut."""

    tasks: int = parameter(16, unit="tasks", low=1, high=MOST, scale="log", label="Cut into")
    overhead: float = parameter(
        0.1, unit="s", low=0.01, high=10.0, step=0.01, scale="log", label="To hand out one task"
    )
    slowness: str = choice("none", SLOWNESS, label="Stragglers")
    machines: int = parameter(
        2 * MOST, unit="machines", low=1, high=2 * MOST, scale="log", label="Machines"
    )
    serial: float = parameter(0.0, low=0.0, high=0.5, step=0.01, label="Part that cannot be cut")
    patience: float = parameter(
        0.0, unit="task times", low=0.0, high=5.0, step=0.5, label="Backup after (0: never)"
    )
    failure: float = parameter(0.0, low=0.0, high=0.5, step=0.01, label="Attempts that fail")
    seed: int = parameter(1, low=0, high=9_999, label="Seed")

    def job(self, tasks: int, runs: int) -> Job:
        """The same job, cut into `tasks`."""
        return Job(
            work=JOB,
            tasks=tasks,
            machines=self.machines,
            overhead=self.overhead,
            serial=self.serial,
            slowness=self.slowness,
            slow_share=0.01,
            slow_times=10.0,
            patience=self.patience,
            failure=self.failure,
            allowed=10,
            runs=runs,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Cuts:
    """One cut in detail, and the curve over all of them.

    Attributes
    ----------
    parameters : Cut
    spread : Spread
        Of the chosen number of tasks.
    tasks : ndarray of int, shape (points,)
        Where the curve was run.
    mean, slow : ndarray, shape (points,)
        Makespans in seconds: the mean of the runs, and the slowest in 20.
    """

    parameters: Cut
    spread: Spread
    tasks: np.ndarray
    mean: Floats
    slow: Floats

    @property
    def best(self) -> int:
        """The curve's number of tasks with the least mean makespan."""
        return int(self.tasks[np.argmin(self.mean)])

    def facts(self) -> Facts:
        """The chosen cut beside the best one of the curve."""
        spread = self.spread
        return Facts(
            Fact("Finished after, on average", float(spread.makespan.mean()), "s", 1),
            Fact("Speed-up", spread.speedup, "times", 1),
            Fact("Useful machine time", 100 * float(spread.useful.mean()), "%", 0),
            Fact("Best of the curve", self.best, "tasks"),
            Fact("Finished then after", float(self.mean.min()), "s", 1),
            Fact("Jobs that failed", 100 * float(1 - spread.completed.mean()), "%", 0),
            title="One hour of work",
        )


def how_finely(parameters: Cut) -> Cuts:
    """Run the chosen cut, and the curve."""
    return _run(parameters, POINTS)


def coarsely(parameters: Cut) -> Cuts:
    """The same with a third of the points and few runs: the answer while a reader drags."""
    return _run(parameters, POINTS // 3 + 1, draws=DRAWS // 8)


def _run(parameters: Cut, points: int, draws: int = DRAWS) -> Cuts:
    even = np.geomspace(1, MOST, points)
    best = min(best_tasks(parameters.job(1, 1)), MOST)  # so that a coarse curve still touches it
    tasks = np.unique(np.rint([*even, max(best, 1)]).astype(int))
    spans = [_chosen(parameters, int(n), draws).makespan for n in tasks]
    return Cuts(
        parameters=parameters,
        spread=_chosen(parameters, parameters.tasks, draws),
        tasks=tasks,
        mean=np.array([span.mean() for span in spans]),
        slow=np.array([np.quantile(span, 0.95) for span in spans]),
    )


def _chosen(parameters: Cut, tasks: int, draws: int) -> Spread:
    runs = int(np.clip(draws // tasks, *RUNS))
    return scatter_gather(parameters.job(tasks, runs))


@cache
def soonest(overhead: float = 0.1) -> int:
    """Number of tasks that ends the hour of work soonest, by trying each; without stragglers."""
    cut = Cut(overhead=overhead)
    spans = [scatter_gather(cut.job(n, 1)).makespan[0] for n in range(1, MOST + 1)]
    return 1 + int(np.argmin(spans))
