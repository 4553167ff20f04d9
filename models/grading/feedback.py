"""What a check says: an outcome in glyph and word, an explanation, and a receipt."""

from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Any

RECEIPT = "application/vnd.models.receipt+json"


class Outcome(Enum):
    """How a check came out."""

    NOT_ATTEMPTED = ("○", "not attempted")
    NOT_YET = ("✗", "not yet")
    PASSED = ("✓", "passed")

    def __init__(self, glyph: str, word: str) -> None:
        self.glyph = glyph
        self.word = word


@dataclass(frozen=True)
class Feedback:
    """An outcome and what to tell the reader.

    Attributes
    ----------
    outcome : Outcome
    step : str
        Which kind of explanation it is: "unit", "direction", "magnitude", "worked steps",
        "counterexample", "misconception" and the like; empty for none.
    lines : tuple of str
        The explanation, a paragraph each.
    exercise : str
        Its id, once a task has signed it.
    receipt : dict
        Evidence to replay the check; empty before signing and when nothing was attempted.
    """

    outcome: Outcome
    step: str = ""
    lines: tuple[str, ...] = ()
    exercise: str = ""
    receipt: tuple[tuple[str, Any], ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the answer is right."""
        return self.outcome is Outcome.PASSED

    def text(self) -> str:
        """For terminals."""
        return "\n".join([f"{self.exercise} {self.outcome.glyph} {self.outcome.word}", *self.lines])

    def html(self) -> str:
        """A status message; the glyph and the word tell the outcome, not a colour."""
        head = (
            f'<strong>{escape(self.exercise)} <span aria-hidden="true">{self.outcome.glyph}</span> '
            f"{self.outcome.word}</strong>"
        )
        body = "".join(f"<p>{escape(line)}</p>" for line in self.lines)
        kind = self.outcome.name.lower().replace("_", "-")
        return f'<div class="feedback feedback-{kind}" role="status">{head}{body}</div>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": self.text(), "text/html": self.html()}
        if self.receipt:
            bundle[RECEIPT] = dict(self.receipt)
        return bundle

    def __repr__(self) -> str:
        return self.text()


def not_yet(step: str, *lines: str) -> Feedback:
    """A wrong answer, explained."""
    return Feedback(Outcome.NOT_YET, step, lines)


def passed(*lines: str) -> Feedback:
    """A right answer."""
    return Feedback(Outcome.PASSED, "", lines)
