"""Counts times costs: published figures, closed forms, bands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.events import Counters
from models.performance.costs import (
    ExitBudget,
    budget,
    disagreement,
    generation,
    generations,
    overhead,
)


def test_the_published_round_trips():
    """Agesen et al. 2012, table 1."""
    assert {name: row.cycles for name, row in generations().items()} == {
        "prescott-2005": 3963,
        "merom-2006": 1579,
        "penryn-2008": 1266,
        "nehalem-2009": 1009,
        "westmere-2010": 761,
        "sandy-bridge-2011": 784,
    }


def test_a_second_source_makes_the_band():
    """Adams and Agesen 2006, table 1: 2409 + 1931 and 937 + 1186 cycles."""
    assert (generation("prescott-2005").low, generation("prescott-2005").high) == (
        3963,
        2409 + 1931,
    )
    assert generation("merom-2006").high == 937 + 1186


def test_a_single_source_gets_the_widest_disagreement():
    factor = disagreement([row.measurements for row in generations().values()])
    assert factor == pytest.approx(2123 / 1579)
    penryn = generation("penryn-2008")
    assert (penryn.low, penryn.high) == pytest.approx((1266 / factor, 1266 * factor))


@pytest.mark.parametrize("row", generations().values(), ids=lambda row: row.name)
def test_every_figure_has_a_source_and_lies_in_its_band(row):
    assert row.low <= row.cycles <= row.high
    assert all(one.source and one.certainty in {"primary", "secondary"} for one in row.measurements)


def test_twenty_thousand_exits_take_one_per_cent():
    """20,000 a second times 1,500 cycles at 3 GHz; 200,000 take 10 %, and 11.1 % more time."""
    assert budget(ExitBudget()).share == pytest.approx(0.01)
    ten = budget(ExitBudget(exits=200_000))
    assert ten.share == pytest.approx(0.10)
    assert ten.slowdown == pytest.approx(1.111, abs=5e-4)


def test_a_core_that_does_nothing_else():
    assert budget(ExitBudget(exits=10_000_000, cycles=100_000)).slowdown == float("inf")


def counted(exits: int, instructions: int, firmware: int = 0) -> Counters:
    counters = Counters()
    counters.count("exits", "page-fault", exits)
    counters.count("retired", "U", instructions)
    counters.count("retired", "firmware", firmware)
    return counters


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.floats(0.1, 10))
def test_a_share_is_a_share_and_grows_with_exits(exits, instructions, cpi):
    costs = generation("merom-2006")
    less = overhead(counted(exits, instructions), costs, cpi)
    more = overhead(counted(exits + 1, instructions), costs, cpi)
    assert 0 <= less.low <= less.share <= less.high <= 1
    assert less.share <= more.share


def test_an_exit_an_instruction_and_firmware_left_out():
    """The exit's cycles over the exit's and the instruction's."""
    costs = generation("penryn-2008")
    assert overhead(counted(1, 1, firmware=50), costs).share == pytest.approx(1266 / 1267)


def test_impossible_counts_are_refused_by_name():
    costs = generation("merom-2006")
    with pytest.raises(ValueError, match="no guest instruction retired"):
        overhead(counted(3, 0, firmware=9), costs)
    with pytest.raises(ValueError, match=r"cpi: 0\.0 is not positive"):
        overhead(counted(3, 1), costs, cpi=0.0)


def test_an_unknown_generation_is_refused():
    with pytest.raises(ValueError, match=r"itanium.*allowed: prescott-2005"):
        generation("itanium")
