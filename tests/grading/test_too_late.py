"""02-4's fluid answer against the exact, request-by-request model of elasticity."""

import numpy as np
import pytest

from models.cloud.demand import Demand
from models.cloud.elasticity import elasticity
from models.cloud.scaling import Scaler
from models.grading.exercises.ex_02_4 import Given, cleared, useless_from

SIZE = 4  # times as large, so that it runs more like a fluid
BEFORE = 60  # seconds of calm before the burst, so that it begins just after a look


def crowd(given: Given) -> Demand:
    """The exercise's demand, but larger."""
    rate = np.full(BEFORE + 2 * int(cleared(given)), SIZE * given.calm)
    rate[BEFORE : BEFORE + given.burst] = SIZE * given.crowd
    return Demand(1.0, rate, np.full(len(rate), float(SIZE * given.calm)))


def late(given: Given, boot: float, policy: str) -> float:
    scaler = Scaler(
        policy=policy,
        boot=max(boot, 0.1),
        target=given.calm / given.servers,  # so that the calm wants no more
        minimum=SIZE * given.servers,
        maximum=SIZE * 2 * given.crowd,
        interval=float(given.interval),
        cooldown=3600.0,
        replications=1,
        objective=1.0,
    )
    return float(elasticity(scaler, crowd(given)).late.mean())


@pytest.mark.parametrize(
    "given", [Given(), Given(servers=8, calm=3, crowd=14, burst=40, interval=10)]
)
def test_servers_help_before_the_answer_and_not_after_it(given):
    nothing = late(given, 1.0, "fixed")
    assert late(given, 0.1 * useless_from(given), "target") < 0.8 * nothing
    assert late(given, 1.05 * useless_from(given), "target") > 0.9 * nothing


def test_the_printed_numbers():
    assert useless_from(Given()) == 145


def test_a_calm_that_is_none_is_refused():
    with pytest.raises(ValueError, match="servers: 3 servers"):
        Given(servers=3)
