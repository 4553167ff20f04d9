"""Batches before many servers against Erlang's formula and the balance equations solved whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.performance.queueing.batch_arrivals import mean_wait
from models.performance.queueing.many_servers import waiting


def by_balance(servers, a, b, size, room):
    """Mean wait from the generator matrix of the number present, cut off at `room`."""
    q = np.zeros((room + 1, room + 1))
    for k in range(room + 1):
        q[k, min(k + 1, room)] += a
        q[k, min(k + size, room)] += b
        if k:
            q[k, k - 1] += min(k, servers)
    q[np.diag_indices_from(q)] = 0
    q -= np.diag(q.sum(axis=1))
    q[:, 0] = 1.0  # the probabilities add up to 1
    p = np.linalg.solve(q.T, np.eye(room + 1)[0])
    waiting_now = np.maximum(np.arange(room + 1) - servers, 0)
    return float(p @ waiting_now) / (a + b * size)


@given(st.integers(1, 60), st.floats(0.05, 0.98))
@settings(max_examples=30, deadline=None)
def test_without_batches_it_is_erlang_s_wait(servers, load):
    ours = float(mean_wait(servers, servers * load, 0.0, 7))
    assert ours == pytest.approx(float(waiting(servers, load).mean), rel=1e-6, abs=1e-9)
    assert float(mean_wait(servers, 0.0, servers * load, 1)) == pytest.approx(ours, abs=1e-9)


@given(st.integers(1, 8), st.integers(1, 5), st.floats(0.05, 0.6), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_with_batches_it_solves_the_balance_equations(servers, size, load, share):
    a, b = servers * load * (1 - share), servers * load * share / size
    expected = by_balance(servers, a, b, size, 200)
    assert float(mean_wait(servers, a, b, size)) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_one_server_s_batches_by_the_textbook():
    """M^[n]/M/1: load/(1 - load) for the line, (n - 1)/(2 (1 - load)) for one's own batch."""
    load, size = 0.6, 4
    expected = load / (1 - load) + (size - 1) / (2 * (1 - load))
    assert float(mean_wait(1, 0.0, load / size, size)) == pytest.approx(expected)


def test_many_shares_at_once_and_no_end_of_the_line():
    shares = np.array([0.0, 0.5, 1.0])
    waits = mean_wait(10, 8 * (1 - shares), 0.8 * shares, 10)
    assert waits.shape == (3,)
    assert (np.diff(waits) > 0).all()
    assert mean_wait(10, 10.0, 0.0, 1) == np.inf


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((0, 1.0, 0.0, 1), "servers: 0 is out of range"),
        ((501, 1.0, 0.0, 1), "servers: 501"),
        ((1, 1.0, 0.0, 0), "size: 0"),
        ((1, -1.0, 0.0, 1), "rates of 0 or more"),
        ((1, 0.0, 0.0, 1), "not both 0"),
    ],
)
def test_what_is_no_queue_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        mean_wait(*arguments)
