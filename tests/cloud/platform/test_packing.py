"""Filling a fleet until it says no: what is refused fits nowhere, and was the first."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.platform.offers import SIZES
from models.cloud.platform.packing import HOST, LABELS, Packing, packing
from models.cloud.platform.policies import POLICIES


def test_every_policy_has_a_label():
    assert set(LABELS) == set(POLICIES)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(LABELS)), st.floats(0, 1), st.sampled_from([1.0, 2.0, 4.5]),
    st.integers(2, 30), st.integers(0, 1_000),
)  # fmt: skip
def test_what_is_refused_fits_nowhere(policy, large, overcommit, hosts, seed):
    p = Packing(policy, large, overcommit, hosts, seed)
    run = packing(p)
    room = np.array([[HOST.vcpus * overcommit], [HOST.memory]])
    free = room * (1 - run.used / 100)
    size = SIZES[run.refused]
    assert not ((free[0] >= size.vcpus - 1e-6) & (free[1] >= size.memory - 1e-6)).any()
    assert (run.used >= 0).all()
    assert (run.used <= 100 + 1e-9).all()
    assert 0 <= run.empty < hosts
    assert run.fullest <= run.placed


def test_spreading_leaves_no_host_empty_and_filling_leaves_many():
    runs = {policy: packing(Packing(policy)) for policy in LABELS}
    assert runs["spread"].empty == 0 < runs["best"].empty
    assert runs["spread"].fullest < runs["best"].fullest
    assert runs["spread"].placed < runs["best"].placed


def test_where_nothing_leaves_first_fit_does_as_well_as_best_fit():
    for large in (0.05, 0.2, 0.5):
        first, best = (packing(Packing(policy, large)).placed for policy in ("first", "best"))
        assert first == pytest.approx(best, rel=0.05)


def test_promising_more_processors_helps_only_where_processors_are_short():
    short_of_processors = [packing(Packing("best", 0.0, ratio)).placed for ratio in (1.0, 1.5)]
    assert short_of_processors[1] >= short_of_processors[0]
    memory_bound = [packing(Packing("best", 0.2, ratio)) for ratio in (4.0, 8.0)]
    assert memory_bound[0].used[1].mean() > 95 > memory_bound[0].used[0].mean()
    assert memory_bound[1].placed == pytest.approx(memory_bound[0].placed, rel=0.05)
