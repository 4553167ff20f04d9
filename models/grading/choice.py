"""A choice, or a set of choices: the checker runs every option and compares.

There is no stored key to look up or to guess from a hash: what an option does decides.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from models.grading.feedback import Feedback, not_yet, passed
from models.grading.task import Attempt


def mark_choice(
    options: Mapping[str, str], right: Callable[[Any, str], bool]
) -> Callable[[Attempt], Feedback]:
    """A check of one option or of a set of them.

    Parameters
    ----------
    options : mapping
        Option to what to say to who took it wrongly, or left it out wrongly: wrong options are
        named misconceptions.
    right : callable
        ``right(given, option)`` runs the option and says whether it belongs to the answer.
    """

    def mark(attempt: Attempt) -> Feedback:
        try:
            chosen = _chosen(attempt.answers)
        except TypeError:  # what cannot be iterated over, an array without dimensions too
            shown = ", ".join(map(repr, attempt.answers))
            return not_yet("form", f"{shown} is no set; give a set of names.")
        unknown = chosen - set(options)
        if unknown:
            allowed = ", ".join(options)
            return not_yet("form", f"{min(unknown)!r} is no option; allowed: {allowed}.")
        truth = {option for option in options if right(attempt.given, option)}
        if chosen == truth:
            return passed(f"{len(options)} options run: {', '.join(sorted(truth)) or 'none'}.")
        for option in options:
            if option in chosen - truth:
                return not_yet("misconception", f"{option} does not belong: {options[option]}")
        missing = next(option for option in options if option in truth - chosen)
        if attempt.tries == 0:
            return not_yet("missing", "All that you chose belongs, but something is missing.")
        return not_yet("missing", f"{missing} belongs as well: {options[missing]}")

    return mark


def _chosen(answers: Iterable[Any]) -> set[str]:
    """Options given as one word, several words, or one collection of them."""
    chosen: set[str] = set()
    for answer in answers:
        chosen |= {answer} if isinstance(answer, str) else {str(option) for option in answer}
    return chosen
