"""Scatter-gather: closed forms, laws that hold for any job, and an event-by-event twin."""

import dataclasses
import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.scatter_gather import Job, amdahl, any_slow, best_tasks, scatter_gather

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


def test_amdahl():
    """5 % serial on 20 machines: 10.26 times; without bound 20."""
    assert amdahl(0.05, 20) == pytest.approx(10.256, abs=1e-3)
    job = Job(tasks=20, machines=20, serial=0.05, overhead=0)
    assert scatter_gather(job).speedup[0] == pytest.approx(amdahl(0.05, 20))
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


@given(JOBS)
@settings(max_examples=60, deadline=None)
def test_backups_never_end_a_job_later(job):
    without = scatter_gather(dataclasses.replace(job, patience=0.0))
    assert (scatter_gather(job).makespan <= without.makespan + 1e-9).all()


@given(JOBS)
@settings(max_examples=60, deadline=None)
def test_equal_to_the_twin(job):
    """The first column again, machine by machine, from the same draws."""
    spread = scatter_gather(job)
    ends, makespan = twin(job)
    assert spread.ends[:, 0] == pytest.approx(ends, rel=1e-12)
    assert spread.makespan[0] == pytest.approx(makespan, rel=1e-12)


def twin(job: Job) -> tuple[list[float], float]:
    """One run with a heap of machines and a link, from the vectors' own random draws."""
    from models.cloud.stragglers import factors

    rng = np.random.default_rng(job.seed)
    shape = (job.allowed, job.tasks, job.runs)
    factor = factors(job.slowness, rng, shape, job.slow_share, job.slow_times)[:, :, 0]
    fails = (rng.random(shape) < job.failure)[:, :, 0]
    where = rng.random(shape)[:, :, 0]
    free = [0.0] * min(job.machines, job.tasks)
    starts, ends = [], []
    for task in range(job.tasks):
        handed = job.serial * job.work + job.overhead * (task + 1)
        start = max(handed, heapq.heappop(free))
        spent = 0.0
        for attempt in range(job.allowed):
            if not fails[attempt, task]:
                spent += factor[attempt, task]
                break
            spent += factor[attempt, task] * where[attempt, task]
        starts.append(start)
        ends.append(start + spent * job.task_time)
        heapq.heappush(free, ends[-1])
    if job.patience:
        again = factors(job.slowness, rng, shape[1:], job.slow_share, job.slow_times)[:, 0]
        wanted = [start + job.patience * job.task_time for start in starts]
        for task in sorted(range(job.tasks), key=wanted.__getitem__):
            begin = max(wanted[task], free[0])
            if begin < ends[task]:
                ends[task] = min(ends[task], begin + again[task] * job.task_time)
                heapq.heapreplace(free, ends[task])
    link = 0.0
    for end in sorted(ends):
        link = max(link, end) + job.transfer
    return ends, link


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
        ({"tasks": 10_000, "runs": 4_096}, "tasks x runs up to"),
    ],
)
def test_bad_input_is_named(bad, says):
    with pytest.raises(ValueError, match=says):
        Job(**bad)
