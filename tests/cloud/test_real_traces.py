"""The pages' own models on a week of real requests: autoscaling, bill, conservation."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.cloud.demand import Demand
from models.cloud.elasticity import elasticity
from models.cloud.metering.bill import GRANULARITY, round_up
from models.cloud.outcome import HOUR, Outcome
from models.cloud.scaling import Scaler
from models.cloud.traces import Reading, read

TRACE = Path(__file__).resolve().parents[3] / "shared/data/traces/elb_request_count_8c0756.csv"

WEEK = 7 * 288


@pytest.fixture(scope="module")
def requests() -> Demand:
    """A load balancer's requests in each five minutes of a week."""
    if not TRACE.exists():
        pytest.skip("the real traces are not beside the project")
    both = read(TRACE.read_bytes(), Reading())
    return replace(both, requests=both.requests[:WEEK], regular=both.regular[:WEEK])


def fleet(requests: Demand, interval: float, boot: float, **settings: object) -> Outcome:
    base = {"interval": interval, "boot": boot, "minimum": 1, "maximum": 80, "replications": 1}
    slow = {"service": 20.0, "objective": 60.0, "cooldown": 300.0}
    return elasticity(Scaler(**{**base, **slow, **settings}), requests)


def of_the_same_bill(requests: Demand, elastic: Outcome) -> Outcome:
    servers = round(float(elastic.paid[0]) / requests.seconds)
    first = elastic.scalers[0]
    fixed = {"policy": "fixed", "minimum": servers, "maximum": servers}
    return fleet(requests, first.interval, first.boot, **fixed)


def test_elasticity_is_worth_its_bill_on_real_requests_only_if_it_is_rapid(requests):
    """Decided each minute with servers that boot at once, and every five with a minute's boot."""
    quick, slow = fleet(requests, 60.0, 1.0), fleet(requests, 300.0, 60.0)
    for run in (quick, slow):
        assert run.arrived[0] == requests.total
        assert run.arrived[0] == run.served[0] + run.waiting[0] + run.in_service[0]
    against = of_the_same_bill(requests, quick), of_the_same_bill(requests, slow)
    for run, fixed in zip((quick, slow), against, strict=True):
        assert fixed.bill[0] == pytest.approx(run.bill[0], rel=0.1)
    assert quick.late[0] < 0.3 * against[0].late[0]
    assert slow.late[0] > against[1].late[0]
    # By the hour both cost far more, since real requests come in short crowds.
    assert quick.bill_by_hour[0] > 2 * quick.bill[0]


def test_the_meter_bills_the_same_fleet(requests):
    """Servers that a fixed fleet really paid, through the meter's own rounding."""
    run = fleet(requests, 300.0, 60.0, policy="fixed", minimum=9, maximum=9)
    seconds = np.full(9, round(requests.seconds))
    assert seconds.sum() / HOUR * Scaler().price == pytest.approx(run.bill[0], rel=1e-6)
    hours = round_up(seconds, GRANULARITY["hour"]).sum() / HOUR
    assert hours * Scaler().price == pytest.approx(run.bill_by_hour[0], rel=1e-6)
