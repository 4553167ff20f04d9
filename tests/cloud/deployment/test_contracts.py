"""Contracts: no other assignment is cheaper, and two of them are the burst planner's rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cloud.deployment.burst import Burst, plan
from models.cloud.deployment.contracts import Offers, mix, mix_of
from models.cloud.deployment.load import SHAPES

shares = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(lambda x: np.array(sorted(x)[::-1]))


@given(shares, st.integers(0, 80), st.floats(0.1, 3.0), st.booleans(), st.integers(0, 90))
def test_no_server_has_a_cheaper_contract(usage, discount, demand, interruptible, lost):
    offers = Offers(
        discount=float(discount), demand=demand, interruptible=interruptible, lost=float(lost)
    )
    m = mix_of(usage, offers)
    least = sum(min(c.held + c.used * u for c in m.contracts) for u in usage)
    assert m.cost == pytest.approx(least)
    assert sum(m.count(c.name) for c in m.contracts) == len(usage)
    assert m.cost <= min(m.alone(c.name) for c in m.contracts) + 1e-9


@pytest.mark.parametrize("shape", SHAPES)
def test_own_and_on_demand_alone_are_the_burst_planner(shape):
    m = mix(Offers(own=0.4, power=0.0, discount=0.0, demand=1.0, shape=shape))
    p = plan(Burst(shape=shape))
    assert m.cost == pytest.approx(p.hybrid.total.min())
    assert m.count("own") == pytest.approx(p.best, abs=1)


def test_on_demand_is_for_servers_that_are_seldom_busy():
    m = mix(Offers())
    assert m.usage[m.chosen == 0].min() >= 0.35 / 0.95 - 1e-9 >= m.usage[m.chosen == 2].max()


def test_lost_work_is_done_again_and_again():
    (spot,) = (c for c in Offers(interruptible=True).contracts() if c.name == "spot")
    # Of an hour 0.2 is lost; of its repetition again 0.2; and so on.
    assert spot.used == pytest.approx(0.3 * sum(0.2**n for n in range(60)))
    assert mix(Offers()).count("spot") == 0
