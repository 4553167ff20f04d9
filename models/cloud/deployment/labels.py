"""Which deployment model is it? NIST's sentences and the article's, as rules that are run.

Every combination of attributes is asked every rule. A definition is sound if each combination gets
one label; where rules are silent it gets none, where they overlap it gets two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product

from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag

USERS = {
    "one": "One organization",
    "community": "Organizations with shared concerns",
    "industry": "One industry, different concerns",
    "anyone": "Anyone",
}
PARTIES = {"user": "Its users", "provider": "A provider", "both": "Both together"}
PLACES = {"user": "With its users", "provider": "With the provider"}
SIZES = {"large": "Large", "small": "Small"}
LINKS = {"apart": "Side by side", "bound": "Data and applications can move"}
SOURCES = {"nist": "NIST's", "article": "The article's"}
PRIVATE, COMMUNITY, PUBLIC, HYBRID = "private", "community", "public", "hybrid"


@dataclass(frozen=True)
class Cloud(Parameters):
    """One infrastructure, by what one can ask of it."""

    users: str = choice("one", USERS, label="Who may use it")
    owner: str = choice("provider", PARTIES, label="Who owns it")
    operator: str = choice("provider", PARTIES, label="Who built and runs it")
    place: str = choice("provider", PLACES, label="Where it stands")
    size: str = choice("large", SIZES, label="Size")
    rented: bool = flag(True, label="Its use costs rent")


@dataclass(frozen=True)
class Rule:
    """A sentence of a definition.

    Attributes
    ----------
    label : str
    words : str
        The sentence, shortened.
    fires : callable
        Whether a cloud fulfils it.
    """

    label: str
    words: str
    fires: Callable[[Cloud], bool]


RULES: dict[str, tuple[Rule, ...]] = {
    # SP 800-145: owner, operator and, but for public clouds, place are expressly left open.
    "nist": (
        Rule(PRIVATE, "exclusive use by a single organization", lambda c: c.users == "one"),
        Rule(
            COMMUNITY,
            "exclusive use by organizations that have shared concerns",
            lambda c: c.users == "community",
        ),
        Rule(
            PUBLIC,
            "open use by the general public, on the provider's premises",
            lambda c: c.users == "anyone" and c.place == "provider",
        ),
    ),
    "article": (
        Rule(
            PRIVATE,
            "built by an enterprise itself, on its own or rented infrastructure",
            lambda c: c.operator != "provider",
        ),
        Rule(
            COMMUNITY,
            "shared infrastructure for a community or an industry",
            lambda c: c.users in ("community", "industry"),
        ),
        Rule(
            PUBLIC,
            "large infrastructure rented out to the public",
            lambda c: c.users == "anyone" and c.size == "large" and c.rented,
        ),
    ),
}


def labels(cloud: Cloud, source: str = "nist") -> tuple[str, ...]:
    """Every label whose rule fires."""
    return tuple(rule.label for rule in RULES[source] if rule.fires(cloud))


def label_of_two(first: Cloud, second: Cloud, link: str) -> tuple[str, ...]:
    """What two clouds are together, by NIST.

    A hybrid is a composition of distinct clouds, each private, community or public, bound by
    technology that lets data and applications move. Side by side they are no third thing.
    """
    clouds = labels(first) and labels(second)
    return (HYBRID,) if clouds and link == "bound" else ()


@cache
def every_cloud() -> tuple[Cloud, ...]:
    """All combinations of the six attributes."""
    axes = [declared.axis().tolist() for declared in Cloud.declarations().values()]
    return tuple(Cloud(*values) for values in product(*axes))


@dataclass(frozen=True)
class Asked(Cloud):
    """A cloud, and whose rules are asked about it."""

    source: str = choice("nist", SOURCES, label="Rules")

    def cloud(self) -> Cloud:
        """The infrastructure alone."""
        return Cloud(**{name: getattr(self, name) for name in Cloud.declarations()})


@dataclass(frozen=True)
class Labelled:
    """What the rules say of a cloud and of its relatives.

    Attributes
    ----------
    parameters : Asked
    fired : tuple of Rule
        The rules that apply.
    counts : dict
        Label, "no label" or "several labels" to how many of the 72 combinations of users, place,
        owner and operator get it; size and rent as they are.
    """

    parameters: Asked
    fired: tuple[Rule, ...]
    counts: dict[str, int]

    @property
    def found(self) -> tuple[str, ...]:
        """The labels."""
        return tuple(rule.label for rule in self.fired)

    def facts(self) -> Facts:
        """Label, the rule that fired, and the census of the relatives."""
        words = "; ".join(rule.words for rule in self.fired)
        return Facts(
            Fact("Label", " and ".join(self.found) or "none"),
            Fact("Rule that fired", words or "none"),
            *(Fact(f"Combinations: {label}", count) for label, count in self.counts.items()),
            title=f"By {SOURCES[self.parameters.source]} rules",
        )


def classify(asked: Asked) -> Labelled:
    """Ask the rules about a cloud, and about every cloud of its size and price."""
    cloud = asked.cloud()
    fired = tuple(rule for rule in RULES[asked.source] if rule.fires(cloud))
    counts = dict.fromkeys((PRIVATE, COMMUNITY, PUBLIC, "no label", "several labels"), 0)
    for other in every_cloud():
        if (other.size, other.rented) == (cloud.size, cloud.rented):
            found = labels(other, asked.source)
            counts[found[0] if len(found) == 1 else "several labels" if found else "no label"] += 1
    return Labelled(asked, fired, counts)
