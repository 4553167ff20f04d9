"""The map against the planner itself, cell by cell."""

import numpy as np
import pytest

from models.cloud.deployment.both import (
    GRID,
    PORTING,
    RATIOS,
    WORTH,
    Both,
    both,
    worthless_from,
)
from models.cloud.deployment.burst import Burst, Prices, plan, plan_of
from models.cloud.deployment.load import SHAPES, Workload, load


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ahead", [False, True])
def test_a_cell_is_the_planner_s_benefit(shape, ahead):
    region = both(Both(shape=shape, ahead=ahead, missing=3.0))
    demand = load(Workload(shape=shape))
    for row, column in ((0, 0), (1, 5), (4, 3), (7, 9)):
        prices = Prices(
            public=0.4 * float(RATIOS[column]),
            porting=float(PORTING[row]),
            missing=3.0,
            ahead=ahead,
        )
        one = plan_of(demand, prices, 0.0, GRID)
        assert region.benefit[row, column] == pytest.approx(one.benefit)


def test_a_longer_porting_time_never_helps():
    assert (np.diff(both(Both()).benefit, axis=0) <= 1e-12).all()


def test_with_nothing_to_port_both_are_never_worse_than_one():
    """Short of a server one would rather rent, as long as that is cheaper than the loss."""
    assert both(Both(missing=50.0)).benefit[0].min() >= -1e-12


def test_the_benefit_ends_where_the_planner_says():
    hours = worthless_from(Burst())
    assert plan(Burst(porting=hours)).benefit < WORTH
    assert plan(Burst(porting=hours - 0.25)).benefit >= WORTH
