"""Functions as answers: run on fresh cases, smallest first, against an independent oracle."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.grading.feedback import Feedback, Outcome, not_yet, passed
from models.grading.task import Attempt
from models.grading.todo import TODO


@dataclass(frozen=True)
class Case:
    """One input for a reader's function.

    Attributes
    ----------
    arguments : tuple
    shown : str
        The input in words a reader can try by hand.
    about : object
        What else the oracle has to know of the case.
    """

    arguments: tuple[Any, ...]
    shown: str
    about: Any = None


def mark_code(
    cases: Callable[[Any, np.random.Generator], Iterable[Case]],
    complaint: Callable[[Case, Any], str],
    praise: str,
) -> Callable[[Attempt], Feedback]:
    """A check of a function.

    Parameters
    ----------
    cases : callable
        ``cases(given, rng)`` yields inputs from small to large, so that the first to fail is the
        smallest counterexample of those tried.
    complaint : callable
        ``complaint(case, result)`` says what is wrong with a result, by an oracle that does not
        share the solution's code; empty if nothing is.
    praise : str
        Said after a pass, before the number of cases.
    """

    def mark(attempt: Attempt) -> Feedback:
        if len(attempt.answers) != 1 or not callable(attempt.answers[0]):
            return not_yet("form", "Give one function: check(your_function).")
        count = 0
        for case in cases(attempt.given, attempt.rng):
            count += 1
            try:
                result = attempt.answers[0](*case.arguments)
            except Exception as error:  # a reader's code may raise anything; tell what and where
                return not_yet("counterexample", f"{case.shown}: raises {error!r}.")
            if result is TODO:
                return Feedback(Outcome.NOT_ATTEMPTED)
            if wrong := complaint(case, result):
                return not_yet("counterexample", f"{case.shown}: {wrong}")
        return passed(f"{praise} {count} fresh case{'s' * (count != 1)}.")

    return mark
