"""The servers that keep a wait: smallest, enough, and few above the work."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.performance.queueing.many_servers import waiting
from models.performance.queueing.staffing import Staffing, servers_needed, staffing


def mean_wait(servers: int, offered: float) -> float:
    """The textbook's recursion, in exact-enough decimals: independent of the model."""
    inverse = Decimal(1)
    for n in range(1, servers + 1):
        inverse = 1 + n / Decimal(offered) * inverse
    load = Decimal(offered) / servers
    must_wait = 1 / (load + (1 - load) * inverse)
    return float(must_wait / (servers - Decimal(offered)))


@pytest.mark.parametrize(
    ("offered", "wait"), [(0.3, 0.1), (8, 0.2), (80, 0.2046), (7.5, 3), (300, 0.01)]
)
def test_against_counting_upwards(offered, wait):
    servers = int(np.floor(offered)) + 1
    while mean_wait(servers, offered) > wait:
        servers += 1
    assert servers_needed(offered, wait) == servers


@given(st.floats(0.01, 5000), st.floats(1e-3, 50))
def test_enough_and_not_one_too_many(offered, wait):
    servers = int(servers_needed(offered, wait))
    assert waiting(servers, offered / servers).mean <= wait
    if servers > 1:
        assert waiting(servers - 1, offered / (servers - 1)).mean > wait


@given(st.floats(0.01, 5000), st.floats(1e-3, 50))
def test_one_over_the_wait_spare_servers_are_enough_for_any_size(offered, wait):
    assert servers_needed(offered, wait) <= np.ceil(offered + 1 / wait)


def test_whole_arrays_at_once():
    offered = np.array([[8.0], [80.0], [800.0]])
    wait = np.array([0.1, 1.0])
    together = servers_needed(offered, wait)
    assert together.tolist() == [[int(servers_needed(a, w)) for w in wait] for a in offered[:, 0]]


def test_no_number_of_servers_promises_no_wait():
    with pytest.raises(ValueError, match=r"wait: 0.0 is out of range"):
        servers_needed(8.0, [0.0, 0.1])


@given(st.integers(1, 100), st.integers(50, 95), st.floats(1, 100))
def test_growth_never_needs_more_than_proportion(servers, load, growth):
    plan = staffing(Staffing(servers=servers, load=load / 100, growth=growth))
    assert plan.needed <= plan.proportional
    assert plan.then.mean <= plan.now.mean * (1 + 1e-9)
    assert (plan.curve.load < 1).all()


def test_without_growth_nothing_changes():
    for servers in (1, 7, 10, 100):
        assert staffing(Staffing(servers=servers)).needed == servers
