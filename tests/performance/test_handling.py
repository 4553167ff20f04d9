"""Costs of handlings: the published figures, their sums, bands, and that nothing is unpriced."""

import tomllib
from importlib.resources import files

import pytest

from models.performance.handling import KINDS, handling, preset, presets
from models.performance.induced import run, techniques, workloads

DATA = tomllib.loads(files("models").joinpath("performance/data/handling.toml").read_text("utf8"))
COSTS = [(p, key) for p in presets().values() for key in p.costs]


def test_the_figures_as_published():
    """Adams and Agesen 2006, figure 4 (Pentium 4 672); Agesen et al. 2012, table 1."""
    cycles = {name: figure["cycles"] for name, figure in DATA["figures"].items()}
    assert (cycles["syscall.native"], cycles["syscall.bt"]) == (242, 2026)
    assert (cycles["in.native"], cycles["in.bt"], cycles["in.vt"]) == (3209, 216, 15826)
    assert (cycles["pgfault.native"], cycles["pgfault.bt"]) == (1093, 3927)
    assert (cycles["pgfault.vt"], cycles["ptemod.bt"], cycles["ptemod.vt"]) == (11242, 391, 12733)
    assert (cycles["vmentry"], cycles["pf_exit"]) == (2409, 1931)
    assert (cycles["prescott"], cycles["sandy-bridge"]) == (3963, 784)


def test_sums_by_hand():
    costs = preset("2006").costs
    assert costs["call", "privileged"].mid == 216
    assert costs["trap", "privileged"].mid == 2026 - 242 - 216
    assert costs["trap", "fault"].mid == 3927 - 1093
    assert costs["exit", "privileged"].mid == 2409 + 1931
    assert costs["exit", "table-write"].mid == 12733
    assert costs["exit", "device"].mid == 15826 - 3209


def test_what_is_carried_over_reaches_down_as_far_as_the_round_trip_fell():
    old, new = (preset(name).costs["trap", "fault"] for name in ("2006", "2012"))
    assert (new.mid, new.high) == (old.mid, old.high)
    assert new.low == pytest.approx(old.low * 784 / 3963)


@pytest.mark.parametrize(("one", "key"), COSTS, ids=lambda v: getattr(v, "name", v))
def test_every_cost_has_a_band_a_source_and_a_reason(one, key):
    cost = one.costs[key]
    assert 0 < cost.low <= cost.mid <= cost.high
    assert cost.low < cost.high
    assert cost.sources
    assert cost.why
    assert cost.certainty in {"primary", "secondary", "memory"}


def test_every_source_and_every_figure_is_used():
    rows = [*DATA["everywhere"], *(c for p in DATA["preset"] for c in p["cost"])]
    named = {
        t.lstrip("-") for row in rows for band in ("low", "mid", "high") for t in row.get(band, [])
    }
    named |= {name for p in DATA["preset"] for name in p.get("carried", {}).get("gain", [])}
    assert named == set(DATA["figures"])
    assert {figure["source"] for figure in DATA["figures"].values()} == set(DATA["sources"])


@pytest.mark.parametrize("one", presets().values(), ids=lambda one: one.name)
def test_every_exit_that_was_counted_has_a_price(one):
    for technique in one.techniques:
        for workload in workloads():
            for exit_ in run(workload, technique).exits:
                assert handling(technique, exit_) in one.costs


def test_techniques_are_those_that_were_counted():
    assert all(set(one.techniques) <= set(techniques()) for one in presets().values())
    assert "hardware-assisted" not in preset("2006").techniques  # nested paging came in 2008


@pytest.mark.parametrize(
    ("technique", "exit_", "expected"),
    [
        ("trap-and-emulate", "S:csr", ("trap", "privileged")),
        ("binary-translation", "S:csr", ("call", "privileged")),
        ("binary-translation", "U:environment-call", ("trap", "privileged")),
        ("binary-translation", "S:table-write", ("trap", "table-write")),
        ("binary-translation", "S:table-write-call", ("call", "table-write")),
        ("hardware-assisted-shadow", "S:hidden-fault", ("exit", "fault")),
        ("hardware-assisted", "S:second-stage-fault", ("exit", "fault")),
    ],
)
def test_ways_and_kinds(technique, exit_, expected):
    assert handling(technique, exit_) == expected


def test_what_has_no_price_is_refused_by_name():
    with pytest.raises(ValueError, match=r"exit: reason 'sneeze' is unknown; allowed: csr"):
        handling("trap-and-emulate", "S:sneeze")
    with pytest.raises(ValueError, match=r"technique: 'native' has no exits"):
        handling("native", "S:csr")
    with pytest.raises(ValueError, match=r"preset: '1967' is unknown; allowed: 2006"):
        preset("1967")
    assert "sneeze" not in KINDS
