"""Rounding against its closed form and by hand."""

import numpy as np
import pytest

from models.cloud.metering.bill import GRANULARITY
from models.cloud.metering.rounding import Rounding, mean_factor, rounding


def test_61_minutes_by_the_hour():
    run = rounding(Rounding(life=3_660.0, law="equal"))
    assert run.together == pytest.approx(120 / 61)
    assert run.facts()["The machine in the middle"].value == pytest.approx(100 * 120 / 61)


@pytest.mark.parametrize("life", [600.0, 3_600.0, 36_000.0])
@pytest.mark.parametrize("granularity", ["minute", "hour"])
def test_random_lifetimes_meet_the_closed_form(life, granularity):
    runs = [
        rounding(Rounding(life=life, granularity=granularity, seed=seed)).together
        for seed in range(10)
    ]
    expected = mean_factor(life, GRANULARITY[granularity])
    assert np.mean(runs) == pytest.approx(expected, rel=0.02)


def test_the_closed_form_s_ends():
    assert mean_factor(1e9, 3_600.0) == pytest.approx(1.0, abs=1e-5)
    assert mean_factor(1.0, 3_600.0) == pytest.approx(3_600.0)


def test_a_minimum_is_billed_even_for_a_second():
    run = rounding(Rounding(life=10.0, granularity="second", minimum=60.0, law="equal"))
    assert (run.billed == 60).all()
    assert run.facts()["Billed twice their use or more"].value == 100.0
