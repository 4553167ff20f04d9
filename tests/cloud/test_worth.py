"""The comparison with fixed fleets: paired requests, known ends, and what must rise and fall."""

import numpy as np
import pytest

from models.cloud import worth as room
from models.cloud.demand import Pattern, demand
from models.cloud.elasticity import elasticity
from models.cloud.scaling import Scaler
from models.cloud.worth import Trial, worth


@pytest.fixture(scope="module")
def quick():
    return worth(Trial(boot=0.2))


def test_a_scaler_that_never_acts_is_the_fleet_that_does_nothing():
    run = worth(Trial(policy="fixed"))
    assert run.elastic == run.nothing
    assert run.nothing in run.fixed, "one of the fixed fleets has the size that it starts with"


def test_larger_fixed_fleets_cost_more_and_keep_fewer_waiting(quick):
    assert all(np.diff([fleet.bill for fleet in quick.fixed]) > 0)
    assert all(np.diff([fleet.late for fleet in quick.fixed]) <= 0)


def test_a_fixed_fleet_s_bill_is_servers_times_time_times_price(quick):
    calm = int(demand(Pattern(burst=60.0, seconds=room.SECONDS)).rate.min()) + 1
    for n, fleet in enumerate(quick.fixed, start=calm):
        assert fleet.bill == pytest.approx(n * room.SECONDS / 3600 * Scaler().price)


def test_a_fixed_fleet_run_alone_gives_the_same(quick):
    crowd = demand(Pattern(burst=60.0, seconds=room.SECONDS))
    nine = Scaler(policy="fixed", minimum=9, maximum=9, replications=room.RUNS)
    alone = elasticity(nine, crowd)
    assert room._fleets(alone, 1)[0] in quick.fixed


def test_the_rival_is_as_good_and_the_cheapest(quick):
    assert quick.rival.late <= quick.elastic.late
    cheaper = [fleet for fleet in quick.fixed if fleet.bill < quick.rival.bill]
    assert all(fleet.late > quick.elastic.late for fleet in cheaper)
    assert quick.facts()["Elastic: bill"].value == quick.elastic.bill


def test_slower_servers_do_not_help_sooner(quick):
    assert worth(Trial(boot=300.0)).elastic.late > quick.elastic.late
