"""Neighbours: nothing lost, nothing idle, and nobody worse off than in a silo under fair shares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.cloud.neighbours import (
    NOISY,
    PART,
    QUIET,
    RULES,
    STEPS,
    Neighbours,
    fair,
    neighbours,
)

SETTINGS = st.fixed_dictionaries(
    {
        "burst": st.floats(0.5, 8),
        "tenants": st.integers(2, 6),
        "load": st.floats(0.1, 0.9),
        "length": st.floats(1, 30),
        "seed": st.integers(0, 99),
    }
)


@given(SETTINGS)
@settings(max_examples=8, deadline=None)
def test_laws_of_the_three_rules(setting):
    line, share, silo = (neighbours(Neighbours(rule=rule, **setting)) for rule in RULES)
    for run in (line, share, silo):
        assert (np.diff(run.served, axis=0) >= -1e-9).all(), "nothing is taken back"
        assert (run.served <= run.arrived + 1e-6).all(), "nothing is served before it came"
        step = np.diff(run.served, axis=0).sum(axis=1)
        assert (step <= PART * setting["tenants"] + 1e-6).all(), "nobody is served by nobody"
    assert (line.arrived == silo.arrived).all()
    # One line and fair shares are busy at the same times: nothing idle while somebody waits.
    assert np.allclose(line.served.sum(axis=1), share.served.sum(axis=1), atol=1e-5)
    # Under fair shares everybody is at every instant at least as far as in a silo.
    assert (share.served >= silo.served - 1e-5).all()


@given(arrays(float, (5, 3), elements=st.floats(0, 40)))
@settings(max_examples=60, deadline=None)
def test_fair_shares_are_max_min(waiting):
    given_out = fair(waiting, PART)
    for run in range(3):
        want, got = waiting[:, run], given_out[:, run]
        room = PART * 5
        assert got.sum() == pytest.approx(min(room, want.sum()))
        # Whoever got less than he wanted got as much as anybody.
        short = got < want - 1e-9
        assert (got[short] >= got.max() - 1e-9).all()
        assert got[short] == pytest.approx(by_rounds(want, room)[short])


def by_rounds(want, room):
    """Water-filling as it is told: equal parts, again and again, among those who want more."""
    got = np.zeros_like(want)
    for _ in range(200):
        open_ = got < want - 1e-12
        left = room - got.sum()
        if left < 1e-12 or not open_.any():
            break
        got[open_] += np.minimum(want[open_] - got[open_], left / open_.sum())
    return got


def test_in_one_line_all_wait_alike_in_silos_only_the_noisy_one():
    line, share, silo = (neighbours(Neighbours(rule=rule)) for rule in RULES)
    assert line.late(QUIET) == pytest.approx(line.late(NOISY), abs=0.2)
    assert line.late(QUIET) > 1
    assert silo.late(QUIET) < 0.2
    assert share.late(QUIET) <= silo.late(QUIET)
    assert share.late(NOISY) < silo.late(NOISY) / 3


def test_a_line_served_at_a_known_speed():
    """Two tenants, nothing random left: 8 parts come a step for 10 steps, two are served."""
    run = neighbours(Neighbours(tenants=2, burst=8.0, load=0.1, length=1.0))
    together = run.arrived.sum(axis=1) - run.served.sum(axis=1)
    highest = together.max(axis=0).mean()
    assert highest == pytest.approx(10 * (8.1 - 2) * PART, rel=0.05)
    assert run.delays(QUIET).shape == (STEPS, run.arrived.shape[2])


def test_without_a_burst_nobody_waits():
    for rule in RULES:
        run = neighbours(Neighbours(rule=rule, burst=0.5))
        assert run.late(NOISY) <= 0.2
        assert run.facts()["Pool busy, on average"].value == pytest.approx(50, abs=1)
