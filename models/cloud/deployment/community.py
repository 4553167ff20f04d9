"""A cloud for a community: who gains by sharing one, who had better stay out, who is admitted.

A platform has people to run it, an audit for each concern of its members, and servers for the peak
of all of them together; and each concern makes every server dearer, for on a shared platform the
strictest rule holds for all. Who has no concern may rent in public instead. Admitted is who has the
community's concerns: that is a rule, and the purse does not always agree.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.cloud.deployment.sharing import Floats, partition, shapley, would_leave
from models.facts import Beside, Fact, Facts
from models.parameters import Parameters, choice, flag, parameter

HOURS = np.arange(24.0)


@dataclass(frozen=True)
class Organization:
    """One that looks for a cloud.

    Attributes
    ----------
    name, industry : str
    concerns : frozenset of str
        What its cloud must be audited for.
    peak : float
        Servers in its busiest hour.
    hour : float
        When that is.
    """

    name: str
    industry: str
    concerns: frozenset[str]
    peak: float
    hour: float

    @property
    def demand(self) -> Floats:
        """Servers busy in each hour of a day: a third at the quietest, a wave above it."""
        wave = (1 + np.cos(2 * np.pi * (HOURS - self.hour) / 24)) / 2
        return self.peak * (1 / 3 + 2 / 3 * wave**2)


_PATIENTS = frozenset({"patients", "residency"})
ORGANIZATIONS = (
    Organization("hospital", "health", _PATIENTS, 300, 10),
    Organization("clinic", "health", _PATIENTS, 60, 9),
    Organization("insurer", "finance", _PATIENTS, 200, 14),
    Organization("registry", "government", _PATIENTS, 100, 11),
    Organization("drug maker", "health", frozenset({"trials"}), 150, 2),
    Organization("gym chain", "health", frozenset(), 80, 19),
    Organization("bank", "finance", frozenset({"payments", "residency"}), 250, 12),
    Organization("game studio", "leisure", frozenset(), 200, 21),
)
CIRCLES = {
    "concerns": "Shared concerns, three industries",
    "industry": "One industry, different concerns",
    "outsider": "Shared concerns and a game studio",
    "everybody": "Everybody",
}


@dataclass(frozen=True)
class Sharing(Parameters):
    """Who shares, and what a platform costs."""

    circle: str = choice("concerns", CIRCLES, label="Who shares")
    surcharge: float = parameter(
        15.0, unit="%", low=0.0, high=60.0, step=1.0, label="Each concern makes a server dearer by"
    )
    people: float = parameter(
        30.0, unit="$/h", low=0.0, high=200.0, step=5.0, label="People to run a platform"
    )
    audit: float = parameter(
        10.0, unit="$/h", low=0.0, high=100.0, step=1.0, label="Audit, for each concern"
    )
    own: float = parameter(
        0.35, unit="$/h", low=0.05, high=2.0, step=0.05, label="An own server, used or not"
    )
    public: float = parameter(
        1.0, unit="$/h", low=0.1, high=10.0, step=0.1, scale="log", label="Public price, when used"
    )
    strict: bool = flag(True, label="Admit by shared concerns alone")

    @property
    def members(self) -> tuple[Organization, ...]:
        """The organizations of the circle."""
        if self.circle == "everybody":
            return ORGANIZATIONS
        if self.circle == "industry":
            return tuple(o for o in ORGANIZATIONS if o.industry == "health")
        alike = tuple(o for o in ORGANIZATIONS if o.concerns == _PATIENTS)
        return (*alike, ORGANIZATIONS[-1]) if self.circle == "outsider" else alike


@dataclass(frozen=True)
class Community:
    """The circle on one platform, beside everybody alone.

    Attributes
    ----------
    parameters : Sharing
    members : tuple of Organization
    platform : ndarray, shape (2 ** members,)
        Dollars an hour of one platform for each group of members (`sharing`).
    alone : ndarray, shape (members,)
        What each pays without the others: a platform of its own, or in public if it may.
    """

    parameters: Sharing
    members: tuple[Organization, ...]
    platform: Floats
    alone: Floats

    @property
    def together(self) -> float:
        """Dollars an hour of the one platform for all."""
        return float(self.platform[-1])

    @property
    def saved(self) -> float:
        """Share of the cost alone that sharing saves; negative where it costs more."""
        return 1 - self.together / float(self.alone.sum())

    @property
    def refused(self) -> tuple[str, ...]:
        """Who has not the concerns of the first member, around whom the circle forms."""
        wanted = self.members[0].concerns if self.parameters.strict else frozenset()
        return tuple(member.name for member in self.members if not wanted <= member.concerns)

    @cached_property
    def shares(self) -> Floats:
        """Shapley's, of the one platform."""
        return shapley(self.platform)

    @property
    def losers(self) -> tuple[str, ...]:
        """Members whose Shapley share is more than they pay alone."""
        return self._named(self.shares > self.alone * (1 + 1e-9))

    @cached_property
    def options(self) -> Floats:
        """The cheapest that each group can have: its platform, or each of one alone in public."""
        costs = self.platform.copy()
        for member, cost in enumerate(self.alone):
            costs[1 << member] = cost
        return costs

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The platforms that form where everybody joins the cheapest company."""
        return tuple(self._bits(group) for group in partition(self.options))

    def leavers(self, shares: Floats) -> tuple[str, ...]:
        """The group that gains most by leaving, if this is what each must pay."""
        return self._bits(would_leave(self.options, shares))

    @property
    def equal(self) -> Floats:
        """The cost in equal parts."""
        return np.full(len(self.members), self.together / len(self.members))

    @property
    def by_peak(self) -> Floats:
        """The cost in proportion to each member's own peak."""
        peaks = np.array([member.peak for member in self.members])
        return self.together * peaks / peaks.sum()

    def facts(self) -> Facts:
        """What sharing brings, and to whom not."""
        return Facts(
            Fact("Each alone", float(self.alone.sum()), "$/h"),
            Fact("One platform for all", self.together, "$/h"),
            Fact("Saved by sharing", 100 * self.saved, "%", 1),
            Fact("Refused, not sharing the concerns", _list(self.refused)),
            Fact("Pay more than alone (Shapley)", _list(self.losers)),
            Fact("Would leave Shapley's split", _list(self.leavers(self.shares))),
            Fact("Left to themselves", "; ".join(_list(group) for group in self.groups)),
            title=CIRCLES[self.parameters.circle],
        )

    def splits(self) -> Beside:
        """What each member pays alone, and by three ways to share the one platform's cost."""
        ways = {
            "Alone": self.alone,
            "Equal parts": self.equal,
            "By peak": self.by_peak,
            "Shapley": self.shares,
        }
        return Beside({way: self._each(shares) for way, shares in ways.items()}, title="Who pays?")

    def _each(self, shares: Floats) -> Facts:
        paid = zip(self.members, shares, strict=True)
        return Facts(
            *(Fact(member.name.capitalize(), float(share), "$/h") for member, share in paid),
            Fact("All", float(shares.sum()), "$/h"),
            Fact("Would leave", "–" if shares is self.alone else _list(self.leavers(shares))),
        )

    def _bits(self, group: int) -> tuple[str, ...]:
        return tuple(m.name for i, m in enumerate(self.members) if group >> i & 1)

    def _named(self, chosen: np.ndarray) -> tuple[str, ...]:
        return tuple(m.name for m, yes in zip(self.members, chosen, strict=True) if yes)


def community(parameters: Sharing) -> Community:
    """The costs of every group of the circle."""
    p, members = parameters, parameters.members
    platform = _platforms(members, p)
    alone = [_alone(m, float(platform[1 << i]), p) for i, m in enumerate(members)]
    return Community(p, members, platform, np.array(alone))


def _platforms(members: tuple[Organization, ...], p: Sharing) -> Floats:
    """Dollars an hour of one platform for each group: it meets every member's concerns."""
    groups = np.arange(2 ** len(members))
    there = (groups[:, None] >> np.arange(len(members)) & 1).astype(float)
    peaks = (there @ [member.demand for member in members]).max(axis=1)
    every = sorted(_concerns(members))
    have = np.array([[concern in m.concerns for concern in every] for m in members], float)
    concerns = (there @ have > 0).sum(axis=1)
    costs = p.people + p.audit * concerns + p.own * (1 + concerns * p.surcharge / 100) * peaks
    return np.where(groups > 0, costs, 0.0)


def _alone(member: Organization, platform: float, p: Sharing) -> float:
    """The cheaper of a platform of its own and, without concerns, the public cloud."""
    if member.concerns:
        return platform
    return min(platform, p.public * float(member.demand.mean()))


def _concerns(members: tuple[Organization, ...]) -> frozenset[str]:
    return frozenset().union(*(member.concerns for member in members))


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nobody"
