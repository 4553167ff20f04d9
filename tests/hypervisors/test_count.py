"""The counts that the performance model prices are those of the present kernel and engines."""

import json

import pytest

from models.events import Counters
from models.guests.kernel import WORKLOADS
from models.hypervisors import count
from models.hypervisors.observable import digest
from models.hypervisors.techniques import NATIVE, TECHNIQUES


def test_the_file_is_of_these_images_and_whole():
    stored = count.kept()
    assert stored["images"] == count.images(), "run python -m models.hypervisors count"
    assert {w: set(runs) for w, runs in stored["runs"].items()} == {
        w: set(TECHNIQUES) for w in WORKLOADS
    }


def test_a_few_runs_give_the_same():
    stored = count.kept()
    for workload, technique, counters, end in count.measure(("hello",)):
        kept = Counters.from_json(stored["runs"][workload][technique])
        assert kept == counters, (workload, technique)
        assert stored["ends"][workload][technique] == end, (workload, technique)


def test_every_end_is_the_bare_boards_and_no_other_workloads():
    ends = count.kept()["ends"]
    assert {w: set(by) for w, by in ends.items()} == {w: set(TECHNIQUES) for w in WORKLOADS}
    assert all(set(by.values()) == {by[NATIVE]} for by in ends.values())
    assert len({by[NATIVE] for by in ends.values()}) == len(ends)


def test_a_digest_sees_one_bit():
    board = count.finish("hello", NATIVE)[0]
    before = digest(board)
    board.hart.x[5] ^= 1
    assert digest(board) != before


@pytest.mark.soak
def test_every_run_gives_the_same():
    assert json.loads(count.as_text(count.measure())) == count.kept()


def attempts(counters):
    """Instructions of the guest that were tried, each once, whoever did them."""
    exits = sum(n for key, n in counters["exits"].items() if not key.endswith(":timer"))
    emulated = counters.total("emulated") - counters["emulated"]["firmware"]
    return counters.total("retired") + emulated + counters.total("traps") - exits


def test_every_instruction_is_accounted_for():
    """Run directly, trapped inside the guest or emulated: in all as many under each technique."""
    for workload, runs in count.kept()["runs"].items():
        expected = attempts(Counters.from_json(runs["interpret"]))
        for technique in set(TECHNIQUES) - {NATIVE, "interpret"}:
            counters = Counters.from_json(runs[technique])
            assert attempts(counters) == expected, (workload, technique)
            assert set(counters["retired"]) <= {"U", "VS", "VU"}


def test_a_workload_that_does_not_end(monkeypatch):
    monkeypatch.setattr(count, "MOST", 1000)
    with pytest.raises(count.CountError, match="hello under native"):
        count.count("hello", NATIVE)
