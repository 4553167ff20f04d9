"""One request on its way up the layers, when one of them fails or is attacked."""

from contextlib import suppress
from dataclasses import dataclass

from models.cloud.service_models.attempts import attacked
from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.messages import Answer, Request
from models.cloud.service_models.offers import MODELS, Deployment, Refused
from models.facts import Fact, Facts
from models.parameters import Parameters, choice

EVENTS = {
    "none": "Nothing",
    "fails": "It fails",
    "attacked": "It has a flaw, and is attacked",
    "mended by you": "The same, after your patch",
    "mended by the provider": "The same, after the provider's patch",
    "deployed": "The same, after the provider's patch and your deployment",
}
PATCHES = {
    "mended by you": "consumer",
    "mended by the provider": "provider",
    "deployed": "provider",
}


@dataclass(frozen=True)
class Visit(Parameters):
    """A visit to the guestbook."""

    model: str = choice("PaaS", {m.name: m.title for m in MODELS.values()}, label="Service model")
    layer: str = choice("image", {n: n.capitalize() for n in reversed(NAMES)}, label="Layer")
    event: str = choice("none", EVENTS, label="What happens to it")


@dataclass(frozen=True)
class Visited:
    """What the visitor got.

    Attributes
    ----------
    parameters : Visit
    answer : Answer
    yours : tuple of str
        The consumer's layers.
    """

    parameters: Visit
    answer: Answer
    yours: tuple[str, ...]

    @property
    def taken(self) -> int:
        """Layers in an attacker's hands: the attacked one and all above it."""
        return len(self.answer.text.split(",")) if attacked(self.answer) else 0

    def facts(self) -> Facts:
        """Named numbers and words."""
        status = self.answer.status or "none: the connection fails"
        return Facts(
            Fact("HTTP status", str(status)),
            Fact("The visitor reads", self.answer.text.replace("<br>", " / ")),
            Fact("Signed by", f"{len(self.answer.via)} of 9 layers"),
            Fact("In the attacker's hands", f"{self.taken} of 9 layers"),
            title=f"A visit to the guestbook on {MODELS[self.parameters.model].title}",
        )


def one_request(visit: Visit) -> Visited:
    """Deploy, let the event happen, and visit."""
    model = MODELS[visit.model]
    deployment, request = Deployment(model), Request()
    if visit.event == "fails":
        deployment.break_(visit.layer)
    elif visit.event != "none":
        request = Request(exploits=visit.layer)
    if who := PATCHES.get(visit.event):
        with suppress(Refused):  # a patch by who does not hold the layer changes nothing
            getattr(deployment, who).replace(visit.layer)
    if visit.event == "deployed":
        deployment.push()
    return Visited(visit, deployment.request(request), model.brings)
