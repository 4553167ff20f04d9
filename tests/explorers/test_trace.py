"""Tables of steps and counts, and the prediction that one of them settles."""

import pytest

from models.explorers import programs
from models.explorers.trace import Trace, after_the_privileged_read, counted, privileged_read, run


def test_a_trace_names_step_mode_and_change():
    rows = Trace("user", 13, 4).rows
    assert rows[0] == ["13", "U", "0x8000002c", "li a0, 40", "a0 = 0x28"]
    assert rows[2][3:] == ["csrr a1, mstatus", "trap: illegal-instruction"]
    assert rows[3][1] == "M"
    bundle = Trace("user", 13, 4)._repr_mimebundle_()
    assert bundle["text/html"].count("<tr>") == 5
    assert "steps 13 to 16" in bundle["text/plain"]


def test_an_interrupt_shows_the_handlers_instruction_as_the_one_executed():
    row = Trace("timer", 57, 1).rows[0]
    assert row[3:] == ["addi s0, s0, -1", "trap: machine-timer, s0 = 0x2"]


def test_the_counts_are_the_boards():
    facts = counted("user")
    assert facts["retired: U"].value == 2, "the two that trapped did not retire"
    assert facts["traps: ecall-u"].value == facts["traps: illegal-instruction"].value == 1


@pytest.mark.parametrize(
    ("old", "new", "option"),
    [
        ("", "", "handler"),
        ("addi t1, t1, 4", "addi t1, t1, 0x100", "ends"),
        ("beq  t1, t2, done", "j    done", "ends"),
    ],
)
def test_the_predictions_truth_follows_the_run(monkeypatch, old, new, option):
    source = programs.source("user").replace(old, new)
    monkeypatch.setattr(programs, "source", lambda name: source)
    assert after_the_privileged_read() == option


def test_the_prediction_has_a_reply_for_each_option():
    assert privileged_read.reply("handler").startswith("That is right.")
    assert privileged_read.reply("zero").startswith("Silence")


@pytest.mark.parametrize("name", programs.NAMES)
def test_every_example_ends_by_waiting(name):
    assert run(name).ended.reason == "wfi"
