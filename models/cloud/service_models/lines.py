"""A reader's own six lines of responsibility, held against all 54 attempts."""

from dataclasses import dataclass

from models.cloud.service_models.attempts import attempt
from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.offers import MODELS
from models.facts import Fact, Facts
from models.parameters import Parameters, parameter

MOST = len(NAMES)


def _line(model: str) -> int:
    return parameter(5, unit="layers yours", low=0, high=MOST, step=1, label=MODELS[model].title)


@dataclass(frozen=True)
class Lines(Parameters):
    """How many layers, from the top, the consumer may replace."""

    iaas: int = _line("IaaS")
    paas: int = _line("PaaS")
    saas: int = _line("SaaS")
    own: int = _line("own")
    caas: int = _line("CaaS")
    faas: int = _line("FaaS")

    def says(self, model: str, layer: str) -> bool:
        """Whether these lines let the consumer of a model replace a layer."""
        return bool(NAMES.index(layer) >= MOST - getattr(self, model.lower()))


@dataclass(frozen=True)
class Drawn:
    """How many attempts the lines foretell.

    Attributes
    ----------
    parameters : Lines
    right : dict
        Service model to the number of its layers for which the attempt agreed.
    """

    parameters: Lines
    right: dict[str, int]

    def facts(self) -> Facts:
        """Named numbers; not which of the lines is wrong."""
        every = MOST * len(MODELS)
        whole = sum(right == MOST for right in self.right.values())
        return Facts(
            Fact("Attempts that your lines foretell", f"{sum(self.right.values())} of {every}"),
            Fact("Models that are right from top to bottom", f"{whole} of {len(MODELS)}"),
            title="Your six lines, each tried on nine layers",
        )


def lines(parameters: Lines) -> Drawn:
    """Try to replace every layer on every model, and compare with what the lines say."""
    right = {
        model: sum(
            attempt(model, layer, "replace").allowed == parameters.says(model, layer)
            for layer in NAMES
        )
        for model in MODELS
    }
    return Drawn(parameters, right)
