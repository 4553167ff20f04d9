"""Time happens in order, and a person at a desk works like one, minute by minute."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.platform.clock import DAY, HOUR, MINUTE, Clock
from models.cloud.platform.desks import Api, Tickets, office


@given(st.lists(st.integers(0, 20), max_size=30))
def test_what_is_due_happens_in_order_of_time_and_then_of_asking(times):
    clock, seen = Clock(), []
    for n, time in enumerate(times):
        clock.at(time, lambda time=time, n=n: seen.append((time, n, clock.now)))
    clock.run(10)
    due = sorted((time, n) for n, time in enumerate(times) if time <= 10)
    assert [(time, n) for time, n, _ in seen] == due
    assert all(time == now for time, _, now in seen)
    assert clock.now == 10


def test_what_an_action_asks_for_happens_too():
    clock, seen = Clock(), []
    clock.at(1, lambda: clock.at(clock.now + 1, lambda: seen.append(clock.now)))
    clock.run(5)
    assert seen == [2]
    assert not clock.step()


@pytest.mark.parametrize("ask", [lambda c: c.at(4, print), lambda c: c.run(4)])
def test_the_past_is_over(ask):
    clock = Clock()
    clock.run(5)
    with pytest.raises(ValueError, match="4 s has passed; allowed: from 5"):
        ask(clock)


def at_work(minute: int) -> bool:
    day, rest = divmod(minute, 24 * 60)
    return day % 7 < 5 and 9 * 60 <= rest < 17 * 60


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 14 * 24 * 60), min_size=1, max_size=12), st.integers(1, 1_200))
def test_tickets_are_dealt_with_one_after_another_in_office_minutes(arrivals, effort):
    desk = Tickets(effort * MINUTE)
    arrivals.sort()
    minute, expected = 0, []
    for arrival in arrivals:
        minute, left = max(minute, arrival), effort
        while left:
            left -= at_work(minute)
            minute += 1
        expected.append(minute * MINUTE)
    assert [desk.through(a * MINUTE) for a in arrivals] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("time", "opens"),
    [
        (0.0, 9 * HOUR),
        (10 * HOUR, 10 * HOUR),
        (17 * HOUR, DAY + 9 * HOUR),
        (4 * DAY + 18 * HOUR, 7 * DAY + 9 * HOUR),
        (6 * DAY, 7 * DAY + 9 * HOUR),
    ],
)
def test_the_office_opens_on_weekdays_at_nine(time, opens):
    assert office(time) == opens


def test_a_program_decides_at_once_and_a_person_is_asked_once():
    assert (Api().through(3.0), Api().touches) == (3.0, 0)
    assert Tickets().touches == 1
    with pytest.raises(ValueError, match="effort: inf s is impossible"):
        Tickets(math.inf)
    with pytest.raises(ValueError, match="effort: -1 s is impossible"):
        Tickets(-1)
