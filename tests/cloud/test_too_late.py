"""'Too late': what the page says, and how far its coarse answers are from the exact ones."""

from dataclasses import replace

import numpy as np
import pytest

from models.cloud.demand import Demand, Pattern, demand
from models.cloud.elasticity import elasticity
from models.cloud.fluid import fluid
from models.cloud.scaling import POLICIES, Scaler
from models.cloud.too_late import (
    BOOTS,
    BURSTS,
    USELESS,
    TooLate,
    by_hand,
    by_policy,
    fluid_error,
    prevented,
    prevented_map,
    too_late,
    too_late_fluid,
    useless_from,
)

ASKED = TooLate()


@pytest.fixture(scope="module")
def shares():
    return prevented(ASKED, runs=4)


def test_the_longer_the_boot_the_less_is_prevented_until_nothing_is(shares):
    assert shares[0] > 0.8
    assert shares[-1] < 0.05
    assert (np.diff(shares) < 0.05).all()


def test_a_boot_as_long_as_the_burst_still_helps(shares):
    assert shares[list(BOOTS).index(ASKED.burst)] > 2 * USELESS
    assert useless_from(ASKED) > 4 * ASKED.burst


def test_the_useless_server_is_paid_for():
    race = too_late(replace(ASKED, boot=600.0))
    assert race.prevented < USELESS
    assert race.elastic.bill.mean() > 1.3 * race.nothing.bill.mean()


def test_doing_nothing_does_not_depend_on_the_boot_delay():
    one, two = too_late(replace(ASKED, boot=1.0)), too_late(replace(ASKED, boot=400.0))
    assert (one.nothing.waits == two.nothing.waits).all()
    assert (one.nothing.ready == 7).all()


def test_knowing_the_crowd_beats_every_reaction_to_it():
    mine = by_hand(ASKED, [7] * 4 + [20] * 2 + [7] * 9)
    policy = too_late(ASKED).elastic
    assert mine.late.mean() < policy.late.mean() / 5
    assert mine.bill.mean() < policy.bill.mean()
    assert mine.ready[6 * 4 + 1].tolist() == [20] * 32


@pytest.mark.parametrize("line", [[7] * 14, [0] * 15, [61] * 15])
def test_a_line_that_is_no_fleet_is_refused(line):
    with pytest.raises(ValueError, match="15 whole numbers from 1 to 60"):
        by_hand(ASKED, line)


def test_the_map_has_both_regions_and_leans_the_right_way():
    shares = prevented_map(0.6, "target", 1)
    assert shares.shape == (len(BURSTS), len(BOOTS))
    useless = shares < USELESS
    assert 0.1 < useless.mean() < 0.9
    assert not useless[:, 0].any()
    assert useless[0].sum() >= useless[-1].sum()  # a longer burst is met by slower servers


@pytest.mark.parametrize("policy", POLICIES)
def test_the_fluid_is_near_where_chance_is_small(policy):
    """Many small requests: the exact run approaches the fluid."""
    scaler = Scaler(policy=policy, boot=45.0, service=0.5, interval=10.0, maximum=200, target=0.5)
    crowd = demand(Pattern(rate=60.0, seconds=600.0, burst=120.0))
    exact, coarse = elasticity(replace(scaler, replications=2), crowd), fluid([scaler], [crowd])
    assert coarse.bill.mean() == pytest.approx(exact.bill.mean(), rel=0.15)
    assert coarse.late.mean() == pytest.approx(exact.late.mean(), abs=0.05)
    np.testing.assert_allclose(coarse.offered[:, 0], exact.offered.mean(axis=1), rtol=0.15)


def test_the_fluid_conserves_and_is_deterministic():
    scalers = [Scaler(boot=boot, replications=1) for boot in (5.0, 300.0)]
    crowd = demand(Pattern(seconds=600.0))
    outcome = fluid(scalers, [crowd, crowd])
    left = outcome.served + outcome.waiting + outcome.in_service
    assert (outcome.arrived == left).all()
    assert outcome.arrived.tolist() == [crowd.total] * 2
    assert (outcome.ready == fluid(scalers, [crowd, crowd]).ready).all()


def test_a_steady_fluid_that_fits_never_waits():
    steady = Demand(10.0, np.full(60, 40), np.full(60, 40.0))
    outcome = fluid([Scaler(policy="fixed", target=0.8)], [steady])
    assert outcome.late.max() == 0
    assert outcome.idle[0] == pytest.approx((5 - 4) * 600)


def test_the_error_of_the_coarse_answer_is_told():
    table = fluid_error(ASKED).text()
    assert "request by request" in table
    assert "as a fluid" in table
    assert too_late_fluid(ASKED).facts().title.startswith("Coarse")


def test_waits_by_arrival_are_the_quantile_of_each_interval():
    outcome = too_late(ASKED).elastic
    found = outcome.quantile_by_arrival(0.99)
    for instant in (0, 31, 40, 89):
        waits = np.sort(outcome.waits[outcome.arrived_in == instant])
        assert found[instant] == waits[min(int(0.99 * len(waits)), len(waits) - 1)]


def test_policies_run_together_as_each_alone():
    alone = {name: too_late(replace(ASKED, boot=240.0, policy=name)) for name in POLICIES}
    together = by_policy(replace(ASKED, boot=240.0), list(POLICIES))
    for name, race in together.items():
        assert race.facts() == alone[name].facts()
        for mine, other in (
            (race.elastic, alone[name].elastic),
            (race.nothing, alone[name].nothing),
        ):
            assert np.array_equal(mine.ready, other.ready)
            assert np.array_equal(mine.waits, other.waits, equal_nan=True)
