"""04-1: draw the six lines of responsibility; every cell of the matrix is then tried."""

from dataclasses import dataclass

import numpy as np

from models.cloud.service_models.attempts import attempt
from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.offers import MODELS
from models.grading.feedback import Feedback, not_yet, passed
from models.grading.task import Attempt, Exercise, Planted
from models.parameters import Parameters, parameter

LETTERS = "ABCDEF"


@dataclass(frozen=True)
class Given(Parameters):
    """A price list whose order follows from its number."""

    number: int = parameter(1, low=1, high=9999, label="Price list")

    def offers(self) -> dict[str, str]:
        """Letter to what the customer hands over."""
        return {letter: MODELS[model].gives for letter, model in self.models().items()}

    def models(self) -> dict[str, str]:
        """Letter to service model."""
        order = np.argsort(np.random.default_rng((4, self.number)).random(len(MODELS)))
        return {letter: list(MODELS)[int(n)] for letter, n in zip(LETTERS, order, strict=True)}


def draw(rng: np.random.Generator) -> Given:
    """Another order."""
    return Given(number=int(rng.integers(2, 10_000)))


def prompt(given: Given) -> str:
    """The question."""
    listed = "; ".join(f"{letter}: {words}" for letter, words in given.offers().items())
    return (
        f"A price list has six offers, and says what the customer hands over. {listed}.\n"
        "Draw the line of each: give a dictionary from the letter to the lowest of the nine layers "
        f"that the customer may replace. The layers are, from below, {', '.join(NAMES)}. The check "
        "tries all 54 replacements."
    )


def mark(attempt_: Attempt) -> Feedback:
    """Whether each line is where the attempts put it."""
    models, answer = attempt_.given.models(), attempt_.answers[0]
    if not isinstance(answer, dict) or set(answer) != set(models):
        return not_yet("form", f"Give a dictionary with the keys {', '.join(LETTERS)}.")
    for letter, layer in answer.items():
        if layer not in NAMES:
            return not_yet("form", f"{letter}: {layer!r} is no layer; allowed: {', '.join(NAMES)}.")
    wrong = [
        (letter, layer)
        for letter, model in models.items()
        for layer in NAMES
        if attempt(model, layer, "replace").allowed != _drawn(answer[letter], layer)
    ]
    if not wrong:
        return passed("All 54 replacements were tried, and your lines foretold each of them.")
    letter, layer = wrong[0]
    tried = attempt(models[letter], layer, "replace")
    why = f"refused ({tried.refusal})" if tried.refusal else "allowed: the customer brought it"
    return not_yet(
        "counterexample",
        f"{54 - len(wrong)} of 54 are right.",
        f"{letter}, {attempt_.given.offers()[letter]}: replacing the {layer} is {why}.",
    )


def _drawn(lowest: str, layer: str) -> bool:
    """Whether a line at `lowest` says that this layer may be replaced."""
    return NAMES.index(layer) >= NAMES.index(lowest)


STUB = """\
task = exercise("04-1")
lines = TODO  # {"A": "kernel", "B": ...}
task.check(lines)
"""

# Reasoned from the words, not tried: the lowest thing that each customer hands over.
SOLUTION = """\
task = exercise("04-1")
lowest = {
    "servers": "network", "boots": "kernel", "container": "image",
    "source code": "process", "function": "code", "account": "data",
}
lines = {
    letter: next(layer for word, layer in lowest.items() if word in words)
    for letter, words in task.given.offers().items()
}
task.check(lines)
"""

EXERCISE = Exercise(
    id="04-1",
    title="Draw the six lines",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark,
    planted=(
        Planted(
            "constant",
            STUB.replace("TODO", 'dict.fromkeys("ABCDEF", "code")'),
            "of 54 are right",
        ),
        Planted(
            "off by one",
            SOLUTION.replace('"source code": "process"', '"source code": "runtime"'),
            "replacing the runtime is refused",
        ),
        Planted(
            "memoriser",
            SOLUTION.replace("task.given.offers()", "type(task.given)().offers()"),
            "of 54 are right",
        ),
    ),
)
