"""The auditor's picture says what the runs did."""

import pytest

from models.explorers.audit import auditor, draw, open_counter
from models.hypervisors.trial import MACHINES, Question, trial
from models.hypervisors.worlds import WORLDS


def letters(**question) -> list[str]:
    return auditor.probe(**question).figure["data"][0]["text"]


def test_an_addition_has_one_result_in_every_world():
    assert set(letters(subject="add")) == {"a"}
    assert len(letters(subject="add")) == 2 * len(WORLDS)


def test_the_time_is_another_in_every_world():
    assert len(set(letters(subject="time", machine="counters"))) == len(WORLDS)


def test_a_trap_leaves_a_cross_and_no_letter():
    figure = draw(trial(Question(subject="sret")))
    results, traps, changed = figure["data"]
    assert len(results["x"]) + len(traps["x"]) == 2 * len(WORLDS)
    assert set(traps["x"]) == {0, 1, 2, 3}  # U-mode
    assert set(changed["x"]) == set(range(4, 12))


@pytest.mark.parametrize("machine", MACHINES)
def test_the_worst_form_is_shown(machine):
    found = trial(Question(subject="sstatus", machine=machine))
    assert found.verdict.kind == ("critical" if machine == "holes" else "privileged")
    assert found.facts()["Verdict"].value == found.verdict.kind


def test_numbered_registers_are_offered_once():
    choices = Question.declared("subject").choices
    assert "pmpaddr0" in choices
    assert "pmpaddr1" not in choices
    assert not any(name.startswith("c.") for name in choices)


def test_the_prediction_is_settled_by_the_run():
    assert open_counter.spec()["truth"] == open_counter.options["no"]
