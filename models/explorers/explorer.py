"""An explorer: a model, a picture and facts that a reader turns with a few controls.

>>> from models.explorers.servers import servers
>>> servers.probe(servers=20).facts["Servers needed"].value
20
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from models.explorers import static
from models.explorers.figures import Figure, blank
from models.explorers.view import View
from models.facts import Facts
from models.parameters import Parameter, Parameters

VISIBLE, MORE, PRESETS = 3, 5, 3  # what a reader can take in at first sight
FRAMES = 21  # of the one control that works before the press


@dataclass(frozen=True)
class Answer:
    """What an explorer shows for one setting; `alt` says in a sentence what the figure shows."""

    figure: Figure
    facts: Facts
    alt: str


@dataclass(frozen=True)
class Explorer:
    """A model + picture + facts, shown as one output by the last line of a cell.

    Attributes
    ----------
    name : str
        Short and stable: it stands in links and in the page.
    title : str
    model : callable
        ``model(parameters)``, or ``model(parameters, rng)`` where there is a seed, to a result
        with ``facts()``.
    parameters : subclass of Parameters
    picture : callable
        Result to a figure (`models.explorers.figures`).
    alt : callable
        Result to the sentence that stands for the figure.
    controls, more : tuple of str
        Parameters with a control at first sight, and under 'More'.
    presets : mapping
        Label of a button to values by name.
    preview : str
        The parameter that a slider moves before anything is pressed; empty for none.
    seed : int or None
        Of a model that draws random numbers; kept while sliders move.
    draft : callable or None
        A cheaper `model`, asked while the reader drags.
    guard : str
        Name of the prediction that hides the result until the reader has answered.
    """

    name: str
    title: str
    model: Callable[..., Any]
    parameters: type[Parameters]
    picture: Callable[[Any], Figure]
    alt: Callable[[Any], str]
    controls: tuple[str, ...]
    more: tuple[str, ...] = ()
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    preview: str = ""
    seed: int | None = None
    draft: Callable[..., Any] | None = None
    guard: str = ""

    def __post_init__(self) -> None:
        for what, count, most in (
            ("controls", len(self.controls), VISIBLE),
            ("more", len(self.more), MORE),
            ("presets", len(self.presets), PRESETS),
        ):
            if count > most:
                raise ValueError(f"{what}: {self.name} has {count}; allowed: at most {most}")
        for name in (*self.controls, *self.more, *filter(None, [self.preview])):
            self.parameters.declared(name)
        for values in self.presets.values():
            self.parameters(**values)

    @property
    def declarations(self) -> list[Parameter]:
        """Of every control, in order."""
        return [self.parameters.declared(name) for name in (*self.controls, *self.more)]

    def defaults(self) -> dict[str, Any]:
        """The value of every control after a reset."""
        return {p.name: p.default for p in self.declarations}

    def answer(
        self, parameters: Parameters, draft: bool = False, seed: int | None = None
    ) -> Answer:
        """Run the model and draw it; `seed` stands in for the explorer's own."""
        model = self.draft if draft and self.draft else self.model
        chosen = self.seed if seed is None else seed
        randomness = () if self.seed is None else (np.random.default_rng(chosen),)
        result = model(parameters, *randomness)
        return Answer(self.picture(result), result.facts(), self.alt(result))

    def probe(self, **values: Any) -> Answer:
        """The answer to some settings, the others at their defaults, with a blank one refused.

        Raises
        ------
        ValueError
            For a value out of range, and for an answer that shows a reader nothing.
        """
        answer = self.answer(self.parameters(**{**self.defaults(), **values}))
        empty = [
            what
            for what, missing in (
                ("figure", blank(answer.figure)),
                ("facts", not len(answer.facts)),
                ("alt text", not answer.alt.strip()),
            )
            if missing
        ]
        if empty:
            raise ValueError(f"{self.name}: blank {' and '.join(empty)} for {values}")
        return answer

    def frames(self) -> list[tuple[Any, Answer]]:
        """Values of the preview's parameter, the default among them, each with its answer."""
        if not self.preview:
            return []
        declared = self.parameters.declared(self.preview)
        values = {declared.check(_on_a_step(declared, v.item())) for v in declared.axis(FRAMES)}
        values |= {declared.default}
        return [(value, self.probe(**{self.preview: value})) for value in sorted(values)]

    @cached_property
    def view(self) -> View:
        """The live widget."""
        return View(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if sys.platform == "emscripten":
            # In the live page the widget alone is shown; its frames would cost 21 more runs.
            return {**self.view.mime(), "text/plain": self.view.session.settled.facts.text()}
        return {**self.view.mime(), **static.explorer(self)}


def _on_a_step(declared: Parameter, value: Any) -> Any:
    """A value that a reader would have set: whole steps, within the range."""
    if declared.kind != "number":
        return value
    steps = round(value / declared.step) * declared.step
    return min(declared.high, max(declared.low, float(f"{steps:.12g}")))
