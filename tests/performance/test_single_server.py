"""Pollaczek-Khinchine and Lindley against loops, each other and special cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.performance.queueing.free_times import FreeTimes, serve
from models.performance.queueing.single_server import BLOCK, lindley, mean_wait


def loop(gaps, services):
    waits = [0]
    for gap, service in zip(gaps[1:], services, strict=False):
        waits.append(max(waits[-1] + service - gap, 0))
    return waits


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=200))
def test_lindley_equals_the_loop_on_integer_ticks(pairs):
    gaps, services = np.array(pairs).T
    assert lindley(gaps, services).tolist() == loop(gaps.tolist(), services.tolist())


@pytest.mark.parametrize("customers", [1, 2, BLOCK, BLOCK + 1, BLOCK + 2, 5 * BLOCK])
def test_lindley_is_within_its_bound(customers):
    rng = np.random.default_rng(5)
    gaps, services = rng.standard_exponential((2, customers)) * [[1.0], [0.98]]
    waits, twin = lindley(gaps, services), np.array(loop(gaps, services))
    within_a_block = 2 * BLOCK * np.finfo(float).eps * (twin.max() + gaps.sum())
    np.testing.assert_allclose(waits, twin, rtol=0, atol=within_a_block)


def test_lindley_is_one_server_of_many():
    rng = np.random.default_rng(6)
    gaps, services = rng.standard_exponential((2, 3_000, 4)) * 0.9
    waits = serve(FreeTimes(1, 4), gaps.cumsum(axis=0), services)
    np.testing.assert_allclose(lindley(gaps, services), waits, atol=1e-9)


def test_pollaczek_khinchine_special_cases():
    load = np.array([0.1, 0.5, 0.9])
    exponential, constant = mean_wait(load, 1.0), mean_wait(load, 0.0)
    np.testing.assert_allclose(exponential, load / (1 - load))
    np.testing.assert_allclose(constant, exponential / 2)
    assert np.isinf(mean_wait([1.0, 1.7], 1.0)).all()


@pytest.mark.parametrize(("load", "scv", "says"), [(0, 1, "load: 0.0"), (0.5, -1, "scv: -1.0")])
def test_bad_input_is_refused(load, scv, says):
    with pytest.raises(ValueError, match=says):
        mean_wait(load, scv)
