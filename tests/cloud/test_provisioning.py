"""How a fleet follows a burst: never before its units can have booted, and never without a loop."""

import math

import pytest

from models.cloud.provisioning import BURST, Provisioning, provisioning
from models.cloud.scaling import BOOT, Scaler


@pytest.fixture(scope="module")
def runs():
    return {unit: provisioning(Provisioning(unit=unit)) for unit in BOOT}


def test_no_unit_is_there_before_it_can_have_booted(runs):
    for unit, run in runs.items():
        assert run.caught_up >= BOOT[unit]


def test_slower_units_catch_up_later(runs):
    by_speed = sorted(BOOT, key=BOOT.__getitem__)
    times = [runs[unit].caught_up for unit in by_speed]
    assert times == sorted(times)
    assert times[0] < BURST < times[-1]


def test_every_unit_is_given_back(runs):
    for run in runs.values():
        assert run.given_back < math.inf
        assert abs(run.kept) < 0.5


def test_without_a_loop_nothing_happens():
    run = provisioning(Provisioning(policy="fixed"))
    assert run.caught_up == math.inf
    assert run.given_back == Scaler().interval
    assert run.kept == 0
    assert run.facts()["Caught up with the burst after"].shown() == "∞"
