"""The sorted rows of free times against a heap, bit for bit where sums are exact."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.queue import ciw_waits, heap_waits, simpy_waits
from models.performance.queueing.free_times import FreeTimes, serve


def draws(customers: int, columns: int, seed: int = 1, servers: int = 3):
    rng = np.random.default_rng(seed)
    arrivals = rng.standard_exponential((customers, columns)).cumsum(axis=0) / (0.9 * servers)
    return arrivals, rng.standard_exponential((customers, columns))


@pytest.mark.parametrize("servers", [1, 2, 3, 8, 40])
def test_equals_the_heap_bit_for_bit_in_floats_too(servers):
    """Both add a service to a start and subtract an arrival: the same operations."""
    arrivals, services = draws(400, 5, servers=servers)
    waits = serve(FreeTimes(servers, 5), arrivals, services)
    for column in range(5):
        twin = heap_waits(arrivals[:, column].tolist(), services[:, column].tolist(), servers)
        assert waits[:, column].tolist() == twin


@settings(deadline=None)
@given(st.integers(1, 6), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30)), min_size=1))
def test_equals_the_heap_on_integer_ticks(servers, pairs):
    gaps, work = np.array(pairs).T
    arrivals = gaps.cumsum()
    waits = serve(FreeTimes(servers, 1, dtype=np.int64), arrivals[:, None], work[:, None])
    assert waits.dtype == np.int64
    assert waits[:, 0].tolist() == heap_waits(arrivals.tolist(), work.tolist(), servers)


@pytest.mark.parametrize("twin", [simpy_waits, ciw_waits])
def test_agrees_with_other_simulators(twin):
    """They add times in another order: equal to a few roundings of the largest time."""
    rng = np.random.default_rng(4)
    customers = 2_000
    gaps = rng.standard_exponential(customers) / 2.7
    services = rng.standard_exponential(customers)
    arrivals = gaps.cumsum()
    waits = serve(FreeTimes(3, 1), arrivals[:, None], services[:, None])[:, 0]
    first = gaps if twin is ciw_waits else arrivals
    other = np.array(twin(first.tolist(), services.tolist(), 3))
    bound = customers * np.finfo(float).eps * arrivals[-1]
    np.testing.assert_allclose(other, waits[: len(other)], rtol=0, atol=bound)
    assert len(other) >= customers - 3  # Ciw leaves off those still in service at its end


def test_chunks_do_not_show():
    arrivals, services = draws(100, 4)
    whole = serve(FreeTimes(3, 4), arrivals, services)
    servers = FreeTimes(3, 4)
    parts = [serve(servers, arrivals[i : i + 7], services[i : i + 7]) for i in range(0, 100, 7)]
    assert (np.concatenate(parts) == whole).all()


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["join", "leave", "serve"]), st.integers(0, 50))))
def test_rows_are_the_sorted_list_whatever_happens(steps):
    servers, twin = FreeTimes(2, 1, room=60, dtype=np.int64), [0, 0]
    for what, number in steps:
        if what == "join" and len(twin) < 60:
            servers.join(np.array([number]), np.array([1]))
            heapq.heappush(twin, number)
        elif what == "leave" and twin:
            assert servers.leave(np.array([1]))[0, 0] == heapq.heappop(twin)
        elif what == "serve" and twin:
            servers.replace_first(servers.first + number)
            heapq.heapreplace(twin, twin[0] + number)
        present = servers.rows[:, 0][servers.rows[:, 0] != servers.never]
        assert present.tolist() == sorted(twin)


def test_columns_join_and_leave_on_their_own():
    servers = FreeTimes(1, 3, room=4)
    servers.join(np.array([5.0, 6.0, 7.0]), np.array([2, 0, 3]))
    gone = servers.leave(np.array([2, 0, 1]))
    assert gone.tolist() == [[0.0, np.inf, 0.0], [5.0, np.inf, np.inf]]
    assert servers.rows.T.tolist() == [[5.0, np.inf, np.inf], [0.0, np.inf, np.inf], [7.0] * 3]


def test_a_full_room_is_refused():
    servers = FreeTimes(2, 1)
    with pytest.raises(ValueError, match="more than 2 do not fit"):
        servers.join(np.array([1.0]), np.array([1]))


@pytest.mark.parametrize("bad", [(-1, 1, 1), (3, 1, 2), (1, 0, 1), (0, 1, 0)])
def test_impossible_rooms_are_refused(bad):
    with pytest.raises(ValueError, match="out of range"):
        FreeTimes(*bad)
