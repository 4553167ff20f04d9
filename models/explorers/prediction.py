"""Predict first: the reader's number or choice is taken before the run is shown, then both stand.

The form works in the static page without Python: the replies are computed when the cell runs and
stored with the form, the answer stays in the reader's browser and opens the guarded result. When
live, the same form tells Python what was kept (`Prediction.answer`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import traitlets

from models.explorers import assets, static
from models.explorers.view import Widget
from models.facts import Fact

CONFIDENCE = (50, 70, 90)  # per cent


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that many people give, with its reason.

    Attributes
    ----------
    value : float or str
        The number, or the option's key.
    name : str
    says : str
        What the book answers.
    within : float
        Answers this near to a number share the misconception.
    """

    value: float | str
    name: str
    says: str
    within: float = 0.0

    @property
    def reply(self) -> str:
        """The name as a question: stated, it would read as if the book said so."""
        return f"{self.name}? {self.says[0].upper()}{self.says[1:]}"


class PredictionView(Widget):
    """The live form: the static one, which also tells Python the answer."""

    _esm = assets.prediction_module()
    html = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)


@dataclass(frozen=True)
class Prediction:
    """A question whose answer the book's own run gives.

    Attributes
    ----------
    name : str
    question : str or callable
        A callable gives the text when it is first shown: of a question that quotes a run.
    truth : callable
        Runs the model, when the truth is first needed and not at import: a `Fact` for a number, an
        option's key for a choice.
    because : str
        The explanation for a right answer.
    low, high : float
        Allowed numbers.
    near : float
        How far from the truth still counts as right.
    options : mapping
        Of a choice: key to label. Every wrong one is a named misconception.
    misconceptions : tuple of Misconception
    """

    name: str
    question: str | Callable[[], str]
    truth: Callable[[], Any]
    because: str
    low: float = 0.0
    high: float = 0.0
    near: float = 0.0
    options: Mapping[str, str] = field(default_factory=dict)
    misconceptions: tuple[Misconception, ...] = ()

    @property
    def answer(self) -> dict[str, Any]:
        """What the reader said when live: value and confidence; empty before."""
        return dict(self.view.answer)

    def reply(self, value: float | str) -> str:
        """What the book says to an answer: the first reply that fits it."""
        for reply in self._replies():
            if reply.get("option", value) == value and (
                self.options or reply["low"] <= value <= reply["high"]
            ):
                return str(reply["text"])
        raise ValueError(f"{self.name}: {value!r} is out of range; allowed: {self._allowed()}")

    @cached_property
    def asked(self) -> str:
        """The question's text."""
        return self.question if isinstance(self.question, str) else self.question()

    @cached_property
    def _fact(self) -> Fact | str:
        """The truth, if the form has a reply to it and to every other answer.

        Raises
        ------
        ValueError
            For a truth outside what may be typed, and for wrong options that have no name.
        """
        truth = self.truth()
        true: Any = truth.rounded if isinstance(truth, Fact) else truth
        if self.options:
            unnamed = set(self.options) - {m.value for m in self.misconceptions} - {true}
            if unnamed:
                raise ValueError(f"{self.name}: wrong options without a name: {sorted(unnamed)}")
        elif not self.low <= true <= self.high:
            raise ValueError(f"{self.name}: the run gives {true}, outside what may be typed")
        return truth

    @property
    def _true(self) -> Any:
        return self._fact.rounded if isinstance(self._fact, Fact) else self._fact

    def _replies(self) -> list[dict[str, Any]]:
        """In order of precedence: right, misconceptions, then too low and too high."""
        true, wrong = self._true, self.misconceptions
        if self.options:
            right = [{"option": true, "text": f"That is right. {self.because}"}]
            return right + [{"option": m.value, "text": m.reply} for m in wrong]
        return [
            {"low": true - self.near, "high": true + self.near, "text": f"Near. {self.because}"},
            *(
                {"low": m.value - m.within, "high": m.value + m.within, "text": m.reply}
                for m in wrong if isinstance(m.value, int | float)
            ),
            {"low": self.low, "high": true, "text": f"Too low. {self.because}"},
            {"low": true, "high": self.high, "text": f"Too high. {self.because}"},
        ]  # fmt: skip

    def _allowed(self) -> str:
        if self.options:
            return "one of " + ", ".join(self.options)
        return f"numbers from {self.low:,.10g} to {self.high:,.10g} {self._unit}".rstrip()

    @property
    def _unit(self) -> str:
        return self._fact.unit if isinstance(self._fact, Fact) else ""

    def spec(self) -> dict[str, Any]:
        """What the form knows: the allowed answers, the truth and the replies."""
        truth = self._fact
        shown = self.options[truth] if isinstance(truth, str) else str(truth)
        return {
            "name": self.name,
            "low": self.low,
            "high": self.high,
            "unit": self._unit,
            "digits": self._fact.digits if isinstance(self._fact, Fact) else 0,
            "options": dict(self.options) or None,
            "truth": shown,
            "replies": self._replies(),
            "refusal": "Please choose one of the answers."
            if self.options
            else f"Please type one of the {self._allowed()}.",
        }

    @cached_property
    def view(self) -> PredictionView:
        """The live form."""
        return PredictionView(html=self._html())

    def _html(self) -> str:
        return (
            f'<form class="prediction" data-explorer="predict-{self.name}" novalidate>'
            f"<fieldset><legend>Predict</legend><p>{escape(self.asked)}</p>{self._field()}"
            f'<div class="confidence" role="group" aria-label="How sure are you?">How sure? '
            f"{''.join(map(_confidence, CONFIDENCE))}</div>"
            '<p class="refusal" role="alert"></p>'
            '<button type="submit">Keep my prediction</button> '
            '<button type="button" class="again" hidden>Ask me again</button></fieldset>'
            f'<div class="feedback" aria-live="polite"></div>{static.embedded(self.spec())}</form>'
        )

    def _field(self) -> str:
        if self.options:
            return '<div class="options">' + "".join(
                f'<label><input type="radio" name="guess" value="{escape(key)}">'
                f"<span>{escape(label)}</span></label>"
                for key, label in self.options.items()
            ) + "</div>"  # fmt: skip
        return (
            '<label class="guess">Your answer '
            '<input type="text" name="guess" inputmode="decimal" autocomplete="off"> '
            f"<span>{escape(self._unit)}</span></label>"
        )

    def surprise(self) -> "Surprise":
        """Both numbers side by side, for further down the page."""
        return Surprise(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        plain = f"Predict: {self.asked}"
        return {**self.view.mime(), "text/html": self._html(), "text/plain": plain}


@dataclass(frozen=True)
class Surprise:
    """The reader's prediction beside the run's answer."""

    prediction: Prediction

    @cached_property
    def view(self) -> PredictionView:
        """The live form."""
        return PredictionView(html=self._html())

    def _html(self) -> str:
        spec = self.prediction.spec()
        body = (
            f'<div class="surprise" data-prediction="{spec["name"]}" '
            f'data-explorer="surprise-{spec["name"]}">'
            "<dl><div><dt>◇ Your prediction</dt>"
            '<dd class="said">not given</dd></div>'
            f"<div><dt>● The run</dt><dd>{escape(spec['truth'])}</dd></div></dl>"
            f"{static.embedded({key: spec[key] for key in ('unit', 'digits', 'options')})}</div>"
        )
        return static.guarded(body, spec["name"], "Your prediction and the run")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        plain = f"The run says: {self.prediction.spec()['truth']}"
        return {**self.view.mime(), "text/html": self._html(), "text/plain": plain}


def _confidence(percent: int) -> str:
    return (
        f'<label><input type="radio" name="confidence" value="{percent}">'
        f"<span>{percent} %</span></label>"
    )
