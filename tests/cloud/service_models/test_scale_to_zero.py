"""Instances that come and go, against the closed form and a twin without cleverness."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.service_models.scale_to_zero import (
    REQUESTS,
    Calls,
    bill,
    cold_share,
    rented,
    scale_to_zero,
    serve,
)


@pytest.mark.parametrize("rate", [0.5, 3.0, 6.0, 12.0])
@pytest.mark.parametrize("keep", [5.0, 10.0])
def test_rare_short_calls_are_cold_by_the_exponential_law(rate, keep):
    run = scale_to_zero(Calls(rate=rate, keep=keep, cold=0.05, run=0.01))
    p = float(cold_share(rate, keep))
    assert p == pytest.approx(math.exp(-rate * keep / 60))
    assert run.cold_share == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / REQUESTS))
    # One instance is alive for `keep` after a call, unless the next one comes before.
    assert run.alive / run.hours == pytest.approx(1 - p, abs=0.05)


def twin(times, keep, cold, run):
    """Every instance as a record; each request looks at all of them."""
    instances, colds = [], 0
    for now in times:
        idle = [i for i in instances if i["end"] <= now <= i["end"] + keep]
        if idle:
            chosen = max(idle, key=lambda i: (i["end"], i["start"]))
            chosen["end"] = now + run
        else:
            colds += 1
            instances.append({"start": now, "end": now + cold + run})
    return colds, sum(i["end"] + keep - i["start"] for i in instances)


seconds = st.integers(0, 40).map(lambda quarter: quarter / 4)


@settings(max_examples=200)
@given(st.lists(seconds, max_size=30), st.integers(1, 40), st.integers(1, 8), st.integers(1, 8))
def test_a_twin_starts_as_many_instances_for_as_long(gaps, keep, cold, run):
    times = np.cumsum(gaps).tolist()
    ours, theirs = (
        serve(times, keep / 4, cold / 4, run / 4),
        twin(times, keep / 4, cold / 4, run / 4),
    )
    assert ours[0] == theirs[0]
    assert ours[1] == pytest.approx(theirs[1])


@settings(max_examples=50)
@given(st.lists(seconds, min_size=1, max_size=30), st.integers(1, 40))
def test_keeping_longer_never_makes_more_requests_cold(gaps, keep):
    """Where a start takes no time. (Where it does, a start that was spared can cost a later one:
    the spared instance would have been new and idle when the next request came.)
    """
    times = np.cumsum(gaps).tolist()
    shorter, longer = (serve(times, k, 0.0, 0.25)[0] for k in (keep / 4, keep / 2))
    assert 1 <= longer <= shorter <= len(times)


def test_bills_cross_where_the_running_share_is_one_over_the_premium():
    calls = Calls(premium=4.0, run=0.5)
    crossing = 3600 / 0.5 / 4
    assert bill(calls, crossing) == pytest.approx(rented(calls, crossing)) == 1
    assert bill(calls, 0.9 * crossing) < 1 < bill(calls, 1.1 * crossing)
    assert rented(calls, 7_200) == 1
    assert rented(calls, 7_201) == 2


def test_the_same_seed_gives_the_same_calls():
    assert scale_to_zero(Calls()).facts() == scale_to_zero(Calls()).facts()
    assert scale_to_zero(Calls(seed=2)).alive != scale_to_zero(Calls()).alive
