"""Elasticity against its event-by-event twin, conservation laws and closed forms."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.demand import Demand, Pattern, demand
from models.cloud.elasticity import draw, elasticity, simulate
from models.cloud.scaling import POLICIES, Scaler
from models.cloud.traces import Reading, read
from models.performance.queueing.many_servers import waiting
from tests.cloud.twin import Twin

TRACES = Path(__file__).parents[3] / "shared" / "data" / "traces"
CROWD = demand(Pattern(rate=2.0, seconds=600.0, burst=90.0))


def assert_equals_twin(outcome, scaler, load, column):
    twin = Twin(scaler, load, column).run()
    starts = np.array([twin.starts.get(i, np.inf) for i in range(len(load.arrivals))])
    began = outcome.began[:, column]
    waits = outcome.waits[:, column]
    assert (np.isfinite(starts) == began).all()
    assert (waits[began] == (starts[began] - load.arrivals[began, column]) / 1e6).all()
    assert outcome.ready[:, column].tolist() == twin.ready
    assert outcome.rented[:, column].tolist() == twin.rented
    assert outcome.idle[column] == (sum(twin.capacity) - sum(twin.busy)) / 1e6
    assert outcome.paid[column] == twin.paid / 1e6
    assert outcome.turns[column] == twin.turns
    for name in ("served", "waiting", "in_service"):
        assert getattr(outcome, name)[column] == getattr(twin, name)
    assert_conserved(outcome)


def assert_conserved(outcome):
    left = outcome.served + outcome.waiting + outcome.in_service
    assert (outcome.arrived == left).all()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("boot", [0.125, 15.0, 47.3, 1_000.0])
def test_equals_an_event_by_event_twin(policy, boot):
    scaler = Scaler(policy=policy, boot=boot, maximum=20, replications=3)
    load = draw([scaler], [CROWD], 3)
    outcome = simulate([scaler] * 3, load)
    for column in range(3):
        assert_equals_twin(outcome, scaler, load, column)


@settings(deadline=None, max_examples=40)
@given(
    policy=st.sampled_from(list(POLICIES)),
    counts=st.lists(st.integers(0, 12), min_size=2, max_size=20).filter(any),
    boot=st.sampled_from([0.1, 1.0, 5.0, 7.5, 10.0, 33.0]),
    interval=st.sampled_from([1.0, 5.0, 7.0]),
    cooldown=st.sampled_from([0.0, 5.0, 12.0]),
    minimum=st.integers(1, 3),
    target=st.sampled_from([0.3, 0.6, 0.9]),
    seed=st.integers(0, 1_000),
)
def test_equals_the_twin_whatever_the_settings(counts, **fields):
    scaler = Scaler(maximum=8, service=2.0, replications=1, **fields)
    counts = np.array(counts)
    load = draw([scaler], [Demand(5.0, counts, counts.astype(float))], 1)
    assert_equals_twin(simulate([scaler], load), scaler, load, 0)


def test_columns_with_other_settings_and_demands_do_not_meet():
    scalers = [Scaler(boot=5.0), Scaler(boot=90.0, minimum=4, target=0.8), Scaler(cooldown=0.0)]
    demands = [CROWD, demand(Pattern(rate=3.0, seconds=600.0)), demand(Pattern(seconds=600.0))]
    load = draw(scalers, demands, 1)
    together = simulate(scalers, load)
    for column, scaler in enumerate(scalers):
        assert_equals_twin(together, scaler, load, column)


def test_a_fixed_fleet_under_a_steady_load_is_erlangs_queue():
    demands = [
        demand(Pattern(pattern="steady", rate=5.0, seconds=3_600.0, seed=seed))
        for seed in range(48)
    ]
    # 5 erlangs at 0.8: 7 servers
    scalers = [Scaler(policy="fixed", target=0.8, seed=seed) for seed in range(48)]
    outcome = simulate(scalers, draw(scalers, demands, 1))
    assert (outcome.ready == 7).all()
    by_column = np.nanmean(outcome.waits, axis=0)
    error = by_column.std(ddof=1) / np.sqrt(48)
    assert abs(by_column.mean() - waiting(7, 5 / 7).mean) < 4 * error


def test_a_boot_delay_beyond_the_burst_helps_nobody_and_costs_more():
    pattern = Pattern(burst=60.0)
    nothing = elasticity(Scaler(policy="fixed"), demand(pattern))
    quick = elasticity(Scaler(boot=0.125), demand(pattern))
    late = elasticity(Scaler(boot=600.0), demand(pattern))
    assert quick.late.mean() < 0.7 * nothing.late.mean()
    assert late.late.mean() > 0.9 * nothing.late.mean()
    assert late.bill.mean() > nothing.bill.mean()


def test_limits_hold_and_the_fleet_returns():
    scaler = Scaler(boot=5.0, minimum=3, maximum=12, cooldown=0.0)
    outcome = elasticity(scaler, CROWD)
    assert outcome.ready.min() >= 3
    assert outcome.ready.max() <= 12
    assert outcome.ready[len(outcome.ready) // 3 :].max() > outcome.ready[-1].mean()


def test_the_bill_by_the_hour_counts_each_hours_peak():
    outcome = elasticity(Scaler(policy="fixed", price=1.0), CROWD)
    assert outcome.bill_by_hour == pytest.approx(outcome.rented[0])
    assert outcome.bill == pytest.approx(outcome.rented[0] * outcome.seconds / 3_600)


def test_a_boot_delay_longer_than_the_run_says_so():
    assert "longer than the run" in elasticity(Scaler(boot=3_600.0), CROWD).facts().title


def test_an_unstable_system_ends_and_says_so():
    scaler = Scaler(policy="fixed", maximum=2, minimum=1, replications=32)
    outcome = elasticity(scaler, demand(Pattern(rate=20.0, seconds=300.0)))
    assert_conserved(outcome)
    assert "Overloaded" in outcome.facts().title
    assert outcome.quantile(0.99) > 100


def test_progress_is_told_and_the_seed_decides():
    told: list[float] = []
    scaler = Scaler(interval=1.0)
    first = elasticity(scaler, CROWD, told.append)
    assert told == sorted(told)
    assert 0 < max(told) < 1
    assert (first.waits == elasticity(scaler, CROWD).waits).all()
    assert (first.waits != elasticity(dataclasses.replace(scaler, seed=2), CROWD).waits).any()


@pytest.mark.parametrize(
    ("bad", "says"), [({"minimum": 50}, "minimum: 50"), ({"boot": -1.0}, "boot: -1.0")]
)
def test_bad_settings_are_refused(bad, says):
    with pytest.raises(ValueError, match=says):
        Scaler(**bad)


@pytest.mark.skipif(not TRACES.exists(), reason="the real traces are not at hand")
@pytest.mark.parametrize("name", sorted(p.name for p in TRACES.glob("*.csv")))
def test_real_traces_are_conserved_and_equal_the_twin(name):
    """Two weeks each, one request standing for many: the twin takes each event in Python."""
    meaning = "cpu" if "cpu" in name else "requests"
    reading = Reading(meaning=meaning, amount=1e6 if "network" in name else 40.0, service=600.0)
    real = read((TRACES / name).read_bytes(), reading)
    scaler = Scaler(service=600.0, interval=600.0, boot=60.0, cooldown=1_200.0, replications=1)
    load = draw([scaler], [real], 1)
    outcome = simulate([scaler], load)
    assert outcome.arrived.tolist() == [real.total]
    assert_equals_twin(outcome, scaler, load, 0)
