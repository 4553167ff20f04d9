"""Numbers as answers: the checker calls the model; it stores no key."""

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.grading.feedback import Feedback, not_yet, passed
from models.grading.task import Attempt


@dataclass(frozen=True)
class Slip:
    """A known way to go wrong: what it computes, and what to say to who did it.

    Attributes
    ----------
    value : callable
        From the given numbers to the wrong answer.
    says : str
    step : {"unit", "misconception"}
        A slip of the unit is spoken to first.
    """

    value: Callable[[Any], float]
    says: str
    step: str = "misconception"


@dataclass(frozen=True)
class Quantity:
    """One number that is asked for.

    Attributes
    ----------
    name, unit : str
    truth : callable
        From the given numbers to the right answer, by the model.
    tolerance : float
        Relative.
    slips : tuple of Slip
    """

    name: str
    unit: str
    truth: Callable[[Any], float]
    tolerance: float = 0.01
    slips: tuple[Slip, ...] = ()

    def near(self, answer: float, value: float) -> bool:
        """Whether two numbers agree within the tolerance."""
        return math.isclose(answer, value, rel_tol=self.tolerance, abs_tol=0.0)


def mark_numbers(
    quantities: tuple[Quantity, ...], steps: Callable[[Any], str], published: Any
) -> Callable[[Attempt], Feedback]:
    """A check of numbers, its feedback in the order unit, direction, magnitude, worked steps.

    Parameters
    ----------
    quantities : tuple of Quantity
        In the order of the answers.
    steps : callable
        From the given numbers to the worked steps, a step a line.
    published : Parameters
        The printed book's numbers: answers copied from them are recognised.
    """

    def mark(attempt: Attempt) -> Feedback:
        if len(attempt.answers) != len(quantities):
            names = ", ".join(q.name for q in quantities)
            return not_yet("form", f"Give {len(quantities)} numbers: {names}.")
        for quantity, answer in zip(quantities, attempt.answers, strict=True):
            complaint = _one(quantity, answer, attempt, steps, published)
            if complaint is not None:
                return complaint
        shown = (
            f"{q.name}: {_digits(q.truth(attempt.given))} {q.unit}".rstrip() for q in quantities
        )
        return passed(*shown)

    return mark


def _one(
    quantity: Quantity,
    answer: object,
    attempt: Attempt,
    steps: Callable[[Any], str],
    published: Any,
) -> Feedback | None:
    """What is wrong with one answer; None if nothing is."""
    name = quantity.name
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real) or not _finite(answer):
        return not_yet("form", f"{name}: {answer!r} is not a number.")
    value, truth = float(answer), quantity.truth(attempt.given)
    if quantity.near(value, truth):
        return None
    for slip in sorted(quantity.slips, key=lambda slip: slip.step != "unit"):
        if quantity.near(value, slip.value(attempt.given)):
            return not_yet(slip.step, f"{name}: {slip.says}")
    if attempt.given != published and quantity.near(value, quantity.truth(published)):
        return not_yet(
            "other numbers", f"{name}: right for the printed numbers, but not for yours."
        )
    return _further(quantity, value, truth, attempt, steps)


def _further(
    quantity: Quantity,
    value: float,
    truth: float,
    attempt: Attempt,
    steps: Callable[[Any], str],
) -> Feedback:
    """One more hint with each try."""
    name = quantity.name
    given = f"{name}: {_digits(value)} {quantity.unit}".rstrip()
    direction = f"{given} is too {'small' if value < truth else 'large'}."
    if attempt.tries == 0:
        return not_yet("direction", direction)
    if attempt.tries == 1:
        return not_yet("magnitude", direction, _magnitude(value, truth))
    return not_yet("worked steps", direction, *steps(attempt.given).splitlines())


def _magnitude(value: float, truth: float) -> str:
    if value <= 0:
        return "It is a number above 0."
    ratio = max(value / truth, truth / value)
    return (
        "You are within a tenth of it."
        if ratio < 1.1
        else f"You are off by a factor of {_digits(ratio, 2)}."
    )


def _digits(value: float, digits: int = 4) -> str:
    """So many digits that count, but never 3.6e+04."""
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.0f}" if 100 <= abs(rounded) < 1e9 and rounded % 1 == 0 else f"{rounded:.4g}"


def _finite(answer: numbers.Real) -> bool:
    try:
        return math.isfinite(float(answer))
    except OverflowError:  # an integer beyond every float
        return False
