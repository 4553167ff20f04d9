"""How sound the definitions are: every combination counted by its labels, and one thing changed.

A definition is sound if each combination gets one label. What it rests on shows when an attribute
is changed: the label stays, or it goes.
"""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

from models.cloud.deployment.labels import (
    COMMUNITY,
    PRIVATE,
    PUBLIC,
    SOURCES,
    Cloud,
    every_cloud,
    label_of_two,
    labels,
)
from models.facts import Fact, Facts
from models.parameters import Parameters, choice


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
