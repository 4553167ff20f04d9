"""How rapid is rapid? The stories again, while machines come later and stay longer."""

from dataclasses import dataclass

from models.cloud.platform.clock import DAY, MINUTE
from models.cloud.platform.design import Design
from models.cloud.traits.stories import STORIES, Told, tell
from models.facts import Fact, Facts
from models.parameters import Parameters, parameter


@dataclass(frozen=True)
class Pace(Parameters):
    """A cloud with all five traits, except that it takes its time."""

    lead: float = parameter(
        1.0, unit="min", low=0.1, high=20_000.0, step=0.1, scale="log", label="From yes to a place"
    )
    term: float = parameter(0.0, unit="days", low=0.0, high=60.0, step=0.5, label="Least time")

    def design(self) -> Design:
        """The cloud."""
        return Design(lead=self.lead * MINUTE, term=self.term * DAY)


@dataclass(frozen=True)
class Paced:
    """How the stories end.

    Attributes
    ----------
    parameters : Pace
    told : dict of str to Told
        By story.
    """

    parameters: Pace
    told: dict[str, Told]

    @property
    def standing(self) -> tuple[str, ...]:
        """The stories that end well."""
        return tuple(name for name, told in self.told.items() if told.stands)

    def facts(self) -> Facts:
        """How each story ends."""
        return Facts(
            *(Fact(STORIES[name].title, told.words()) for name, told in self.told.items()),
            Fact("Stories that stand", f"{len(self.standing)} of {len(STORIES)}"),
            title="At this pace",
        )


def at_pace(parameters: Pace) -> Paced:
    """Play all stories."""
    return Paced(parameters, tell(parameters.design()))
