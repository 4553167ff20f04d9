"""Silos and pool against Erlang, scipy's quantiles, a heap of customers, and drawn demand."""

import heapq
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.cloud.pooling import Pooling, pooling, servers_for
from models.performance.queueing.many_servers import waiting


@pytest.mark.parametrize("tenants", [2, 10])
def test_independent_demand_agrees_with_erlang(tenants):
    run = pooling(Pooling(tenants=tenants, load=0.7))
    assert run.alone_wait == pytest.approx(float(waiting(1, 0.7).mean))
    assert run.pooled_wait == pytest.approx(float(waiting(tenants, 0.7).mean))


def simulated(p: Pooling, servers: int, tenants: int, seconds: float) -> float:
    """Mean wait, customer by customer, with a heap of servers: arrivals as the model tells them."""
    rng = np.random.default_rng(4)
    own = rng.random(rng.poisson(tenants * p.load * (1 - p.shared) * seconds)) * seconds
    common = rng.random(rng.poisson(p.load * p.shared * seconds)) * seconds
    instants = np.sort(np.concatenate([own, np.repeat(common, tenants)]))
    free, waits = [0.0] * servers, []
    for when, work in zip(instants, rng.standard_exponential(len(instants)), strict=True):
        begin = max(when, heapq.heappop(free))
        heapq.heappush(free, begin + work)
        waits.append(begin - when)
    return float(np.mean(waits[len(waits) // 5 :]))


@pytest.mark.parametrize("shared", [0.0, 0.4, 1.0])
def test_the_pool_equals_one_that_serves_customer_by_customer(shared):
    p = Pooling(tenants=5, shared=shared, load=0.7)
    assert pooling(p).pooled_wait == pytest.approx(simulated(p, 5, 5, 60_000), rel=0.1)


@pytest.mark.parametrize("shared", [0.0, 0.4, 1.0])
def test_each_tenant_for_himself_looks_the_same_however_much_is_shared(shared):
    p = Pooling(tenants=5, shared=shared, load=0.7)
    # One tenant's customers: his own and his part of the common ones.
    assert simulated(p, 1, 1, 100_000) == pytest.approx(pooling(p).alone_wait, rel=0.1)


@pytest.mark.parametrize("shared", [0.0, 0.3, 1.0])
def test_peaks_are_those_of_drawn_demand(shared):
    p = Pooling(tenants=6, shared=shared, risk=0.01)
    rng, draws = np.random.default_rng(2), 400_000
    busy = rng.poisson(6 * p.load * (1 - shared), draws)
    busy = busy + 6 * rng.poisson(p.load * shared, draws)
    run = pooling(p)
    assert (busy > run.pooled_servers).mean() <= 0.011
    assert (busy > run.pooled_servers - 1).mean() > 0.009


def test_the_share_in_common_is_the_correlation_of_two_tenants():
    rng, shared = np.random.default_rng(3), 0.3
    common = rng.poisson(0.8 * shared, 200_000)
    one, other = (common + rng.poisson(0.8 * (1 - shared), 200_000) for _ in range(2))
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(shared, abs=0.01)


def test_coinciding_arrivals_keep_the_gain_in_waiting_but_not_in_peak_size():
    run = pooling(Pooling(shared=1.0))
    assert run.alone_wait == pytest.approx(4.0)
    assert run.pooled_wait == pytest.approx(2.1, rel=0.05)
    assert run.pooled_servers == run.alone_servers


SETTINGS = st.builds(
    Pooling, tenants=st.integers(1, 50), shared=st.floats(0, 1), load=st.floats(0.05, 0.95)
)


@given(SETTINGS)
@settings(max_examples=60, deadline=None)
def test_a_pool_is_never_worse_and_common_demand_never_helps(p):
    run = pooling(p)
    assert run.pooled_wait <= run.alone_wait + 1e-9
    # A pool as large as the silos is too small only when some silo is: at most n times as often.
    # (At equal risk it may need a server more: the risk of a silo is rounded down by its size.)
    demand = p.tenants * p.load * (1 - p.shared), p.load * p.shared, p.tenants
    assert servers_for(*demand, min(p.tenants * p.risk, 1.0)) <= run.alone_servers
    less = pooling(replace(p, shared=p.shared / 2))
    assert less.pooled_wait <= run.pooled_wait + 1e-9


def test_a_pool_of_one_tenant_is_his_silo():
    run = pooling(Pooling(tenants=1, shared=0.5))
    assert run.pooled_wait == pytest.approx(run.alone_wait)
    assert run.pooled_servers == run.alone_servers


@given(st.floats(0.05, 60), st.floats(1e-6, 0.1))
@settings(max_examples=60, deadline=None)
def test_servers_for_the_peak_are_scipy_s_quantile(offered, risk):
    ours = servers_for(offered, 0.0, 1, risk)
    # Where the tail meets the risk in the last bits, either neighbour is right.
    assert stats.poisson.sf(ours, offered) <= risk * (1 + 1e-6) + 1e-13
    assert ours == 0 or stats.poisson.sf(ours - 1, offered) > risk * (1 - 1e-6) - 1e-13
