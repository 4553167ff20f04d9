"""Workload by technique, whole: what stands in the table is what the models say."""

import pytest

from models.performance.__main__ import main
from models.performance.handling import presets
from models.performance.induced import NATIVE, START, run, techniques, workloads
from models.performance.overhead import overheads
from models.performance.tables import table


@pytest.mark.parametrize("workload", [START, "mapping", "fork"])
def test_every_number_is_the_model_s(workload):
    shown = table(workload)
    assert tuple(shown.runs) == techniques()
    for technique, facts in shown.runs.items():
        one = run(workload, technique, beyond_start=True)
        exits = {f.name: f.value for f in facts if f.name.startswith("exits: ")}
        assert {n.removeprefix("exits: "): v for n, v in exits.items() if v} == one.rates
        assert facts["exits, all"].value == pytest.approx(sum(exits.values()))
        assert facts["run by the processor itself"].value == 100 * one.direct
        for name in presets():
            over, word = overheads(name, draws=1), facts[f"overhead, {name}"].value
            if technique in over.techniques:
                low, mid, high = over.band(workload, technique)
                assert word == f"{mid:.2f} ({low:.2f} to {high:.2f})"
            else:
                assert word == "-"


def test_native_has_no_exit_and_two_stages_the_most_walks():
    shown = table("mapping").runs
    assert shown[NATIVE]["exits, all"].value == 0
    walks = {t: facts["walk references"].value for t, facts in shown.items()}
    assert max(walks, key=walks.get) == "hardware-assisted"


def test_the_command_line(capsys):
    main(["compute", "syscall"])
    printed = capsys.readouterr().out
    assert "Workload compute" in printed
    assert "overhead, 2006" in printed
    main([])
    printed = capsys.readouterr().out
    assert "The result of 2006" in printed
    assert all(f"{workload}, 2012: " in printed for workload in workloads()[1:])
    with pytest.raises(SystemExit):
        main(["chess"])
    assert "workload: 'chess' is unknown; allowed: hello" in capsys.readouterr().err
