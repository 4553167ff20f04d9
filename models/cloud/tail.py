"""The tail at scale: what is rare for one task is the rule for a job of many.

A job is *late* when one of its tasks took clearly longer than it should. With a backup for each
late task, both copies have to be slow.
"""

from dataclasses import dataclass

import numpy as np

from models.cloud.scatter_gather import Job, any_slow, scatter_gather
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.queueing.erlang import Floats

SLOW, PATIENCE, LATE = 10.0, 1.5, 4.0  # times what a task should take
DRAWS = 200_000  # tasks x runs
RUNS = (100, 4_000)


@dataclass(frozen=True)
class Tail(Parameters):
    """A job of equal tasks, some of which are slow by chance."""

    tasks: int = parameter(10, unit="tasks", low=1, high=2_000, scale="log", label="Tasks of a job")
    backup: str = choice(
        "none", {"none": "Never", "late": "When a task is late"}, label="A second copy"
    )
    share: float = parameter(
        0.01, low=0.0001, high=0.1, step=0.0001, scale="log", label="Tasks that are slow"
    )
    seed: int = parameter(1, low=0, high=9_999, label="Seed")

    @property
    def each(self) -> float:
        """The chance that one task is late in the end."""
        return self.share**2 if self.backup == "late" else self.share


@dataclass(frozen=True)
class Late:
    """How often jobs were late, and how often they should be.

    Attributes
    ----------
    parameters : Tail
    runs : int
    late : float
        Share of the runs in which a task was late.
    tasks, expected : ndarray, shape (points,)
        The closed form over all sizes of jobs.
    """

    parameters: Tail
    runs: int
    late: float
    tasks: np.ndarray
    expected: Floats

    def facts(self) -> Facts:
        """One task against a whole job."""
        p = self.parameters
        return Facts(
            Fact("Tasks that are late", 100 * p.each, "%", 2),
            Fact("Jobs that are late", 100 * self.late, "%", 1),
            Fact("By the formula", 100 * any_slow(p.each, p.tasks), "%", 1),
            Fact("Jobs run", self.runs),
            title="Tasks and jobs",
        )


def tail(parameters: Tail) -> Late:
    """Run a job again and again, and count the late ones."""
    p = parameters
    job = Job(
        tasks=p.tasks,
        machines=2 * p.tasks,
        overhead=0.0,
        slowness="few",
        slow_share=p.share,
        slow_times=SLOW,
        patience=PATIENCE if p.backup == "late" else 0.0,
        runs=int(np.clip(DRAWS // p.tasks, *RUNS)),
        seed=p.seed,
    )
    sizes = p.declared("tasks").axis(60)
    return Late(
        parameters=p,
        runs=job.runs,
        late=float((scatter_gather(job).makespan > LATE * job.task_time).mean()),
        tasks=sizes,
        expected=np.array([any_slow(p.each, int(n)) for n in sizes]),
    )
