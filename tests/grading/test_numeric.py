"""02-1 stands for the numeric exercises: its truth, its order of feedback, its rounds."""

import pytest

from models.grading import exercise, journal, numeric
from models.grading.exercises.ex_02_1 import Given, mean_wait


@pytest.fixture(autouse=True)
def _clean_journal():
    journal.clear()
    yield
    journal.clear()


def test_the_books_numbers():
    # Erlang C at 80 % load: 4.00 and 0.205 service times (any table of M/M/c).
    given = Given(servers=10, load=0.8, service=1000.0 / 5)
    assert mean_wait(given, 1) / given.service == pytest.approx(4.0, abs=5e-3)
    assert mean_wait(given, 10) / given.service == pytest.approx(0.205, abs=5e-4)


def steps_of(*answers: tuple[float, float]) -> list[str]:
    return [exercise("02-1").check(*answer).step for answer in answers]


def test_feedback_comes_in_the_order_unit_direction_magnitude_worked_steps():
    in_seconds, wrong = (0.2, 0.01023), (7.0, 1.0)
    assert steps_of(in_seconds) == ["unit"]
    journal.clear()
    assert steps_of(wrong, wrong, wrong) == ["direction", "magnitude", "worked steps"]


def test_a_slip_of_the_unit_is_named_at_any_try():
    assert steps_of((7.0, 1.0), (7.0, 1.0), (4.0, 0.205)) == ["direction", "magnitude", "unit"]


def test_the_worked_steps_hold_the_readers_numbers_and_end_the_round():
    journal.reader("Ada")
    given = exercise("02-1").given
    for _ in range(2):
        exercise("02-1").check(7.0, 1.0)
    shown = exercise("02-1").check(7.0, 1.0)
    assert f"{mean_wait(given, given.servers):.4g} ms" in shown.text()
    assert exercise("02-1").given != given, "new numbers after the worked steps"


def test_numbers_depend_on_reader_round_and_variant_alone():
    ada = exercise("02-1", reader="Ada")
    assert ada.given == exercise("02-1", reader="Ada").given
    assert ada.given != exercise("02-1", reader="Grace").given
    assert ada.given != exercise("02-1", reader="Ada", variant="abc").given
    assert exercise("02-1").given == Given(), "the printed page has the printed numbers"


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ((1.0,), "Give 2 numbers: alone, pooled"),
        (("4", 1.0), "'4' is not a number"),
        ((True, 1.0), "True is not a number"),
        ((float("nan"), 1.0), "nan is not a number"),
        ((200.0, float("inf")), "inf is not a number"),
        ((10**400, 1.0), "0 is not a number"),
        ((200.0, -3.0), "too small"),
        ((200.0, 60.23), "includes the service itself"),
        ((200.0, 20.0), "divides the single server's wait"),
    ],
)
def test_bad_and_misconceived_answers_get_their_own_sentence(answers, says):
    feedback = exercise("02-1").check(*answers)
    assert not feedback.passed
    assert says in feedback.text()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(36_000.0, "36,000"), (12_345.6, "12,350"), (100.0, "100"), (123.44, "123.4"), (99.0, "99"),
     (0.0123449, "0.01234"), (2e9, "2e+09")],
)  # fmt: skip
def test_numbers_are_told_with_the_digits_that_count(value, shown):
    assert numeric._digits(value) == shown


def test_an_unknown_exercise_is_refused_by_name():
    with pytest.raises(ValueError, match=r"'02-99' is unknown; allowed: .*02-1"):
        exercise("02-99")
