"""Attempts, receipts and when a solution is shown."""

import json

import pytest

from models.grading import TODO, exercise, exercises, journal
from models.grading.feedback import RECEIPT


@pytest.fixture(autouse=True)
def _clean_journal():
    journal.clear()
    yield
    journal.clear()


def receipt(feedback):
    return feedback._repr_mimebundle_()[RECEIPT]


def test_the_solution_is_shown_after_two_attempts_and_marked_as_seen():
    source = exercises()["02-1"].solution
    for _ in range(2):
        assert source not in exercise("02-1").solution().html()
        assert not journal.record("02-1").seen
        feedback = exercise("02-1").check(7.0, 1.0)
    assert "task.solution() shows the solution" in feedback.text()
    shown = exercise("02-1").solution()
    assert source in shown.text()
    assert journal.record("02-1").seen
    assert receipt(exercise("02-1").check(7.0, 1.0))["solution_seen"]


def test_the_solution_is_shown_after_a_pass():
    assert exercise("02-1").check(200.0, 10.23).passed
    assert "marked as seen" in exercise("02-1").solution().text()


def test_a_hole_is_no_attempt():
    exercise("02-1").check(TODO, 1.0)
    assert journal.record("02-1").attempts == 0


def test_a_receipt_replays():
    task = exercise("02-1", reader="Ada")
    kept = receipt(task.check(7.0, 1.0))
    again = exercise(kept["exercise"], reader=kept["reader"], variant=kept["variant"])
    replayed = again.mark((7.0, 1.0), int(kept["seed"]))
    assert receipt(replayed) == kept
    assert kept["outcome"] == "not yet"
    json.dumps(kept)


def test_a_receipt_s_digest_covers_every_field():
    kept = receipt(exercise("02-1").mark((7.0, 1.0), 1))
    other = receipt(exercise("02-1").mark((7.0, 1.0), 2))
    assert kept["digest"] != other["digest"]


def test_the_journal_survives_a_visit():
    journal.reader("Ada")
    exercise("02-1").check(7.0, 1.0)
    text = journal.dump()
    journal.clear()
    journal.restore(text)
    assert journal.reader() == "Ada"
    assert journal.record("02-1").attempts == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"reader": "a", "records": {"02-1": {"tricks": 1}}}',
        '{"reader": "a", "records": {"02-1": {"round": "two"}}}',
        "null",
        "3",
    ],
)
def test_a_broken_journal_is_refused_and_changes_nothing(text):
    journal.reader("Ada")
    with pytest.raises(ValueError, match="no kept journal"):
        journal.restore(text)
    assert journal.reader() == "Ada"


def test_an_empty_reader_is_refused():
    with pytest.raises(ValueError, match="empty"):
        journal.reader("  ")


def test_going_live_again_marks_a_kept_answer_and_counts_no_attempt(monkeypatch):
    assert exercise("02-1").check(200.0, 10.23).passed
    monkeypatch.setattr(journal, "replaying", True)
    before = journal.dump()
    assert exercise("02-1").check(200.0, 10.23).passed  # with the numbers of its own round
    assert journal.dump() == before
    monkeypatch.setattr(journal, "replaying", False)
    assert exercise("02-1").round == 2


def test_an_answer_not_given_yet_is_replayed_with_this_round_s_numbers(monkeypatch):
    monkeypatch.setattr(journal, "replaying", True)
    assert exercise("02-1").round == 1
