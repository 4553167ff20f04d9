"""The same application six ways: what has to be set up before its page answers."""

from dataclasses import dataclass
from hashlib import sha256

from models.cloud.service_models.layers import source
from models.cloud.service_models.messages import Answer
from models.cloud.service_models.offers import MODELS, Deployment
from models.facts import Fact, Facts

DIGITS = 8  # of the source's digest, enough to see that two are the same


@dataclass(frozen=True)
class SetUp:
    """A consumer's way from nothing to the page.

    Attributes
    ----------
    model : str
    answers : tuple of Answer
        What a visitor gets before the first step and after each: one layer a step, from below.
    """

    model: str
    answers: tuple[Answer, ...]

    def first(self, *statuses: int) -> int:
        """Steps after which the status is, for the first time, one of these."""
        return next(n for n, answer in enumerate(self.answers) if answer.status in statuses)

    def facts(self) -> Facts:
        """Named numbers and words."""
        return Facts(
            Fact("Anything answers after", self.first(200, 500, 503), "steps"),
            Fact("The page answers after", self.first(200), "steps"),
            Fact("The page", self.answers[-1].text.replace("<br>", " / ")),
            Fact("Digest of its source", sha256(source().encode()).hexdigest()[:DIGITS]),
            title=MODELS[self.model].title,
        )


def same_app(model: str) -> SetUp:
    """Set up the consumer's layers one by one, and visit after each."""
    deployment, layers = Deployment(MODELS[model]), MODELS[model].brings
    for layer in layers:
        deployment.break_(layer)
    answers = [deployment.request()]
    for layer in layers:
        deployment.mend(layer)
        answers.append(deployment.request())
    return SetUp(model, tuple(answers))
