"""The frames of choice and code checks, on exercises small enough to see through."""

import numpy as np
import pytest

from models.grading import TODO
from models.grading.choice import mark_choice
from models.grading.code import Case, mark_code
from models.grading.feedback import Outcome
from models.grading.task import Attempt


def attempt(*answers, tries=0, seed=1):
    return Attempt(None, answers, tries, np.random.default_rng(seed))


OPTIONS = {
    "two": "2 is even and prime.",
    "four": "4 is even, but not a prime.",
    "nine": "9 is odd, but not a prime.",
    "seven": "7 has no divisor.",
}
NUMBER = {"two": 2, "four": 4, "nine": 9, "seven": 7}


def is_prime(_, option):
    n = NUMBER[option]
    return all(n % d for d in range(2, n))


primes = mark_choice(OPTIONS, is_prime)


def test_a_set_is_compared_with_what_the_options_do():
    assert primes(attempt({"two", "seven"})).passed
    assert primes(attempt("two", "seven")).passed
    assert primes(attempt(["seven", "two"])).passed


@pytest.mark.parametrize(
    ("answer", "tries", "says"),
    [
        ({"two", "seven", "nine"}, 0, "9 is odd, but not a prime"),
        ({"two"}, 0, "something is missing"),
        ({"two"}, 1, "seven belongs as well"),
        ({"two", "six"}, 0, "'six' is no option; allowed: two, four, nine, seven"),
        (set(), 0, "something is missing"),
        (None, 0, "None is no set"),
        (7, 0, "7 is no set"),
        (np.array(7), 0, "array(7) is no set"),
    ],
)
def test_a_wrong_set_is_answered_by_its_misconception(answer, tries, says):
    feedback = primes(attempt(answer, tries=tries))
    assert not feedback.passed
    assert says in feedback.text()


def sorting_cases(_, rng):
    for size in range(8):
        for _ in range(5):
            numbers = rng.integers(0, 20, size).tolist()
            yield Case((numbers,), f"numbers {numbers}")


def unsorted(case, result):
    return "" if result == sorted(case.arguments[0]) else f"gives {result}"


sorting = mark_code(sorting_cases, unsorted, "Sorted on")


def test_a_right_function_passes_on_all_cases():
    assert "Sorted on 40 fresh cases" in sorting(attempt(sorted)).text()


def test_a_wrong_function_gets_the_smallest_counterexample():
    feedback = sorting(attempt(lambda numbers: list(numbers)))
    assert feedback.step == "counterexample"
    shown = feedback.lines[0].split("numbers [")[1].split("]")[0].split(",")
    assert len(shown) == 2, "two numbers are the fewest that can be out of order"


def test_a_memoriser_of_seen_cases_fails_on_fresh_ones():
    seen = {str(c.arguments[0]): sorted(c.arguments[0]) for c in sorting_cases(0, attempt().rng)}
    memoriser = lambda numbers: seen.get(str(numbers), [])  # noqa: E731
    assert sorting(attempt(memoriser, seed=1)).passed
    assert not sorting(attempt(memoriser, seed=2)).passed


def test_a_raising_function_is_told_what_it_raised_and_on_what():
    feedback = sorting(attempt(lambda numbers: numbers[0]))
    assert "numbers []: raises IndexError" in feedback.text()


def test_a_function_with_a_hole_is_not_attempted():
    assert sorting(attempt(lambda numbers: TODO)).outcome is Outcome.NOT_ATTEMPTED


def test_what_is_no_function_is_refused():
    assert "Give one function" in sorting(attempt(3)).text()
