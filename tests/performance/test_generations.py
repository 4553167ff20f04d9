"""Counts of a unit of work times costs: sums by hand, bands, and what a step removes."""

import pytest

from models.performance import generations as g
from models.performance.handling import presets
from models.performance.loss import ERAS, Load, loss


def test_every_exit_that_was_counted_has_a_class():
    for work in g.WORKLOADS:
        for name in g.PRICED_AS:
            run, _ = g.counted(work, name)
            total = sum(g.exits(g.Guest(workload=work, ticks=0), name).values())
            assert total == pytest.approx(run.rate())


def test_an_unknown_reason_belongs_to_no_class():
    with pytest.raises(ValueError, match="no class"):
        g.class_of("S:teleport")


def test_unknown_work_and_generation_are_named():
    with pytest.raises(ValueError, match="work: 'sleep'"):
        g.counted("sleep", "first")
    with pytest.raises(ValueError, match="generation: 'fourth'"):
        g.counted("fork", "fourth")


@pytest.mark.parametrize("work", g.WORKLOADS)
@pytest.mark.parametrize("costs", presets())
def test_low_mid_and_high_are_in_order_and_the_draws_between(work, costs):
    found = g.generations(g.Guest(workload=work, costs=costs))
    for name, drawn in found.drawn.items():
        lost = found.lost[name]
        assert lost.low <= lost.mid <= lost.high
        assert lost.low - 1e-12 <= drawn.min()
        assert drawn.max() <= lost.high + 1e-12


def test_no_generation_has_more_exits_than_the_one_before():
    for work in g.WORKLOADS:
        totals = [lost.total for lost in g.generations(g.Guest(workload=work)).lost.values()]
        assert totals == sorted(totals, reverse=True)


def test_system_calls_by_hand():
    """1200 registers, 200 returns, 200 calls in 200 calls; added references are walks."""
    run, calls = g.counted("syscall", "translation")
    costs = presets()["2006"].costs
    by_hand = (
        7 * costs["call", "privileged"].mid
        + costs["trap", "privileged"].mid
        + run.added_references / calls * costs["walk", "reference"].mid
    ) / (run.instructions / calls)
    found = g.generations(g.Guest(workload="syscall", ticks=0)).lost["translation"].mid
    assert found == pytest.approx(by_hand)


def test_the_published_result_of_2006_both_ways_and_over_the_whole_band():
    """Adams and Agesen: page tables are dearer on the first hardware, system calls cheaper."""
    fork, calls = (g.generations(g.Guest(workload=w)) for w in ("fork", "syscall"))
    assert fork.cheaper("translation", "first") == 1
    assert calls.cheaper("first", "translation") == 1
    assert fork.lost["first"].total < fork.lost["translation"].total, "with fewer exits"


def test_nested_paging_lengthens_walks():
    """What is left without exits is the walks' price: no class, and yet time."""
    lost = g.generations(g.Guest(workload="syscall", costs="2012", ticks=0)).lost
    assert lost["first"].total == lost["second"].total == 0
    assert lost["second"].mid > lost["first"].mid


def test_tables_tell_every_generation():
    for table in (g.by_class("fork"), g.one_tick("2006")):
        assert list(table.runs) == ["Translation", "First", "Second", "Third"]
    assert "not built yet" in g.verdicts("second", "first").text()
    assert "12,733" in g.prices("2006").text()


def test_a_second_by_hand():
    """2,000 exits of ticks, at the price of a privileged exit; their few walks come on top."""
    found = loss(Load())
    exits = 2_000 * presets()["2020"].costs["exit", "privileged"].mid / 3e9
    assert found.exits == 2_000
    assert exits < found.mid < 1.1 * exits


def test_hardware_that_was_not_built_has_no_loss():
    with pytest.raises(ValueError, match="not built yet"):
        loss(Load(generation="second", costs="2006"))


def test_loss_grows_with_the_rate_alone():
    one, ten = (loss(Load(disk="disk", ticks=0, requests=n)) for n in (1_000, 10_000))
    assert ten.mid == pytest.approx(10 * one.mid)
    assert set(ERAS) == {
        "shadow paging, emulated I/O", "nested paging, compute", "nested paging, paravirtual I/O"
    }  # fmt: skip
