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

from models.cloud.stragglers import SLOWNESS, attempts, factors
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.queueing.erlang import Floats
from models.performance.queueing.free_times import FreeTimes, serve

ROOM = 1 << 22  # tasks x runs at most: 32 MB an array


@dataclass(frozen=True)
class Job(Parameters):
    """One job and the machines that it is spread over."""

    work: float = parameter(
        3_600.0, unit="s", low=1.0, high=1e7, step=60.0, scale="log", label="Work in all"
    )
    tasks: int = parameter(60, unit="tasks", low=1, high=10_000, scale="log", label="Tasks")
    machines: int = parameter(
        10_000, unit="machines", low=1, high=10_000, scale="log", label="Machines"
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
        if self.tasks * self.runs > ROOM:
            raise ValueError(
                f"runs: {self.runs:,} of {self.tasks:,} tasks are too many; "
                f"allowed: tasks x runs up to {ROOM:,}"
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
        Of each task's work, in the order of handing out; a backup that came first has ended it.
    backed : ndarray of bool, shape (tasks, runs)
        Whether a backup was started.
    completed : ndarray of bool, shape (runs,)
        Whether every task had an attempt that completed. Where not, there is no result: never a
        partial one.
    busy : ndarray, shape (runs,)
        Machine time used, backups and lost attempts included.
    makespan : ndarray, shape (runs,)
        From the beginning to the last result.
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
        """The job's work over the time of all machines used until the end, shape (runs,)."""
        used = min(self.job.machines, self.job.tasks)
        return self.job.work / (used * self.makespan)

    @property
    def speedup(self) -> Floats:
        """One machine's time for the whole work over the makespan, shape (runs,)."""
        return self.job.work / self.makespan

    def facts(self) -> Facts:
        """The job in numbers; over many runs, means and the slowest in twenty."""
        return Facts(
            Fact("Makespan, mean", float(self.makespan.mean()), "s", 1),
            Fact("Makespan, slowest in 20", float(np.quantile(self.makespan, 0.95)), "s", 1),
            Fact("Speed-up", float(self.speedup.mean()), "times", 2),
            Fact("Useful machine time", 100 * float(self.useful.mean()), "%", 1),
            Fact("Backups", float(self.backed.sum(axis=0).mean()), "a run", 1),
            Fact("Jobs that failed", 100 * float(1 - self.completed.mean()), "%", 1),
            title="The job",
        )


def scatter_gather(job: Job) -> Spread:
    """Run the job; the same parameters give the same numbers."""
    rng = np.random.default_rng(job.seed)
    shape = (job.tasks, job.runs)
    factor = factors(job.slowness, rng, (job.allowed, *shape), job.slow_share, job.slow_times)
    tries = attempts(factor, rng, job.failure)
    busy = tries.busy * job.task_time
    handed = job.serial * job.work + job.overhead * (1.0 + np.arange(job.tasks))
    machines = FreeTimes(min(job.machines, job.tasks), job.runs)
    arrivals = np.broadcast_to(handed[:, None], shape)
    starts = arrivals + serve(machines, arrivals, busy)
    ends = starts + busy
    backed, extra = np.zeros(shape, bool), np.zeros(job.runs)
    if job.patience:
        again = factors(job.slowness, rng, shape, job.slow_share, job.slow_times)
        ends, backed, extra = _back_up(job, machines, starts, ends, again * job.task_time)
    return Spread(
        job=job,
        starts=starts,
        ends=ends,
        backed=backed,
        completed=np.asarray(tries.completed.all(axis=0)),
        busy=(ends - starts).sum(axis=0) + extra,
        makespan=_gather(ends, job.transfer),
    )


def _back_up(
    job: Job, machines: FreeTimes, starts: Floats, ends: Floats, times: Floats
) -> tuple[Floats, np.ndarray, Floats]:
    """Start a second copy of a task that takes long; the first copy to end stops the other.

    A backup waits for a machine that has no task of its own left, is not started once the task has
    ended, and a machine freed by a backup that won is not used again: what real schedulers do
    beyond that makes the end a little earlier.

    Returns
    -------
    ends : ndarray, shape (tasks, runs)
    backed : ndarray of bool, shape (tasks, runs)
    extra : ndarray, shape (runs,)
        Machine time of the backups.
    """
    ends, backed, extra = ends.copy(), np.zeros(ends.shape, bool), np.zeros(job.runs)
    wanted = starts + job.patience * job.task_time
    columns = np.arange(job.runs)
    for row in np.argsort(wanted, axis=0, kind="stable"):
        begin = np.maximum(wanted[row, columns], machines.first)
        first = ends[row, columns]
        goes = begin < first
        end = np.minimum(first, begin + times[row, columns])
        machines.replace_first(np.where(goes, end, machines.first))
        ends[row, columns] = np.where(goes, end, first)
        backed[row, columns] = goes
        extra += np.where(goes, end - begin, 0.0)
    return ends, backed, extra


def _gather(ends: Floats, transfer: float) -> Floats:
    """When the last result is in, through one link, first come first served, shape (runs,).

    The k-th result from the end leaves at least k transfers before the last one is in, and one of
    these bounds is met: a busy link never rests.
    """
    after = transfer * np.arange(len(ends), 0, -1)
    return (np.sort(ends, axis=0) + after[:, None]).max(axis=0)


def best_tasks(job: Job) -> float:
    """Number of tasks with the least makespan, on machines enough and without stragglers.

    The makespan is then serial work + n (overhead + transfer) + rest / n at the most, a sum of a
    line and a hyperbola, which is least where they are equal. Infinite where handing out is free.
    """
    each = job.overhead + job.transfer
    return float(np.sqrt(job.work * (1 - job.serial) / each)) if each else float("inf")


def amdahl(serial: float, machines: float) -> float:
    """Speed-up of Amdahl's law: 1 / (serial + (1 - serial) / machines)."""
    return 1 / (serial + (1 - serial) / machines)


def any_slow(share: float, parts: int) -> float:
    """Chance that at least one of `parts` independent parts is slow: the tail at scale."""
    return -float(np.expm1(parts * np.log1p(-share))) if share < 1 else 1.0
