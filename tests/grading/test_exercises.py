"""Every exercise: the stub runs clean, the solution passes in it, planted answers are rejected."""

from itertools import count

import numpy as np
import pytest

from models.grading import Task, exercises, journal
from models.grading.feedback import RECEIPT, Outcome
from tests.grading.cells import has_holes_of, value_of

EVERY = list(exercises().values())
READERS = ["reader", "王小明"]
ids = [e.id for e in EVERY]


@pytest.fixture(autouse=True)
def _clean_journal(monkeypatch):
    """A new reader, and the same 'fresh' seeds in every run of the tests."""
    monkeypatch.setattr("models.grading.task.fresh_seed", count(1).__next__)
    journal.clear()
    yield
    journal.clear()


@pytest.mark.parametrize("exercise", EVERY, ids=ids)
def test_the_stub_runs_clean_and_is_not_attempted(exercise):
    feedback = value_of(exercise.stub)
    assert feedback.outcome is Outcome.NOT_ATTEMPTED
    assert RECEIPT not in feedback._repr_mimebundle_()
    assert journal.record(exercise.id).attempts == 0


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("exercise", EVERY, ids=ids)
def test_the_solution_passes_in_its_stub_for_every_reader(exercise, name):
    assert has_holes_of(exercise.stub, exercise.solution)
    journal.reader(name)
    assert value_of(exercise.solution).passed
    assert value_of(exercise.solution).passed, "and with the next round's numbers"


ODD = (None, 10**400, float("nan"), "", {}, object(), [], np.array(3.0), np.array([1, 2]))
ODDITIES = [*((odd,) for odd in ODD), *((odd, odd) for odd in ODD)]
ODDITIES += [(lambda *_: [],), (lambda *_: np.array([1, 2]),)]


@pytest.mark.parametrize("exercise", EVERY, ids=ids)
def test_any_answer_at_all_is_answered(exercise):
    for answers in ODDITIES:
        feedback = Task(exercise).mark(answers, seed=1)
        assert feedback.outcome is Outcome.NOT_YET, answers
        assert feedback.lines, answers


@pytest.mark.parametrize("exercise", EVERY, ids=ids)
def test_three_planted_answers_are_rejected_with_the_right_explanation(exercise):
    assert {"constant", "off by one", "memoriser"} <= {p.name for p in exercise.planted}
    for planted in exercise.planted:
        journal.clear()
        journal.reader("Ada")
        feedback = value_of(planted.cell)
        assert feedback.outcome is Outcome.NOT_YET, planted.name
        assert planted.says in feedback.text(), planted.name
        assert planted.cell not in (exercise.stub, exercise.solution), planted.name


@pytest.mark.parametrize("exercise", EVERY, ids=ids)
def test_the_prompt_names_the_numbers_and_hides_the_solution(exercise):
    from models.grading import exercise as task

    shown = task(exercise.id)
    for page in (shown.html(), shown.text()):
        assert exercise.title in page
        assert exercise.solution not in page
    assert shown.html().count("<tr>") == len(shown.given.declarations())


def test_a_prompts_indented_lines_are_shown_as_code():
    from models.grading import exercise as task

    html = task("06-4").html()
    assert html.count("<pre") == 1
    assert "<code>_start:  li   a0, 6\n         jal  t0, again\n" in html
    assert "wfi</code></pre><p>When it has ended" in html


def test_a_stub_that_is_no_solution_with_holes_is_noticed():
    assert has_holes_of("a = TODO\ncheck(a)\n", "b = 1\na = b\ncheck(a)\n")
    assert not has_holes_of("a = TODO\ncheck(a)\n", "a = 1\ncheck(a, 2)\n")
    assert not has_holes_of("check(a)\nx = 1\n", "x = 1\ncheck(a)\n")
