"""Of a thousand instructions: nothing is lost in sorting, scaling or pricing what was counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.events import Counters
from models.performance import induced
from models.performance.handling import presets
from models.performance.river import COUNT, ENGINES, WORKLOADS, River, flow, groups, of_1000

EVERY = [River(engine, workload) for engine in ENGINES for workload in WORKLOADS]


def told(river):
    return flow(river).facts()["State equal to native"].value


def test_an_end_unlike_the_bare_boards_is_told(monkeypatch):
    river = River("trap-and-emulate", "syscall")
    assert told(river) == "yes"
    spoiled = {"ends": {"syscall": {"native": "0", "trap-and-emulate": "1"}}}
    monkeypatch.setattr(induced, "_file", lambda: spoiled)
    assert told(river) == "no"


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any))
def test_parts_are_whole_add_up_and_are_next_to_their_share(numbers):
    parts = of_1000(numbers)
    assert sum(parts) == 1000
    for part, number in zip(parts, numbers, strict=True):
        assert abs(part - 1000 * number / sum(numbers)) < 1


def test_sorting_by_hand():
    counters, attempts = Counters("trap-and-emulate"), Counters("interpret")
    for mode, number in (("S", 90), ("U", 10)):
        attempts.count("emulated", mode, number)
    for key, number in (("S:csr", 7), ("S:hidden-fault", 3), ("U:environment-call", 1)):
        counters.count("exits", key, number)
    found = [(g.mode, g.way, g.reason, g.number) for g in groups(counters, attempts)]
    assert found == [
        ("S", "direct", "", 80),
        ("U", "direct", "", 9),
        ("S", "done", "csr", 7),
        ("S", "visited", "hidden-fault", 3),
        ("U", "done", "environment-call", 1),
    ]


@pytest.mark.parametrize("river", EVERY, ids=str)
def test_what_is_done_by_the_hypervisor_is_what_it_emulated(river):
    """Exits and emulated instructions are counted in two places; in whole runs they agree."""
    counters = induced.run(river.workload, river.engine).counters
    attempts = induced.run(river.workload, "interpret").counters
    done = sum(group.number for group in groups(counters, attempts) if group.way == "done")
    emulated = counters["emulated"]
    assert done == emulated.get("S", 0) + emulated.get("U", 0)


@pytest.mark.parametrize("river", EVERY, ids=str)
def test_every_flow_has_all_instructions_of_the_guest(river):
    found = flow(river)
    attempts = induced.run(river.workload, "interpret", beyond_start=True).counters["emulated"]
    assert found.instructions == attempts["S"] + attempts["U"]
    assert all(group.number >= 0 for group in found.groups)
    assert sum(found.dots) == 1000
    assert sum(fact.value for fact in found.ways()) == pytest.approx(100)


@pytest.mark.parametrize("costs", presets())
@pytest.mark.parametrize("river", EVERY, ids=str)
def test_a_band_holds_its_middle_and_shares_are_shares(river, costs):
    found = flow(river)
    shares = [found.own(costs, end) for end in ("high", "mid", "low")]
    if river.engine not in presets()[costs].techniques:
        assert shares == [None] * 3
        return
    assert 0 < shares[0] <= shares[1] <= shares[2] <= 1
    priced = flow(River(river.engine, river.workload, costs)).facts()
    assert priced["Cycles that are the guest's own"].value == pytest.approx(100 * shares[1])


def test_an_interpreter_lets_nothing_through_and_the_others_nearly_all():
    assert flow(River("interpret")).direct() == 0
    for engine in set(ENGINES) - {"interpret"}:
        assert flow(River(engine, "compute")).direct() > 0.99
        assert flow(River(engine, "syscall")).direct() > 0.9


def test_a_processor_without_the_engine_has_no_cost_and_says_so():
    facts = flow(River("hardware-assisted", shown="2006")).facts()
    assert "no such mode" in facts["Cycles that are the guest's own"].value
    assert River().shown == COUNT
