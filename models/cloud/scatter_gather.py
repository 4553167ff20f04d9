"""A job cut into many small tasks, as the article's first sentence has it, in virtual time.

    serial part   the master alone, before anything is cut
    scatter       the master hands out one task after another, each costs it `overhead`
    work          a task goes to the machine that is free first; slow ones, failures, backups
    gather        results come back through the master's one link, each takes `transfer`

Machines that are free first are the rows of `queueing.free_times`: handing out tasks *is* a queue
with many servers, whose customers arrive one overhead apart. Columns are independent runs.
"""

from dataclasses import dataclass

import numpy as np

from models.cloud.backups import Copies, back_up
from models.cloud.stragglers import SLOWNESS, Attempts, attempts, factors
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.queueing.erlang import Floats
from models.performance.queueing.free_times import FreeTimes, serve

ROOM = 1 << 22  # drawn numbers at most: 32 MB an array


@dataclass(frozen=True)
class Job(Parameters):
    """One job and the machines that it is spread over."""

    work: float = parameter(
        3_600.0, unit="s", low=1.0, high=1e7, step=60.0, scale="log", label="Work in all"
    )
    tasks: int = parameter(60, unit="tasks", low=1, high=100_000, scale="log", label="Tasks")
    machines: int = parameter(
        10_000, unit="machines", low=1, high=200_000, scale="log", label="Machines"
    )
    overhead: float = parameter(
        1.0, unit="s", low=0.0, high=60.0, step=0.1, label="To hand out one task"
    )
    serial: float = parameter(0.0, low=0.0, high=1.0, step=0.01, label="Part that cannot be cut")
    slowness: str = choice("none", SLOWNESS, label="Stragglers")
    slow_share: float = parameter(0.01, low=0.0, high=1.0, step=0.01, label="Slow attempts")
    slow_times: float = parameter(
        10.0, unit="times", low=1.0, high=100.0, step=1.0, label="How slow a slow one is"
    )
    patience: float = parameter(
        0.0, unit="task times", low=0.0, high=20.0, step=0.5, label="Backup after (0: never)"
    )
    failure: float = parameter(0.0, low=0.0, high=0.9, step=0.01, label="Attempts that fail")
    allowed: int = parameter(4, unit="attempts", low=1, high=20, label="Attempts at a task")
    transfer: float = parameter(
        0.0, unit="s", low=0.0, high=60.0, step=0.01, label="To bring back one result"
    )
    runs: int = parameter(1, unit="runs", low=1, high=4_096, scale="log", label="Runs")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")

    def check(self) -> None:
        """Keep a run within memory."""
        attempts = self.allowed if self.failure else 1
        if self.tasks * self.runs * attempts > ROOM:
            raise ValueError(
                f"runs: {self.runs:,} of {self.tasks:,} tasks in up to {attempts} attempts are too "
                f"many; allowed: tasks x runs x attempts up to {ROOM:,}"
            )

    @property
    def task_time(self) -> float:
        """Seconds of one task on a machine that is not slow."""
        return self.work * (1 - self.serial) / self.tasks


@dataclass(frozen=True)
class Spread:
    """What became of the job, in seconds.

    Attributes
    ----------
    job : Job
    starts, ends : ndarray, shape (tasks, runs)
        Of each task, in the order of handing out; a backup that came first has ended it.
    backed : ndarray of bool, shape (tasks, runs)
        Whether a backup was started.
    completed : ndarray of bool, shape (runs,)
        Whether every task had an attempt that completed. Where not, there is no result: never a
        partial one.
    busy : ndarray, shape (runs,)
        Machine time used, backups and lost attempts included.
    makespan : ndarray, shape (runs,)
        From the beginning to the last result; of a job that failed, until that is known.
    """

    job: Job
    starts: Floats
    ends: Floats
    backed: np.ndarray
    completed: np.ndarray
    busy: Floats
    makespan: Floats

    @property
    def useful(self) -> Floats:
        """The job's work over the time of the machines that had tasks of their own until the end.

        Shape (runs,).
        """
        used = min(self.job.machines, self.job.tasks)
        return self.job.work / (used * self.makespan)

    @property
    def speedup(self) -> float:
        """One machine's time for the whole work over the mean makespan."""
        return self.job.work / float(self.makespan.mean())

    def facts(self) -> Facts:
        """The job in numbers; over many runs, means and the slowest in twenty."""
        return Facts(
            Fact("Makespan, mean", float(self.makespan.mean()), "s", 1),
            Fact("Makespan, slowest in 20", float(np.quantile(self.makespan, 0.95)), "s", 1),
            Fact("Speed-up", self.speedup, "times", 2),
            Fact("Useful machine time", 100 * float(self.useful.mean()), "%", 1),
            Fact("Backups", float(self.backed.sum(axis=0).mean()), "a run", 1),
            Fact("Jobs that failed", 100 * float(1 - self.completed.mean()), "%", 1),
            title="The job",
        )


def scatter_gather(job: Job) -> Spread:
    """Run the job; the same parameters give the same numbers."""
    rng = np.random.default_rng(job.seed)
    shape = (job.tasks, job.runs)
    tries = _draw(job, rng, job.allowed if job.failure else 1)
    busy = tries.busy * job.task_time
    handed = job.serial * job.work + job.overhead * (1.0 + np.arange(job.tasks))
    arrivals = np.broadcast_to(handed[:, None], shape)
    machines = _machines(job)
    starts = arrivals + (0.0 if machines is None else serve(machines, arrivals, busy))
    ends = starts + busy
    copies = Copies(ends, tries.completed, np.zeros(shape, bool), np.zeros(shape))
    if job.patience:
        again = _draw(job, rng, 1)
        again = Attempts(again.busy * job.task_time, again.completed)
        wanted = starts + job.patience * job.task_time
        copies = back_up(machines, wanted, ends, tries.completed, again)
    return Spread(
        job=job,
        starts=starts,
        ends=copies.ends,
        backed=copies.backed,
        completed=np.asarray(copies.completed.all(axis=0)),
        busy=(np.minimum(ends, copies.ends) - starts + copies.extra).sum(axis=0),
        makespan=_gather(copies.ends, job.transfer),
    )


def _draw(job: Job, rng: np.random.Generator, allowed: int) -> Attempts:
    """Attempts at every task, in nominal task times."""
    shape = (allowed, job.tasks, job.runs)
    factor = factors(job.slowness, rng, shape, job.slow_share, job.slow_times)
    return attempts(factor, rng, job.failure)


def _machines(job: Job) -> FreeTimes | None:
    """The machines that can ever be used; None if every copy of every task has one for itself."""
    copies = job.tasks * (2 if job.patience else 1)
    return None if job.machines >= copies else FreeTimes(job.machines, job.runs)


def _gather(ends: Floats, transfer: float) -> Floats:
    """When the last result is in, through one link, first come first served, shape (runs,).

    The k-th result from the end leaves at least k transfers before the last one is in, and one of
    these bounds is met: a busy link never rests.
    """
    after = transfer * np.arange(len(ends), 0, -1)
    return (np.sort(ends, axis=0) + after[:, None]).max(axis=0)


def best_tasks(job: Job) -> float:
    """Number of tasks with the least makespan, on machines enough and without stragglers.

    Tasks are handed out one `overhead` apart, end so, and come back one `transfer` apart: the
    slower of the two sets the pace, the other one is seen but once,

        makespan = serial work + rest / n + n max(overhead, transfer) + min(overhead, transfer).

    A hyperbola and a line have their least sum where they are equal. Infinite where both are free.
    """
    pace = max(job.overhead, job.transfer)
    return float(np.sqrt(job.work * (1 - job.serial) / pace)) if pace else float("inf")


def amdahl(serial: float, machines: float) -> float:
    """Speed-up of Amdahl's law: 1 / (serial + (1 - serial) / machines)."""
    return 1 / (serial + (1 - serial) / machines)


def any_slow(share: float, parts: int) -> float:
    """Chance that at least one of `parts` independent parts is slow: the tail at scale."""
    return -float(np.expm1(parts * np.log1p(-share))) if share < 1 else 1.0
