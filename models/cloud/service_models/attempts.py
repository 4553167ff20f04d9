"""Who may touch this layer? Every operation is tried, and the answer of the application tells."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.messages import Answer, Request
from models.cloud.service_models.offers import MODELS, Deployment, Hands, Refused
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag

OPERATIONS = {
    "replace": "Put your own in its place",
    "set": "Turn its knob",
    "install": "Install a package for it in the image",
}
REFUSED, NO_EFFECT, EFFECT = "refused", "allowed, and nothing changes", "allowed"


@dataclass(frozen=True)
class Question(Parameters):
    """One attempt of the consumer's."""

    model: str = choice("CaaS", {m.name: m.title for m in MODELS.values()}, label="Service model")
    layer: str = choice(
        "kernel", {name: name.capitalize() for name in reversed(NAMES)}, label="Layer"
    )
    operation: str = choice("replace", OPERATIONS, label="Operation")
    guarded: bool = flag(True, label="The provider keeps its layers to itself")


@dataclass(frozen=True)
class Attempt:
    """What came of one attempt.

    Attributes
    ----------
    model, layer, operation : str
    before, after : Answer
        What a visitor gets before and after.
    refusal : str
        Empty if the operation was allowed.
    """

    model: str
    layer: str
    operation: str
    before: Answer
    after: Answer
    refusal: str = ""

    @property
    def allowed(self) -> bool:
        """Whether nobody refused it."""
        return not self.refusal

    @property
    def outcome(self) -> str:
        """REFUSED, NO_EFFECT or EFFECT, the last two by comparing the answers."""
        if self.refusal:
            return REFUSED
        return NO_EFFECT if self.before == self.after else EFFECT


@dataclass(frozen=True)
class Tried:
    """One attempt, among the same operation on every layer of every model.

    Attributes
    ----------
    parameters : Question
    grid : dict
        (model, layer) to Attempt.
    """

    parameters: Question
    grid: dict[tuple[str, str], Attempt]

    @property
    def chosen(self) -> Attempt:
        """The attempt that was asked for."""
        return self.grid[self.parameters.model, self.parameters.layer]

    def layers(self, model: str) -> tuple[str, ...]:
        """Those of a model, from the lowest, on which the operation took effect."""
        return tuple(name for name in NAMES if self.grid[model, name].outcome == EFFECT)

    def facts(self) -> Facts:
        """Named numbers and words."""
        p, attempt = self.parameters, self.chosen
        return Facts(
            Fact("The attempt", attempt.outcome),
            Fact(f"How the {p.layer} signs the answer", _signature(attempt.after, p.layer)),
            Fact("This operation has an effect on", f"{len(self.layers(p.model))} of 9 layers"),
            Fact(f"If the {p.layer} has a flaw, who must act", who_acts(p.model, p.layer)),
            title=f"{MODELS[p.model].title}: you bring {MODELS[p.model].gives}",
        )


def attempts(question: Question) -> Tried:
    """Try the operation on every layer of every model, each time on a fresh deployment."""
    grid = {
        (model, layer): attempt(model, layer, question.operation, question.guarded)
        for model in MODELS
        for layer in NAMES
    }
    return Tried(question, grid)


@cache  # a drag over models and layers asks for the same 54 again
def attempt(model: str, layer: str, operation: str, guarded: bool = True) -> Attempt:
    """One operation by the consumer, and what a visitor gets before and after it."""
    deployment = Deployment(MODELS[model], guarded)
    before, refusal = deployment.request(), ""
    try:
        _operate(deployment.consumer, layer, operation)
    except Refused as error:
        refusal = str(error)
    return Attempt(model, layer, operation, before, deployment.request(), refusal)


def _operate(hands: Hands, layer: str, operation: str) -> None:
    operations = {"replace": hands.replace, "set": hands.set, "install": hands.install}
    operations[operation](layer)


@cache
def who_acts(model: str, layer: str) -> str:
    """Who can end an attack on a flaw of this layer, found by letting each try.

    Returns
    -------
    str
        "the consumer", "the provider", or "the provider, then your next deployment".
    """
    if not attacked(mended(model, layer, "consumer")):
        return "the consumer"
    if not attacked(mended(model, layer, "provider")):
        return "the provider"
    return "the provider, then your next deployment"


def mended(model: str, layer: str, who: str) -> Answer:
    """What the attack gets after one of them has tried to replace the flawed layer."""
    deployment = Deployment(MODELS[model])
    with suppress(Refused):  # not in these hands: the attack will tell
        getattr(deployment, who).replace(layer)
    return deployment.request(Request(exploits=layer))


def kernel_package(model: str) -> str:
    """What an attack on the kernel meets after a fixed kernel's package was installed.

    Returns
    -------
    str
        "refused" if it may not be installed, "down" if nothing answers afterwards, "mended" if
        the attack fails, and "same" if it succeeds.
    """
    deployment = Deployment(MODELS[model])
    try:
        deployment.consumer.install("kernel")
    except Refused:
        return "refused"
    if deployment.request().status != 200:
        return "down"
    return "same" if attacked(deployment.request(Request(exploits="kernel"))) else "mended"


def attacked(answer: Answer) -> bool:
    """Whether an attack got what it wanted."""
    return answer.text.startswith("taken")


def _signature(answer: Answer, layer: str) -> str:
    """The layer's line in an answer; of one that never came back, what was seen instead."""
    lines = (line for line in answer.via if line.startswith(layer))
    return next(lines, answer.text)
