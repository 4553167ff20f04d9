"""Scatter-gather: closed forms, laws that hold for any job, and an event-by-event twin."""

import dataclasses
import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.scatter_gather import Job, amdahl, any_slow, best_tasks, scatter_gather
from models.cloud.stragglers import factors

JOBS = st.builds(
    Job,
    work=st.floats(10, 10_000),
    tasks=st.integers(1, 60),
    machines=st.integers(1, 80),
    overhead=st.floats(0, 5),
    serial=st.floats(0, 1),
    slowness=st.sampled_from(["none", "few", "exponential", "pareto"]),
    slow_share=st.floats(0, 0.5),
    patience=st.sampled_from([0.0, 1.0, 1.5, 3.0]),
    failure=st.sampled_from([0.0, 0.1, 0.6]),
    allowed=st.integers(1, 4),
    transfer=st.floats(0, 2),
    runs=st.integers(1, 4),
    seed=st.integers(0, 1_000),
)


def test_sixty_tasks_are_best_and_take_two_minutes():
    """3,600 s of work at 1 s a task: n + 3600 / n is least at 60, where it is 120."""
    assert best_tasks(Job()) == 60
    spans = {n: scatter_gather(Job(tasks=n)).makespan[0] for n in range(1, 200)}
    assert min(spans, key=spans.get) == 60
    assert spans[60] == pytest.approx(120)


@given(st.floats(0.05, 3), st.floats(0, 3), st.floats(0, 0.9), st.integers(1, 80))
@settings(max_examples=60, deadline=None)
def test_the_slower_of_handing_out_and_bringing_back_sets_the_pace(out, back, serial, tasks):
    job = Job(work=1_000.0, overhead=out, transfer=back, serial=serial, tasks=tasks)
    rest = 1_000 * (1 - serial)
    assert scatter_gather(job).makespan[0] == pytest.approx(
        1_000 * serial + rest / tasks + tasks * max(out, back) + min(out, back)
    )
    best = best_tasks(job)
    near = [dataclasses.replace(job, tasks=max(1, round(best) + d)) for d in (-3, 0, 3)]
    spans = [scatter_gather(one).makespan[0] for one in near]
    assert spans[1] <= min(spans) + max(out, back)  # the best whole number is one beside it at most


def test_amdahl():
    """5 % serial on 20 machines: 10.26 times; without bound 20."""
    assert amdahl(0.05, 20) == pytest.approx(10.256, abs=1e-3)
    job = Job(tasks=20, machines=20, serial=0.05, overhead=0)
    assert scatter_gather(job).speedup == pytest.approx(amdahl(0.05, 20))
    assert amdahl(0.05, 1e12) == pytest.approx(20)


def test_the_tail_at_scale():
    """Dean and Barroso, CACM 2013: 1 % slow, 100 servers, 63 %; one in 10,000, 2,000: 18 %."""
    assert any_slow(0.01, 100) == pytest.approx(0.63, abs=0.005)
    assert any_slow(0.0001, 2_000) == pytest.approx(0.18, abs=0.005)
    job = Job(tasks=100, overhead=0, slowness="few", slow_share=0.01, runs=4_000)
    slow = scatter_gather(job).makespan > 1.5 * job.task_time
    assert slow.mean() == pytest.approx(any_slow(0.01, 100), abs=0.03)


@given(JOBS)
@settings(max_examples=60, deadline=None)
def test_no_work_is_lost_and_none_is_done_twice(job):
    spread = scatter_gather(job)
    work = job.work * (1 - job.serial)
    assert (spread.ends >= spread.starts).all()
    assert (spread.makespan >= spread.ends.max(axis=0) - 1e-9).all()
    if job.slowness == "none" and job.failure == 0:
        assert spread.busy == pytest.approx(work)
        assert (spread.makespan * job.machines >= work * (1 - 1e-9)).all()
        assert not spread.backed.any() or job.patience < 1 + 1e-9
    if job.failure == 0:
        assert spread.completed.all()
    assert (spread.busy <= spread.makespan * min(job.machines, 2 * job.tasks) * (1 + 1e-9)).all()


@given(JOBS)
@settings(max_examples=60, deadline=None)
def test_backups_never_end_a_job_later_nor_lose_one(job):
    without = scatter_gather(dataclasses.replace(job, patience=0.0))
    spread = scatter_gather(job)
    assert (spread.completed >= without.completed).all()
    both = spread.completed & without.completed
    assert (spread.makespan[both] <= without.makespan[both] + 1e-9).all()


@given(JOBS)
@settings(max_examples=100, deadline=None)
def test_equal_to_the_twin(job):
    """The first column again, machine by machine, from the same draws."""
    spread = scatter_gather(job)
    twin = Twin(job)
    assert spread.ends[:, 0] == pytest.approx(twin.ends, rel=1e-12)
    assert spread.makespan[0] == pytest.approx(twin.makespan, rel=1e-12)
    assert spread.completed[0] == all(twin.completed)
    assert spread.busy[0] == pytest.approx(twin.busy, rel=1e-9)


class Twin:
    """One run with a heap of machines and a link, from the vectors' own random draws."""

    def __init__(self, job: Job) -> None:
        self.job, self.rng = job, np.random.default_rng(job.seed)
        self.ends, self.completed, self.busy = [], [], 0.0
        tries = self._draws(job.allowed if job.failure else 1)
        machines = [0.0] * min(job.machines, 2 * job.tasks if job.patience else job.tasks)
        starts = []
        for task in range(job.tasks):
            handed = job.serial * job.work + job.overhead * (task + 1)
            starts.append(max(handed, heapq.heappop(machines)))
            time, done = self._tries([attempt[task] for attempt in tries])
            self.ends.append(starts[-1] + time)
            self.completed.append(done)
            heapq.heappush(machines, self.ends[-1])
        self.busy = sum(self.ends) - sum(starts)
        if job.patience:
            self._back_up(machines, [start + job.patience * job.task_time for start in starts])
        self.makespan = 0.0
        for end in sorted(self.ends):
            self.makespan = max(self.makespan, end) + job.transfer

    def _back_up(self, machines: list[float], wanted: list[float]) -> None:
        (again,) = self._draws(1)
        for task in sorted(range(self.job.tasks), key=wanted.__getitem__):
            begin, first = max(wanted[task], machines[0]), self.ends[task]
            if begin >= first:
                continue
            time, good = self._tries([again[task]])
            over = begin + time
            if self.completed[task] and first < over:
                over = first  # the first copy is in: the backup is stopped
            elif good:
                self.ends[task] = over
                self.completed[task] = True
            self.busy += over - begin - max(first - self.ends[task], 0)
            heapq.heapreplace(machines, over)

    def _draws(self, attempts: int) -> list[list[tuple[float, bool, float]]]:
        """For each attempt and task: its factor, whether it fails, and where."""
        job, shape = self.job, (attempts, self.job.tasks, self.job.runs)
        factor = factors(job.slowness, self.rng, shape, job.slow_share, job.slow_times)
        fails, where = np.zeros(shape, bool), np.ones(shape)
        if job.failure:
            fails, where = self.rng.random(shape) < job.failure, self.rng.random(shape)
        return [
            list(zip(*(array[attempt, :, 0] for array in (factor, fails, where)), strict=True))
            for attempt in range(attempts)
        ]

    def _tries(self, tries: list[tuple[float, bool, float]]) -> tuple[float, bool]:
        time = 0.0
        for factor, fails, where in tries:
            time += factor * (where if fails else 1.0) * self.job.task_time
            if not fails:
                return time, True
        return time, False


def test_a_task_without_a_completed_attempt_fails_the_job():
    job = Job(tasks=50, failure=0.5, allowed=2, runs=400)
    share = scatter_gather(job).completed.mean()
    assert share == pytest.approx((1 - 0.25) ** 50, abs=0.02)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"tasks": 0}, "tasks: 0 is out of range"),
        ({"overhead": float("nan")}, "overhead: nan"),
        ({"slowness": "lazy"}, "slowness: 'lazy' is unknown; allowed: one of none, few"),
        ({"tasks": 10_000, "runs": 4_096}, "tasks x runs x attempts up to"),
    ],
)
def test_bad_input_is_named(bad, says):
    with pytest.raises(ValueError, match=says):
        Job(**bad)
