"""Overhead by preset: a scalar twin, laws of the band, and the published ranking of 2006."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.performance.handling import handling, preset, presets
from models.performance.induced import NATIVE, run, techniques, workloads
from models.performance.overhead import (
    SURE,
    Counts,
    conclusions,
    counts,
    draw,
    handlings,
    overheads,
)

SHADOW, TRANSLATION = "hardware-assisted-shadow", "binary-translation"


def added(workload: str, technique: str, name: str, which: str, cpi: float) -> float:
    """The scalar twin: one run, one exit after the other, straight from the file."""
    one, costs = run(workload, technique, beyond_start=True), preset(name).costs
    cycles = 0.0
    for exit_, number in one.exits.items():
        for _ in range(number):
            cycles += getattr(costs[handling(technique, exit_)], which)
    if technique == "interpret":
        cycles += one.instructions * getattr(costs["interpret", "instruction"], which)
    elif technique != NATIVE:
        walks = one.counters.total("walk_references") - one.native.total("walk_references")
        cycles += max(walks, 0) * getattr(costs["walk", "reference"], which)
    return cycles / (one.instructions * cpi)


@pytest.mark.parametrize("name", presets())
@pytest.mark.parametrize("cpi", [1.0, 0.5])
def test_equal_to_the_scalar_twin(name, cpi):
    over = overheads(name, cpi=cpi, draws=1)
    for workload in over.workloads:
        for technique in over.techniques:
            expected = [
                added(workload, technique, name, which, cpi) for which in ("low", "mid", "high")
            ]
            assert over.band(workload, technique) == pytest.approx(expected)


def test_native_adds_nothing():
    over = overheads("2012", draws=50)
    at = over.techniques.index(NATIVE)
    assert not over.drawn[:, :, at].any()
    assert NATIVE not in over.best("compute")


@pytest.mark.parametrize("name", presets())
def test_what_is_drawn_lies_in_the_band_and_its_median_near_the_figure_to_use(name):
    over = overheads(name, draws=4000)
    assert (over.drawn >= over.low - 1e-12).all()
    assert (over.drawn <= over.high + 1e-12).all()
    counted = counts()
    costs = draw(preset(name), counted, 4000, np.random.Generator(np.random.PCG64(2)))
    for n, key in enumerate(counted.handlings):
        if key in preset(name).costs:
            cost = preset(name).costs[key]
            below = np.mean(costs[:, n] <= cost.mid)
            assert below == pytest.approx(0.5, abs=0.04)


def test_the_same_seed_draws_the_same():
    one, other, third = (overheads("2006", draws=20, seed=s) for s in (3, 3, 4))
    assert (one.drawn == other.drawn).all()
    assert (one.drawn != third.drawn).any()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 1000), min_size=3, max_size=3), st.floats(0.2, 5), st.integers(0, 99)
)
def test_linear_in_counts_and_inverse_in_cpi(numbers, cpi, seed):
    keys = (("trap", "fault"), ("exit", "fault"), ("walk", "reference"))

    def made(scale):
        row = np.array(numbers, float) * scale
        each = np.zeros((1, 2, 3))
        each[0, 1] = row
        return Counts(("w",), (NATIVE, "trap-and-emulate"), keys, each)

    one = overheads("2012", made(1), draws=5, seed=seed)
    twice = overheads("2012", made(2), cpi=cpi, draws=5, seed=seed)
    assert twice.drawn * cpi == pytest.approx(2 * one.drawn)
    expected = sum(n * preset("2012").costs[k].mid for n, k in zip(numbers, keys, strict=True))
    assert one.band("w", "trap-and-emulate")[1] == pytest.approx(expected)


@pytest.mark.parametrize("name", presets())
@pytest.mark.parametrize("workload", workloads())
def test_shares_of_draws_are_shares(name, workload):
    over = overheads(name, draws=300)
    assert sum(over.best(workload).values()) == pytest.approx(1)
    for one in over.techniques:
        for other in over.techniques:
            both = over.cheaper(workload, one, other) + over.cheaper(workload, other, one)
            assert both == pytest.approx(0 if one == other else 1)


@pytest.mark.parametrize("name", presets())
def test_bands_that_do_not_meet_leave_no_doubt(name):
    over = overheads(name, draws=200)
    for workload in over.workloads:
        for one in over.techniques:
            for other in over.techniques:
                if over.band(workload, one)[2] < over.band(workload, other)[0]:
                    assert over.cheaper(workload, one, other) == 1


@settings(max_examples=10, deadline=None)
@given(st.floats(0.1, 10), st.sampled_from(sorted(presets())))
def test_no_ranking_depends_on_what_an_instruction_costs(cpi, name):
    """Every overhead is divided by the same: only the bare board's own work is cheap or dear."""
    usual, other = overheads(name, draws=50), overheads(name, cpi=cpi, draws=50)
    for workload in usual.workloads:
        assert usual.best(workload) == other.best(workload)


def test_the_result_of_2006():
    """First-generation hardware loses on memory mapping and wins on system calls, over the band."""
    over = overheads("2006")
    assert over.cheaper("mapping", TRANSLATION, SHADOW) >= SURE
    assert over.cheaper("fork", TRANSLATION, SHADOW) >= SURE
    assert over.cheaper("syscall", SHADOW, TRANSLATION) >= SURE


@pytest.mark.parametrize("name", ["2012", "2020"])
def test_a_second_stage_wins_mapping(name):
    over = overheads(name)
    assert over.best("mapping")["hardware-assisted"] >= SURE
    assert over.cheaper("mapping", "hardware-assisted", SHADOW) >= SURE


def test_conclusions_in_words():
    over = overheads("2006")
    ((words, sure),) = conclusions((("mapping", SHADOW, TRANSLATION),), over)
    assert words == f"mapping, 2006: {TRANSLATION} adds less than {SHADOW}"
    assert sure >= SURE


def test_facts_name_every_technique_but_native():
    text = overheads("2006", draws=100).facts("syscall").text()
    assert "hardware-assisted-shadow is the least" in text
    assert NATIVE not in text


def test_handlings_of_each_technique():
    assert handlings(run("compute", NATIVE)) == {}
    assert set(handlings(run("compute", "interpret"))) == {("interpret", "instruction")}
    total = sum(
        n for (way, _), n in handlings(run("compute", TRANSLATION)).items() if way != "walk"
    )
    assert total == sum(run("compute", TRANSLATION).exits.values())
    assert set(techniques()) == set(counts().techniques)


def test_what_is_not_there_is_refused_by_name():
    over = overheads("2006", draws=1)
    with pytest.raises(ValueError, match=r"technique: 'hardware-assisted' is not priced here"):
        over.band("mapping", "hardware-assisted")
    with pytest.raises(ValueError, match=r"workload: 'chess' is not priced here"):
        over.cheaper("chess", SHADOW, SHADOW)
    with pytest.raises(ValueError, match=r"cpi, draws: 0, 2000"):
        overheads("2006", cpi=0)
