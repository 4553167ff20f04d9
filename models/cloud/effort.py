"""How much effort is left to whom: people at the provider, and layers that the consumer keeps."""

from dataclasses import dataclass

from models.cloud.platform.api import Session
from models.cloud.platform.clock import DAY, HOUR
from models.cloud.platform.cloud import Cloud
from models.cloud.platform.design import DESKS, Design
from models.cloud.platform.tenants import Quota
from models.cloud.service_models.attempts import who_acts
from models.cloud.service_models.offers import MODELS
from models.cloud.service_models.patches import LAYERS
from models.facts import Fact, Facts
from models.parameters import Parameters, choice

NIGHT = 5 * DAY + 3 * HOUR  # Saturday, three in the morning
LONG = 30 * DAY


@dataclass(frozen=True)
class Effort(Parameters):
    """How a service is asked for, and what is left to do once one has it."""

    desk: str = choice("api", DESKS, label="Who says yes")
    model: str = choice("SaaS", {m.name: m.title for m in MODELS.values()}, label="Service model")


@dataclass(frozen=True)
class Left:
    """The effort that is left.

    Attributes
    ----------
    parameters : Effort
    people : int
        At the provider, who must act for one wish on a Saturday night.
    waited : float
        Seconds until the wish was granted.
    layers : tuple of str
        Whose flaws wait for the consumer, alone or after the provider.
    """

    parameters: Effort
    people: int
    waited: float
    layers: tuple[str, ...]

    def facts(self) -> Facts:
        """People, hours and layers."""
        return Facts(
            Fact("People at the provider, for one wish", self.people),
            Fact("Waited for their yes", self.waited / HOUR, "h", 1),
            Fact("Layers that the consumer keeps up to date", len(self.layers), "layers"),
            Fact("Layers with code in all", len(LAYERS), "layers"),
            title=f"{MODELS[self.parameters.model].title}, {self.parameters.desk}",
        )


def effort(parameters: Effort) -> Left:
    """Ask for a VM at night; try who can mend each layer."""
    p = parameters
    cloud = Cloud({"shop": Quota()}, design=Design(desk=p.desk))
    cloud.run(NIGHT)
    order = Session(cloud, "shop").request("small")
    cloud.run(LONG)
    if order.approved is None:
        raise RuntimeError(f"{p.desk}: nobody answered within {LONG / DAY:g} days")
    return Left(
        parameters=p,
        people=order.touches,
        waited=order.approved - order.asked,
        layers=tuple(n for n in LAYERS if who_acts(p.model, n) != "the provider"),
    )
