"""The desk against closed forms, a desk worked ticket by ticket, and time that must add up."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud import self_service as room
from models.cloud.office import WEEK, Office
from models.cloud.self_service import SelfService, answer, self_service, ways
from models.performance.queueing.free_times import FreeTimes, serve

OFFICES = st.builds(Office, st.floats(1, 24), st.integers(1, 7))


@given(OFFICES, st.floats(0, 2_000))
def test_the_office_clock_comes_back_to_where_it_was(office, elapsed):
    assert office.elapsed(np.array(office.when(np.array(elapsed)))) == pytest.approx(elapsed)


@given(OFFICES, st.floats(0, 2_000), st.floats(0, 2_000))
def test_the_office_clock_never_runs_back_nor_faster_than_the_wall_clock(office, a, b):
    early, late = sorted((a, b))
    passed = office.elapsed(np.array(late)) - office.elapsed(np.array(early))
    assert -1e-9 <= passed <= late - early + 1e-9


def test_a_week_of_the_office_clock_by_hand():
    office = Office(8.0, 5)
    friday, saturday, monday = 4 * 24.0, 5 * 24.0, 7 * 24.0
    instants = np.array([0.0, 8.0, 12.0, 16.0, 20.0, friday + 12, saturday + 12, monday + 9])
    assert list(office.elapsed(instants)) == [0, 0, 4, 8, 8, 36, 40, 41]
    assert list(office.when(np.array([0.0, 4.0, 8.0, 39.0, 40.0]))) == [
        8, 12, 24 + 8, friday + 15, monday + 8,
    ]  # fmt: skip


@pytest.mark.parametrize(("hours", "days"), [(8.0, 5), (24.0, 5), (24.0, 7), (1.0, 1)])
def test_waiting_for_the_desk_is_half_a_gap_by_its_square(hours, days):
    office = Office(hours, days)
    minutes = (np.arange(60 * int(WEEK)) + 0.5) / 60
    closed = room._is_closed(office, minutes)
    waits = np.where(closed, office.when(office.elapsed(minutes)) - minutes, 0)
    assert waits.mean() == pytest.approx(office.closed_wait(), rel=1e-9)


def test_the_desk_without_a_line_waits_as_the_closed_form_says():
    run = self_service(SelfService(clerks=20, handling=1.0, seed=3), requests=200_000)
    opening = run.desk.stages["Waiting for the desk to open"].mean()
    assert opening == pytest.approx(Office(8.0, 5).closed_wait(), rel=0.02)
    assert run.desk.total.mean() == pytest.approx(opening + 2 / 60, abs=0.12)


def test_an_office_that_never_closes_is_a_plain_queue():
    """M/M/1 on the wall clock: 1/(1 - load) of the handling time."""
    setting = SelfService(
        requests=100.8, clerks=1, handling=50.0, hours=24.0, days=7, boot=0.1, seed=2
    )
    run = self_service(setting, requests=400_000)
    assert run.busy == pytest.approx(0.5)
    assert run.desk.total.mean() == pytest.approx(50 / 60 / (1 - 0.5), rel=0.03)


def worked_by_hand(way, arrivals, work, patience):
    """Lead times on the wall clock, ticket by ticket, one column; an independent twin."""
    asked = [float(way.office.elapsed(np.array(t))) for t in arrivals]
    tickets = sorted(
        (begin + way.approval * delay, i)
        for i, (begin, delay) in enumerate(zip(asked, patience, strict=True))
    )
    free, done = [0.0] * way.workers, [0.0] * len(tickets)
    for ready, i in tickets:
        end = max(ready, heapq.heappop(free)) + way.handling * work[i]
        heapq.heappush(free, end)
        done[i] = float(way.office.when(np.array(end))) - arrivals[i]
    return done


@given(
    st.integers(1, 3), st.sampled_from([0.0, 4.0]), st.floats(1, 24), st.integers(1, 7),
    st.integers(0, 99),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_the_desk_equals_one_worked_ticket_by_ticket(clerks, approval, hours, days, seed):
    p = SelfService(clerks=clerks, approval=approval, hours=hours, days=days, handling=60.0)
    desk, _ = ways(p)
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.standard_exponential((40, 2)), axis=0)
    work, patience = rng.standard_exponential((2, 40, 2))
    stages = answer(desk, arrivals, work, patience, 0.0)
    assert all((hours >= 0).all() for hours in stages.values())
    total = np.sum(list(stages.values()), axis=0)
    for column in range(2):
        by_hand = worked_by_hand(desk, *(x[:, column] for x in (arrivals, work, patience)))
        assert total[:, column] == pytest.approx(by_hand)


def test_nobody_touches_a_request_within_quota_and_the_hour_does_not_matter():
    run = self_service(SelfService(approval=8.0))
    assert not run.api.touched.any()
    assert run.api.median(closed=True) == pytest.approx(run.api.median(closed=False), rel=0.01)
    assert (run.desk.touched == 2).all()
    assert run.desk.median(closed=True) > 1.5 * run.desk.median(closed=False)


def test_requests_over_quota_are_the_desk_s_and_no_others():
    run = self_service(SelfService(over_quota=5.0))
    over = run.api.touched > 0
    assert over.mean() == pytest.approx(0.05, abs=0.005)
    assert run.api.total[~over].max() < 0.1
    assert run.api.total[over].mean() > 10


def test_more_of_anything_that_people_do_never_makes_it_faster():
    base = self_service(SelfService()).desk.total.mean()
    for slower in ({"approval": 4.0}, {"handling": 30.0}, {"clerks": 1}, {"days": 4}):
        assert self_service(SelfService(**slower)).desk.total.mean() > base, slower


@pytest.mark.parametrize(("field", "value"), [("hours", 0.0), ("hours", 25.0), ("days", 8)])
def test_an_office_says_what_is_allowed(field, value):
    with pytest.raises(ValueError, match=f"{field}: {value} is out of range"):
        Office(**{"hours": 8.0, "days": 5, field: value})


def test_an_overloaded_desk_says_so():
    run = self_service(SelfService(clerks=1, requests=400.0))
    assert run.busy > 1
    assert "without end" in run.facts().title


def test_a_line_of_one_is_served_as_any_line():
    rng = np.random.default_rng(5)
    ready = np.cumsum(rng.standard_exponential((400, 3)), axis=0)
    job = 0.9 * rng.standard_exponential(ready.shape)
    waits = serve(FreeTimes(1, 3), ready, job)
    assert room._waits(1, ready, job) == pytest.approx(waits, abs=1e-9)
    assert waits.max() > 3
