"""Total cost against sums that can be done by hand, and the break-even that it claims."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.deployment.total_cost import HOURS, RentOrOwn, by_size, total_cost

PLAIN = RentOrOwn(interest=0.0, fall=0.0)


def test_by_hand():
    t = total_cost(PLAIN)
    hours = 5 * 12 * 730
    assert t.hardware[-1] == pytest.approx(100 * 8_000)
    assert t.upkeep[-1] == pytest.approx(100 * 8_000 * 0.1 * 5)
    assert t.people[-1] == pytest.approx(120_000 * 5)  # one person, though half would do
    assert t.power[-1] == pytest.approx(100 * 0.27 * 1.5 * 0.12 * hours)
    assert t.demand[-1] == pytest.approx(100 * 0.35 * hours)
    assert t.reserved[-1] == pytest.approx(100 * 0.6 * hours)
    assert t.spot[-1] == pytest.approx(100 * 0.35 * 0.3 / 0.8 * hours)
    assert t.hour("own") == pytest.approx(t.own[-1] / (100 * hours))


@given(st.integers(1, 10), st.integers(1, 10))
def test_hardware_is_written_off_by_its_age(years, lifetime):
    """Without interest one pays for the years of use, whenever the servers were bought."""
    t = total_cost(replace(PLAIN, years=years, lifetime=lifetime))
    assert t.hardware[-1] == pytest.approx(100 * 8_000 * years / lifetime)


def test_money_of_later_years_counts_less():
    early, late = total_cost(PLAIN), total_cost(replace(PLAIN, interest=10.0))
    assert late.demand[-1] < early.demand[-1]
    assert late.demand[-1] == pytest.approx(
        sum(100 * HOURS * 0.35 * 1.1 ** (-month / 12) for month in range(1, 61))
    )


@given(
    st.integers(5, 1_000),
    st.floats(0.8, 5.0),
    st.integers(1, 8),
    st.integers(0, 10),
    st.integers(0, 100),
)
@settings(max_examples=60, deadline=None)
def test_at_the_break_even_both_cost_the_same(servers, public, years, fall, egress):
    p = RentOrOwn(
        servers=servers, public=public, years=years, fall=float(fall), egress=float(egress)
    )
    share = total_cost(p).busy_enough
    if 1 <= share <= 100:
        even = total_cost(replace(p, busy=share))
        assert even.own[-1] == pytest.approx(even.demand[-1])


def test_owning_may_be_the_cheaper_even_for_idle_servers():
    sends = RentOrOwn(servers=1, egress=10_000.0, per_gigabyte=0.5)
    assert total_cost(sends).busy_enough == 0
    idle = total_cost(replace(sends, busy=1.0))
    assert idle.own[-1] < idle.demand[-1]


def test_owning_gets_cheaper_with_size_until_people_are_shared_out():
    hours = by_size(RentOrOwn(), [1, 10, 100, 200, 1_000])
    assert (np.diff(hours[:4]) < 0).all()
    assert hours[3] == pytest.approx(hours[4])


def test_the_month_of_breaking_even_is_the_last_crossing():
    t = total_cost(replace(PLAIN, busy=90.0, servers=1_000))
    month = int(t.even)
    assert 0 < month < 60
    assert t.own[month] < t.demand[month]
    assert t.own[month - 1] >= t.demand[month - 1]
    assert total_cost(RentOrOwn(servers=1)).even == float("inf")


def test_a_busy_server_draws_no_less_than_an_idle_one():
    with pytest.raises(ValueError, match="busy_watts: 100 W is less than idle; allowed: from 200"):
        RentOrOwn(busy_watts=100.0)
