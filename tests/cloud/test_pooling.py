"""Silos and pool against Erlang's closed form, Little's limit cases and a heap, event by event."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.cloud import pooling as room
from models.cloud.pooling import Pooling, pooling, servers_for
from models.performance.queueing.many_servers import waiting


@pytest.mark.parametrize("tenants", [2, 10])
def test_independent_demand_agrees_with_erlang(tenants):
    run = pooling(Pooling(tenants=tenants, load=0.7, replications=128))
    assert run.alone_wait == pytest.approx(float(waiting(1, 0.7).mean), rel=0.05)
    assert run.pooled_wait == pytest.approx(float(waiting(tenants, 0.7).mean), rel=0.07)


def heap_mean(p: Pooling) -> float:
    """The pool's mean wait by an event-by-event twin."""
    arrivals, services = room._customers(p)
    waits, end = [], arrivals[-1].min(axis=0)
    for r in range(p.replications):
        free = [0.0] * p.tenants
        customers = zip(arrivals[:, :, r].ravel(), services[:, :, r].ravel(), strict=True)
        for when, work in sorted(customers, key=lambda customer: customer[0]):
            begin = max(when, heapq.heappop(free))
            heapq.heappush(free, begin + work)
            if room.WARM_UP * end[r] < when <= end[r]:
                waits.append(begin - when)
    return float(np.mean(waits))


@pytest.mark.parametrize("demand", ["independent", "identical"])
def test_the_pool_equals_its_event_by_event_twin(demand):
    p = Pooling(tenants=5, demand=demand, customers=300, replications=3)
    assert pooling(p).pooled_wait == pytest.approx(heap_mean(p), rel=1e-9)


def test_coinciding_arrivals_keep_the_gain_in_waiting_but_not_in_peak_size():
    run = pooling(Pooling(demand="identical", replications=128))
    assert run.alone_wait == pytest.approx(4.0, rel=0.1)
    assert run.pooled_wait == pytest.approx(2.1, rel=0.1)
    assert run.pooled_servers == run.alone_servers


def test_a_pool_of_one_tenant_is_his_silo():
    run = pooling(Pooling(tenants=1, replications=4))
    assert run.pooled_wait == run.alone_wait
    assert run.pooled_servers == run.alone_servers


@given(st.floats(0.05, 60), st.floats(1e-6, 0.1))
@settings(max_examples=60, deadline=None)
def test_servers_for_the_peak_are_scipy_s_quantile(offered, risk):
    ours = servers_for(offered, risk)
    # Where the tail meets the risk in the last bits, either neighbour is right.
    assert stats.poisson.sf(ours, offered) <= risk * (1 + 1e-6) + 1e-13
    assert ours == 0 or stats.poisson.sf(ours - 1, offered) > risk * (1 - 1e-6) - 1e-13
