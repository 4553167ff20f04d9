"""An exercise as it is written down, and as a task in a reader's hands."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Any

import numpy as np

from models import __version__
from models.grading import journal
from models.grading.draws import fresh_seed, generator, grading_seed, seed_of
from models.grading.feedback import Feedback, Outcome
from models.grading.todo import TODO
from models.parameters import Parameter, Parameters

TRIES_BEFORE_SOLUTION = 2
CODE = 4 * " "  # before a line of code in a prompt


@dataclass(frozen=True)
class Planted:
    """A wrong submission that the checks must reject, each with its own explanation.

    Attributes
    ----------
    name : str
        "constant", "off by one", "memoriser", or another.
    cell : str
        The filled-in stub.
    says : str
        Words that the feedback must contain.
    """

    name: str
    cell: str
    says: str


@dataclass(frozen=True)
class Attempt:
    """What a check sees of a submission.

    Attributes
    ----------
    given : Parameters
        The reader's numbers.
    answers : tuple
    tries : int
        Wrong answers before this one in the round.
    rng : numpy.random.Generator
        For fresh cases; seeded by what the receipt records.
    """

    given: Any
    answers: tuple[Any, ...]
    tries: int
    rng: np.random.Generator


@dataclass(frozen=True)
class Exercise:
    """The one master of an exercise: the chapter, the assignment and the tests all read it.

    Attributes
    ----------
    id : str
        ``chapter-number``, as ``02-1``.
    title : str
    draw : callable
        From a generator to the reader's numbers; the first reader of a printed page gets
        `published` instead.
    published : Parameters
        The numbers of the printed book.
    prompt : callable
        From the numbers to the question, a paragraph a line; code is indented by four spaces.
    stub, solution : str
        Sources of the exercise's cell; the stub is the solution with holes.
    mark : callable
        From an `Attempt` to its `Feedback`.
    planted : tuple of Planted
    """

    id: str
    title: str
    draw: Callable[[np.random.Generator], Parameters]
    published: Parameters
    prompt: Callable[[Any], str]
    stub: str
    solution: str
    mark: Callable[[Attempt], Feedback]
    planted: tuple[Planted, ...]

    @property
    def chapter(self) -> str:
        """Its chapter, as ``02``."""
        return self.id.split("-")[0]


class Task:
    """An exercise with this reader's numbers.

    Parameters
    ----------
    exercise : Exercise
    reader : str, optional
        Whose numbers; the journal's reader by default.
    variant : str
        Of an assignment; empty in the book.
    """

    def __init__(self, exercise: Exercise, reader: str | None = None, variant: str = "") -> None:
        self.exercise = exercise
        self.reader = reader or journal.reader()
        self.variant = variant
        record = journal.record(exercise.id)
        self.round = (journal.replaying and record.answered) or record.round

    @property
    def given(self) -> Any:
        """The numbers of this round."""
        printed = self.reader == journal.DEFAULT_READER and not self.variant and self.round == 1
        if printed:
            return self.exercise.published
        seed = seed_of(self.exercise.id, self.reader, self.round, self.variant)
        return self.exercise.draw(generator(seed))

    def check(self, *answers: Any) -> Feedback:
        """Mark an answer, remember it in the journal and sign a receipt."""
        tries = journal.record(self.exercise.id).tries
        feedback = self.mark(answers, fresh_seed(), max(tries - journal.replaying, 0))
        if feedback.outcome is not Outcome.NOT_ATTEMPTED:
            feedback = self._remember(feedback)
        return feedback

    def grade(self, answers: tuple[Any, ...], secret: str) -> Feedback:
        """Mark an answer on the hidden cases of an instructor's secret; remember nothing."""
        return self.mark(answers, grading_seed(secret, self.exercise.id, self.reader))

    def mark(self, answers: tuple[Any, ...], seed: int, tries: int = 0) -> Feedback:
        """The exercise's own check, signed; the same seed gives the same outcome."""
        if not answers or any(answer is TODO for answer in answers):
            return Feedback(Outcome.NOT_ATTEMPTED, exercise=self.exercise.id)
        attempt = Attempt(self.given, answers, tries, generator(seed))
        feedback = self.exercise.mark(attempt)
        if feedback.outcome is Outcome.NOT_ATTEMPTED:
            return replace(feedback, exercise=self.exercise.id)
        return replace(feedback, exercise=self.exercise.id, receipt=self._receipt(feedback, seed))

    def solution(self) -> "Solution":
        """The worked solution, after two attempts or a pass; the journal marks it as seen."""
        record = journal.record(self.exercise.id)
        if not record.passed and record.attempts < TRIES_BEFORE_SOLUTION:
            left = TRIES_BEFORE_SOLUTION - record.attempts
            return Solution(self.exercise.id, "", left)
        record.seen = True
        return Solution(self.exercise.id, self.exercise.solution, 0)

    def _remember(self, feedback: Feedback) -> Feedback:
        """Count the attempt; a pass or the worked steps bring new numbers for the next one."""
        record = journal.record(self.exercise.id)
        if not journal.replaying:
            record.attempts += 1
            record.tries += 1
            record.passed |= feedback.passed
            record.answered = self.round
        more = []
        if feedback.passed or feedback.step == "worked steps":
            if not journal.replaying:
                record.round, record.tries = self.round + 1, 0
            more.append("Run the cell above again for new numbers.")
        if record.passed or record.attempts >= TRIES_BEFORE_SOLUTION:
            more.append("task.solution() shows the solution.")
        return replace(feedback, lines=(*feedback.lines, *more))

    def _receipt(self, feedback: Feedback, seed: int) -> tuple[tuple[str, Any], ...]:
        facts: dict[str, Any] = {
            "exercise": self.exercise.id,
            "reader": self.reader,
            "variant": self.variant,
            "round": self.round,
            "seed": str(seed),  # a string, because JavaScript's numbers hold 53 bits only
            "outcome": feedback.outcome.word,
            "solution_seen": journal.record(self.exercise.id).seen,
            "models": __version__,
        }
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
        return (*facts.items(), ("digest", digest))

    def text(self) -> str:
        """Title, question and numbers."""
        numbers = [f"  {label}: {value}" for label, value in self._numbers()]
        title = f"Exercise {self.exercise.id}: {self.exercise.title}"
        return "\n".join([title, self.exercise.prompt(self.given), *numbers])

    def html(self) -> str:
        """The same as a section with a table of the numbers."""
        rows = "".join(
            f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>'
            for label, value in self._numbers()
        )
        table = (
            f'<table class="given"><caption>Your numbers</caption>{rows}</table>' if rows else ""
        )
        title = f"Exercise {self.exercise.id}: {self.exercise.title}"
        return (
            f'<div class="exercise"><p><strong>{escape(title)}</strong></p>'
            f"{''.join(_blocks(self.exercise.prompt(self.given)))}{table}</div>"
        )

    def _numbers(self) -> list[tuple[str, str]]:
        given = self.given
        return [
            (p.label, _shown(p, getattr(given, name))) for name, p in given.declarations().items()
        ]

    __repr__ = text
    _repr_html_ = html


def _blocks(prompt: str) -> Iterator[str]:
    """A paragraph a line; lines that begin with four spaces are code, as in Markdown."""
    for code, lines in groupby(prompt.splitlines(), key=lambda line: line.startswith(CODE)):
        if code:
            text = "\n".join(line.removeprefix(CODE) for line in lines)
            yield f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
        else:
            yield from (f"<p>{escape(line)}</p>" for line in lines)


def _shown(declared: Parameter, value: Any) -> str:
    if declared.kind == "choice":
        return declared.choices[value]
    return f"{value:,} {declared.unit}".rstrip()


@dataclass(frozen=True)
class Solution:
    """A worked solution, or how many attempts are missing."""

    exercise: str
    source: str
    missing: int

    def text(self) -> str:
        """The solution's source, or what is still missing."""
        if self.missing:
            return f"{self.exercise}: the solution is shown after a pass or {self.missing} more"
        return f"{self.exercise}, the solution (marked as seen)\n{self.source}"

    def html(self) -> str:
        """As a code block."""
        if self.missing:
            return f"<p>{escape(self.text())}</p>"
        return (
            f"<p>{escape(self.exercise)}, the solution (marked as seen)</p>"
            f"<pre><code>{escape(self.source)}</code></pre>"
        )

    __repr__ = text
    _repr_html_ = html
