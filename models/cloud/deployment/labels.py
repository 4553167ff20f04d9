"""Which deployment model is it? NIST's sentences and the article's, as rules that are run.

Every combination of attributes is asked every rule. A definition is sound if each combination gets
one label; where rules are silent it gets none, where they overlap it gets two.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations_with_replacement, product

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


@dataclass(frozen=True)
class Census(Parameters):
    """Which combinations to ask, and whose rules."""

    about: str = choice(
        "one",
        {
            "one": "One organization",
            "several": "Several organizations",
            "anyone": "Anyone",
            "two": "Two clouds, bound together",
        },
        label="Combinations",
    )
    source: str = choice("nist", SOURCES, label="Rules")


@dataclass(frozen=True)
class Counted:
    """How many labels the combinations got.

    Attributes
    ----------
    parameters : Census
    none, one, more : int
        Combinations without a label, with one, and with several.
    """

    parameters: Census
    none: int
    one: int
    more: int

    @property
    def all(self) -> int:
        """Combinations asked."""
        return self.none + self.one + self.more

    def facts(self) -> Facts:
        """The counts."""
        return Facts(
            Fact("Combinations", self.all),
            Fact("with exactly one label", self.one),
            Fact("with none", self.none),
            Fact("with several", self.more),
            title=Census.declared("about").choices[self.parameters.about],
        )


def census(parameters: Census) -> Counted:
    """Label every combination that the parameters ask for."""
    p = parameters
    if p.about == "two":
        kinds = Counter(labels(cloud) for cloud in every_cloud())
        # Two clouds with the same labels behave the same, so each pair of kinds is asked once.
        example = {labels(cloud): cloud for cloud in every_cloud()}
        found: Counter[int] = Counter()
        for a, b in combinations_with_replacement([kind for kind in kinds if kind], 2):
            pairs = kinds[a] * (kinds[a] + 1) // 2 if a == b else kinds[a] * kinds[b]
            found[len(label_of_two(example[a], example[b], "bound"))] += pairs
    else:
        users = ("community", "industry") if p.about == "several" else (p.about,)
        asked = (cloud for cloud in every_cloud() if cloud.users in users)
        found = Counter(len(labels(cloud, p.source)) for cloud in asked)
    several = sum(count for labelled, count in found.items() if labelled > 1)
    return Counted(p, found[0], found[1], several)


@dataclass(frozen=True)
class Change(Parameters):
    """A label, and the attribute that is changed."""

    label: str = choice(
        PRIVATE, {PRIVATE: "Private", COMMUNITY: "Community", PUBLIC: "Public"}, label="Label"
    )
    attribute: str = choice(
        "users",
        {name: declared.label for name, declared in Cloud.declarations().items()},
        label="Changed",
    )
    against: str = choice("nist", SOURCES, label="The article's sentence against")


@dataclass(frozen=True)
class Agreement:
    """Whether the article's sentence still agrees with NIST's (or `against`) after the change.

    Attributes
    ----------
    parameters : Change
    agree, differ : int
        Changed clouds about which both say the same, and not.
    kept : int
        Changed clouds that the other source labels as before.
    """

    parameters: Change
    agree: int
    differ: int
    kept: int

    def facts(self) -> Facts:
        """The counts."""
        p = self.parameters
        return Facts(
            Fact("Clouds after the change", self.agree + self.differ),
            Fact(f"still {p.label} for NIST", self.kept),
            Fact("article and NIST agree", self.agree),
            Fact("they differ", self.differ),
            title=f"{Change.declared('attribute').choices[p.attribute]}: changed",
        )


def compare(parameters: Change) -> Agreement:
    """From every cloud that both give the label, change one attribute to each other value."""
    p = parameters
    values = Cloud.declared(p.attribute).axis().tolist()
    changed = [
        replace(cloud, **{p.attribute: value})
        for cloud in every_cloud()
        if all(p.label in labels(cloud, source) for source in (p.against, "article"))
        for value in values
        if value != getattr(cloud, p.attribute)
    ]
    theirs, article = (
        [p.label in labels(cloud, source) for cloud in changed] for source in (p.against, "article")
    )
    agree = sum(a == b for a, b in zip(theirs, article, strict=True))
    return Agreement(p, agree, len(changed) - agree, sum(theirs))
