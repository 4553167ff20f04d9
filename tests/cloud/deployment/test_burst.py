"""Bursting against a twin that follows every server by itself, against closed forms and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.deployment.burst import (
    MOST,
    Burst,
    Flows,
    Prices,
    cost,
    flows,
    plan,
    plan_of,
    window,
)
from models.cloud.deployment.load import SHAPES, Load

whole = st.lists(st.integers(0, 12), min_size=2, max_size=50)


def hourly(values) -> Load:
    return Load(np.array(values, float), 1.0)


def twin(values: list[int], base: int, porting: int) -> list[tuple[int, int, int]]:
    """Own, public and missing servers of each hour: every server has a clock of its own."""
    clock = {layer: porting for layer in range(base, max(values)) if layer < values[0]}
    seen = []
    for wanted in values:
        public = missing = 0
        for layer in range(base, max(values)):
            if layer >= wanted:
                clock.pop(layer, None)  # given back
            elif clock.setdefault(layer, 0) >= porting:
                public += 1
            else:
                missing += 1
                clock[layer] += 1
        seen.append((min(wanted, base), public, missing))
    return seen


@given(whole, st.integers(0, 12), st.integers(0, 8))
@settings(max_examples=150, deadline=None)
def test_each_server_of_the_twin_is_ported_by_itself(values, base, porting):
    f = flows(hourly(values), np.array(float(base)), Prices(porting=float(porting)))
    ours = np.stack([f.own, f.public, f.missing], axis=1)
    assert ours.tolist() == [list(hour) for hour in twin(values, base, porting)]


@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=40),
    st.lists(st.floats(0, 60), min_size=1, max_size=5),
    st.integers(0, 24),
    st.booleans(),
)
def test_all_that_is_wanted_goes_somewhere_once(values, bases, porting, ahead):
    f = flows(hourly(values), np.array(bases), Prices(porting=float(porting), ahead=ahead))
    np.testing.assert_allclose(f.own + f.public + f.missing, [values] * len(bases), atol=1e-9)
    assert min(part.min() for part in (f.own, f.public, f.missing)) >= -1e-9
    assert (f.rented >= f.public - 1e-9).all()
    assert (f.own <= np.array(bases)[:, None]).all()


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=30), st.integers(0, 40))
def test_a_window_is_its_least_value(values, steps):
    ours = window(np.array(values), steps, np.minimum)
    naive = [min(values[max(0, i - steps) : i + 1]) for i in range(len(values))]
    assert ours.tolist() == naive


@given(st.lists(st.floats(0, 50), min_size=5, max_size=60), st.floats(0.1, 0.9))
def test_with_nothing_to_port_own_up_to_the_quantile(values, ratio):
    """The closed form: an own server must be busy for own / public of the time."""
    demand = hourly(values)
    prices = Prices(own=ratio, public=1.0)
    best = float(cost(demand, np.array(values), prices).total.min())
    at_quantile = np.array([np.quantile(values, 1 - ratio, method="inverted_cdf")])
    assert cost(demand, at_quantile, prices).total[0] == pytest.approx(best)


def test_the_printed_quantile():
    assert 1 - Prices(own=0.4).own / Prices().public == pytest.approx(0.60)
    p = plan(Burst())
    assert (p.load.servers <= p.best + 1).mean() >= 0.60
    assert (p.load.servers <= p.best - 1).mean() <= 0.60
    assert p.busy_enough == pytest.approx(0.4)


@pytest.mark.parametrize("shape", SHAPES)
def test_longer_porting_serves_less_and_a_forecast_serves_all(shape):
    served = [plan(Burst(shape=shape, base=30, porting=h)).flows.public.sum() for h in (0, 1, 3, 9)]
    assert served == sorted(served, reverse=True)
    known = plan(Burst(shape=shape, base=30, porting=3.0, ahead=True))
    assert known.flows.missing.max() == 0
    assert known.flows.rented.sum() > known.flows.public.sum()


def square(high: int, hours: int, base: float = 20.0) -> Load:
    """Two weeks of days with `hours` hours at `high` servers."""
    day = np.full(24, base)
    day[8 : 8 + hours] = high
    return hourly(np.tile(day, 14))


@given(st.integers(2, 16), st.integers(0, 10))
def test_a_daily_plateau_costs_what_the_day_says(hours, porting):
    """A layer above the base: rent for its hours, and a loss for those of porting."""
    prices = Prices(porting=float(porting))
    got = plan_of(square(100, hours), prices, 20.0, np.array([20.0, 100.0]))
    lost = min(porting, hours)
    layer = (hours * prices.public + lost * prices.missing) / 24
    assert got.hybrid.total.tolist() == pytest.approx([20 * prices.own + 80 * layer, 40.0])
    assert got.public_alone == pytest.approx(20 + 80 * hours / 24)


def test_without_portability_the_best_is_the_newsvendor_s():
    p = plan(Burst())
    quantile = np.quantile(p.load.servers, 1 - 0.4 / 5.0, method="inverted_cdf")
    assert p.capacities[p.alone.total.argmin()] == pytest.approx(quantile, abs=1)
    assert p.own_alone == p.alone.total.min()
    assert (p.alone.rented == 0).all()


def test_what_is_forecast_is_paid_from_the_order_on():
    day = [0, 0, 0, 0, 7, 7, 0, 0]
    f = flows(hourly(day), np.array(0.0), Prices(porting=2.0, ahead=True))
    assert f.rented.tolist() == [0, 0, 7, 7, 7, 7, 0, 0]
    assert isinstance(f, Flows)


def test_facts_agree_with_the_arrays():
    p = plan(Burst(base=19, porting=1.0))
    facts = p.facts()
    assert facts["Cost of this plan"].value == pytest.approx(p.hybrid.total[19])
    assert facts["Public alone"].value == pytest.approx(p.load.mean)
    lost = p.flows.missing.sum() / p.load.servers.sum()
    assert facts["Work missing"].value == pytest.approx(100 * lost)
    assert p.capacities.size == MOST + 1


@pytest.mark.parametrize(("name", "value"), [("base", -1), ("porting", 25.0), ("public", 0.0)])
def test_what_is_not_allowed_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"{name}: .* is out of range"):
        Burst(**{name: value})
