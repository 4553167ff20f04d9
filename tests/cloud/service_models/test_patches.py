"""A year of patches, against closed forms and against a twin that goes flaw by flaw."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.service_models.attempts import who_acts
from models.cloud.service_models.offers import MODELS
from models.cloud.service_models.patches import LAYERS, YEARS, Year, after, deployments, patches


@pytest.mark.parametrize("gap", [1, 30, 60, 360])
@pytest.mark.parametrize("regular", [True, False])
def test_the_wait_is_the_closed_forms(gap, regular):
    """E[G^2] / (2 E[G]): half a regular gap, a whole one at random."""
    run = patches(Year(model="PaaS", gap=gap, regular=regular, provider=3.0, flaws=20))
    mean, wait = run.exposure("runtime"), gap / 2 if regular else gap
    # Flaws of one year share its gaps, so a year counts as one sample, not twenty.
    error = 5 * gap / np.sqrt(YEARS)
    assert mean == pytest.approx(3 + wait, abs=error)
    assert run.exposure("code") == pytest.approx(wait, abs=error)
    assert run.exposure("kernel") == pytest.approx(3.0)


@pytest.mark.parametrize("model", MODELS)
def test_who_is_waited_for_is_who_acts(model):
    year = Year(model=model, provider=7.0)
    run = patches(year)
    for i, layer in enumerate(LAYERS):
        who = who_acts(model, layer)
        provider, yours = (run.ready - run.found)[:, i], (run.closed - run.ready)[:, i]
        assert provider.mean() == pytest.approx(0.0 if who == "the consumer" else 7.0)
        assert (yours.max() == 0) == (who == "the provider")
    assert run.facts()["Flaws a year that wait for you"].value == year.flaws * len(run.yours)


@settings(max_examples=20)
@given(
    st.integers(1, 360), st.booleans(), st.sampled_from(sorted(MODELS)), st.integers(0, 1000),
    st.booleans(),
)  # fmt: skip
def test_a_twin_that_goes_flaw_by_flaw_closes_them_on_the_same_days(
    gap, regular, model, seed, automatic
):
    year = Year(model=model, gap=gap, regular=regular, seed=seed, automatic=automatic, flaws=2)
    run = patches(year)
    for row in (0, YEARS - 1):
        for i, layer in enumerate(LAYERS):
            who = who_acts(model, layer)
            for found, closed in zip(run.found[row, i], run.closed[row, i], strict=True):
                day = found
                if who != "the consumer":
                    day += year.provider
                if who == "the consumer" or ("then" in who and not automatic):
                    day = min(d for d in run.deployed[row] if d >= day)
                assert closed == pytest.approx(day)


def test_deployments_ascend_reach_the_end_and_keep_their_mean_gap():
    rng = np.random.default_rng(1)
    for regular in (True, False):
        for gap in (1, 60, 360):
            days = deployments(gap, regular, 368.0, rng)
            assert (np.diff(days, axis=1) > 0).all()
            assert days[:, -1].min() > 368
            within = (days <= 365).sum() / YEARS
            assert within == pytest.approx(365 / gap, rel=0.1, abs=0.2)


def test_after_is_the_first_at_or_after():
    deployed = np.array([[1.0, 5.0, 9.0], [2.0, 4.0, 9.5]])
    days = np.array([[0.0, 1.0, 1.5, 9.0], [3.0, 4.0, 4.5, 0.0]])
    assert after(deployed, days).tolist() == [[1, 1, 5, 9], [4, 4, 9.5, 2]]


def test_the_same_seed_gives_the_same_year():
    first, second = patches(Year(seed=3)), patches(Year(seed=3))
    assert first.facts() == second.facts()
    assert (first.found == second.found).all()
    assert not (first.found == patches(Year(seed=4)).found).all()


def test_a_provider_slower_than_half_a_gap_turns_the_row_round():
    """Handing layers over then makes the year worse: what the page says of the third row."""
    opened = [
        float(f["Open on average"].value)
        for f in (
            patches(Year(model=m, gap=30, provider=40.0)).facts() for m in ("own", "IaaS", "SaaS")
        )
    ]
    assert opened == sorted(opened)
    assert opened[0] < opened[-1]
