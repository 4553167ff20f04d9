"""Patterns of demand and the instants drawn from counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from models.cloud.demand import PATTERNS, WIDTH, Demand, Pattern, arrivals, demand, whole


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=30).filter(any),
    st.floats(0.001, 900.0),
    st.integers(0, 2**31),
)
def test_arrivals_conserve_every_bucket_and_ascend(counts, width, seed):
    counts = np.array(counts)
    d = Demand(width, counts, counts.astype(float))
    times = arrivals(d, 3, np.random.default_rng(seed))
    assert (np.diff(times, axis=0) >= 0).all()
    assert (times == np.rint(times)).all()
    for column in times.T:
        found = np.bincount((column // round(width * 1e6)).astype(int), minlength=len(counts))
        assert (found == counts).all()


def test_within_a_bucket_instants_are_uniform():
    d = Demand(10.0, np.array([0, 400, 3]), np.zeros(3))
    times = arrivals(d, 50, np.random.default_rng(1))
    assert kstest((times[:400] / 1e7 - 1).ravel(), "uniform").pvalue > 0.01
    # Order statistics of 3 uniforms have means 1/4, 1/2, 3/4.
    np.testing.assert_allclose((times[400:] / 1e7 - 2).mean(axis=1), [0.25, 0.5, 0.75], atol=0.1)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=200))
def test_whole_requests_keep_the_total(amounts):
    amounts = np.array(amounts)
    counts = whole(amounts)
    assert counts.min() >= 0
    assert counts.sum() == np.rint(np.cumsum(amounts)[-1])
    assert (np.abs(counts - amounts) <= 1 + 1e-6).all()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_have_their_rate_and_repeat(pattern):
    p = Pattern(pattern=pattern, rate=50.0, peak=3.0, seconds=86_400.0, burst=600.0)
    d = demand(p)
    assert (d.requests == demand(p).requests).all()
    assert d.seconds == 86_400
    base = {"daily": 2.0, "flash": 1 + 2 * 600 / 86_400, "steady": 1.0}
    if pattern in base:  # heavy-tailed bursts have no mean to speak of
        assert d.total == pytest.approx(50 * 86_400 * base[pattern], rel=0.01)
    assert d.rate.max() > 50 * (1 if pattern == "steady" else 2.5)


def test_counts_of_a_steady_pattern_are_poisson():
    counts = demand(Pattern(pattern="steady", rate=3.0, seconds=86_400.0)).requests
    assert counts.mean() == pytest.approx(3 * WIDTH, rel=0.02)
    assert counts.var() / counts.mean() == pytest.approx(1, abs=0.1)


def test_a_flash_crowd_is_where_it_should_be_and_no_timetable_knows_it():
    d = demand(Pattern(rate=20.0, peak=5.0, burst=120.0, seconds=900.0))
    crowd = slice(30, 42)
    assert d.requests[crowd].min() > 2 * np.delete(d.requests, np.r_[crowd]).max() / 1.5
    assert (d.regular == 200).all()


def test_bursts_change_with_their_seed():
    one, two = (demand(Pattern(pattern="bursts", seconds=7_200.0, seed=s)) for s in (1, 2))
    assert (one.requests != two.requests).any()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"rate": 1_000.0, "peak": 20.0, "seconds": 14 * 86_400.0}, "too many requests"),
        ({"rate": -1.0}, "rate: -1.0"),
        ({"pattern": "weekly"}, "pattern: 'weekly'"),
    ],
)
def test_impossible_patterns_are_refused(bad, says):
    with pytest.raises(ValueError, match=says):
        Pattern(**bad)


def test_a_demand_of_nothing_is_refused():
    with pytest.raises(ValueError, match="holds none at all"):
        arrivals(Demand(10.0, np.zeros(3, int), np.zeros(3)), 1, np.random.default_rng(1))
