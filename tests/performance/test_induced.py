"""The reader of what was counted, against the file itself and what the counts must obey."""

import json
from importlib.resources import files

import pytest

from models.events import TITLES
from models.performance.induced import (
    NATIVE,
    START,
    beside,
    efficiency,
    run,
    techniques,
    workloads,
)

FILE = json.loads(files("models").joinpath("performance/data/induced.json").read_text("utf8"))
TITLED = [TITLES[name] for name in techniques()]
CELLS = [(w, t) for w in workloads() for t in techniques()]


def test_everything_that_was_run_is_read():
    assert set(workloads()) == set(FILE["runs"])
    assert workloads()[0] == START
    assert techniques()[0] == NATIVE
    assert all(set(techniques()) == set(by) for by in FILE["runs"].values())


@pytest.mark.parametrize(("workload", "technique"), CELLS)
def test_rates_add_up_to_what_the_file_says(workload, technique):
    one = run(workload, technique)
    kept = FILE["runs"][workload][technique]
    assert one.exits == kept.get("exits", {})
    assert sum(one.rates.values()) == pytest.approx(one.rate())
    assert one.rate() * one.instructions / 1000 == pytest.approx(sum(one.exits.values()))
    assert one.references == sum(kept.get("walk_references", {}).values())


@pytest.mark.parametrize(("workload", "technique"), CELLS)
def test_every_instruction_ran_somewhere(workload, technique):
    where = run(workload, technique).where
    assert sum(where.values()) == pytest.approx(1)
    assert all(share >= 0 for share in where.values())
    assert (where["translated"] > 0) == (technique == "binary-translation")


@pytest.mark.parametrize("workload", workloads())
def test_the_user_s_part_of_translation_is_what_ran_as_user_natively(workload):
    """Binary translation and the bare board execute the same user instructions."""
    one = run(workload, "binary-translation")
    done = one.counters["retired"]["U"] + one.counters.total("emulated")
    done -= one.counters["emulated"].get("firmware", 0)
    direct = one.where["direct"] * done
    emulated = one.counters["emulated"].get("U", 0)
    assert direct + emulated == pytest.approx(one.native["retired"]["U"])


@pytest.mark.parametrize("workload", workloads()[1:])
@pytest.mark.parametrize("technique", techniques())
def test_beyond_the_start_and_the_start_are_the_whole(workload, technique):
    whole, rest, begin = (
        run(workload, technique),
        run(workload, technique, beyond_start=True),
        run(START, technique),
    )
    for key, number in whole.exits.items():
        less = number - begin.exits.get(key, 0)
        assert rest.exits.get(key, 0) == max(less, 0)
    assert rest.instructions == whole.instructions - begin.instructions


def test_of_the_start_nothing_is_taken_off():
    assert run(START, NATIVE, beyond_start=True) == run(START, NATIVE)


def test_beside_has_a_column_for_each_technique():
    table = beside("syscall")
    assert list(table.runs) == TITLED
    assert table.runs[TITLES[NATIVE]]["exits per 1000 instructions"].value == 0
    assert list(beside("syscall", "interpret", NATIVE).runs) == ["Interpreter", "Bare board"]


@pytest.mark.parametrize("workload", workloads())
def test_what_was_counted_is_what_the_interpreter_tries(workload):
    """Under trap-and-emulate each trap of the guest is an exit, so nothing is lost."""
    interpreted, trapped = run(workload, "interpret"), run(workload, "trap-and-emulate")
    assert interpreted.counted == interpreted.taken == trapped.counted
    assert run(workload, NATIVE).counted == run(workload, NATIVE).instructions


@pytest.mark.parametrize("workload", workloads())
def test_efficiency(workload):
    """The processor runs the dominant part, and more of it the more the hardware helps."""
    share = {t: run(workload, t).direct for t in techniques()}
    assert share[NATIVE] == 1
    assert share["interpret"] == 0
    assert share["trap-and-emulate"] > 0.9
    assert share["binary-translation"] > 0.9
    assert share["trap-and-emulate"] < share["hardware-assisted-shadow"]
    assert share["binary-translation"] < share["hardware-assisted-shadow"]
    assert share["hardware-assisted-shadow"] < share["hardware-assisted"] < 1


def test_the_table_of_efficiency():
    table = efficiency()
    assert list(table.runs) == TITLED
    assert table.runs["Interpreter"]["compute"].value == 0
    counted = FILE["runs"]["compute"]["hardware-assisted"]
    done = sum(counted["emulated"].values()) - counted["emulated"]["firmware"]
    ran = counted["retired"]["VS"] + counted["retired"]["VU"]
    assert table.runs[TITLES["hardware-assisted"]]["compute"].value == pytest.approx(
        100 * ran / (ran + done)
    )


def test_what_was_not_run_is_refused_by_name():
    with pytest.raises(ValueError, match=r"workload: 'chess' is unknown; allowed: hello"):
        run("chess", NATIVE)
    with pytest.raises(ValueError, match=r"technique: 'magic' is unknown; allowed: native"):
        run(START, "magic")
