"""Demands: as high as stated, the same each time, and no work lost on the way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cloud.demand import Pattern, demand
from models.cloud.deployment.load import DAYS, SHAPES, STEP, Load, Workload, load, load_of


@pytest.mark.parametrize("shape", SHAPES)
def test_a_workload_has_its_peak_and_is_the_same_each_time(shape):
    first = load(Workload(shape=shape, peak=70))
    assert first.peak == pytest.approx(70)
    assert first.servers.min() >= 0
    assert first.servers.size * first.hours == DAYS * 24
    assert np.array_equal(first.servers, load(Workload(shape=shape, peak=70)).servers)
    assert not np.array_equal(first.servers, load(Workload(shape=shape, peak=70, seed=2)).servers)


def test_office_hours_are_three_tenths_of_the_week():
    quiet = load(Workload(shape="office", noise=0.0))
    assert (quiet.servers > 60).mean() == pytest.approx(10 * 5 / (24 * 7), abs=0.01)


@given(st.lists(st.floats(0, 40), min_size=1, max_size=60))
def test_the_usage_of_all_servers_is_the_mean_demand(values):
    wanted = Load(np.array(values))
    usage = wanted.usage(41)
    assert usage.sum() == pytest.approx(wanted.mean)
    assert (np.diff(usage) <= 1e-12).all()
    assert usage.max() <= 1


def test_requests_become_the_servers_that_they_keep_busy():
    crowd = demand(Pattern(rate=5.0))
    busy = load_of(crowd, service=2.0)
    server_seconds = busy.servers.sum() * busy.hours * 3_600
    assert server_seconds == pytest.approx(crowd.total * 2.0)
    assert busy.hours == pytest.approx(10 / 3_600)
    assert load(Workload()).hours == STEP
