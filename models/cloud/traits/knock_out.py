"""Knock out a trait, or two, and see which tenants' stories break."""

from dataclasses import dataclass
from functools import cache

from models.cloud.platform.design import Design
from models.cloud.traits.ablation import TRAITS, without
from models.cloud.traits.stories import STORIES, Told, tell
from models.facts import Fact, Facts
from models.parameters import Parameters, choice

NOTHING = "nothing"
PLANNER = "ledger"  # the story whose tenant orders eight weeks ahead and changes nothing
_OUT = {NOTHING: "Nothing", **{trait: trait.capitalize() for trait in TRAITS}}

_WHOSE = {"all": "All six", "planner": "Only who plans ahead"}


@dataclass(frozen=True)
class KnockOut(Parameters):
    """A cloud without one or two of its traits."""

    first: str = choice(NOTHING, _OUT, label="Take away")
    second: str = choice(NOTHING, _OUT, label="And also")
    tenants: str = choice("all", _WHOSE, label="Whose stories")

    @property
    def taken(self) -> tuple[str, ...]:
        """The traits that are taken away, in the article's order."""
        return tuple(trait for trait in TRAITS if trait in (self.first, self.second))


@dataclass(frozen=True)
class Knocked:
    """How the stories end.

    Attributes
    ----------
    parameters : KnockOut
    told : dict of str to Told
        By story.
    """

    parameters: KnockOut
    told: dict[str, Told]

    @property
    def broken(self) -> tuple[str, ...]:
        """The stories that do not end well."""
        return tuple(name for name, told in self.told.items() if not told.stands)

    def facts(self) -> Facts:
        """How each story ends."""
        return Facts(
            *(Fact(STORIES[name].title, told.words()) for name, told in self.told.items()),
            Fact("Stories that break", f"{len(self.broken)} of {len(self.told)}"),
            title=f"Without {' and '.join(self.parameters.taken) or 'anything taken away'}",
        )


def knock_out(parameters: KnockOut) -> Knocked:
    """Play the stories."""
    told = dict(_told(without(parameters.taken)))
    if parameters.tenants == "planner":
        told = {PLANNER: told[PLANNER]}
    return Knocked(parameters, told)


@cache
def _told(design: Design) -> tuple[tuple[str, Told], ...]:
    return tuple(tell(design).items())
