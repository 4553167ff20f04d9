"""Where may it run? Residency and compliance as rules, each of which shuts out some clouds.

What is left over is the admissible placements; the cheapest of them shows what the rules cost.
Whether a law applies is for lawyers. A model can show only what follows if it does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag, parameter

# From the narrowest: what lies at home lies in the union, too.
CIRCLES = {"home": "At home", "union": "In the union", "anywhere": "Anywhere"}
_WIDTH = {name: width for width, name in enumerate(CIRCLES)}
RULES = ("room", "place", "law", "audits", "exclusive")


@dataclass(frozen=True)
class Site:
    """A cloud that one may run in.

    Attributes
    ----------
    name : str
    price : float
        Dollars a server-hour.
    place, law : {"home", "union", "anywhere"}
        Where its machines stand, and whose law its operator has to obey.
    audits : frozenset of str
        What it has been audited for.
    exclusive : bool
        Whether nobody else's work runs on the same machines.
    room : int
        Servers that are free.
    """

    name: str
    price: float
    place: str = "anywhere"
    law: str = "anywhere"
    audits: frozenset[str] = frozenset()
    exclusive: bool = False
    room: int = 10_000


@dataclass(frozen=True)
class Needs:
    """What a workload asks of a cloud; attributes as of `Site`, the widest allowed.

    `exclusive` is asked for only where it is True.
    """

    servers: int = 1
    place: str = "anywhere"
    law: str = "anywhere"
    audits: frozenset[str] = frozenset()
    exclusive: bool = False


def broken(needs: Needs, site: Site) -> tuple[str, ...]:
    """The rules, of RULES, that this placement would break."""
    kept = {
        "room": needs.servers <= site.room,
        "place": _WIDTH[site.place] <= _WIDTH[needs.place],
        "law": _WIDTH[site.law] <= _WIDTH[needs.law],
        "audits": needs.audits <= site.audits,
        "exclusive": site.exclusive or not needs.exclusive,
    }
    return tuple(rule for rule in RULES if not kept[rule])


def cheapest(needs: Needs, sites: Iterable[Site]) -> Site | None:
    """The admissible site with the lowest price, of equals the first; None if there is none."""
    admissible = [site for site in sites if not broken(needs, site)]
    return min(admissible, key=lambda site: site.price, default=None)


_BOTH = frozenset({"security", "patients"})
_SECURITY = frozenset({"security"})
SITES = (
    Site("Overseas, public", 0.80, "anywhere", "anywhere", _SECURITY),
    Site("Overseas, union region", 0.95, "union", "anywhere", _BOTH),
    Site("Overseas, home region", 1.00, "home", "anywhere", _BOTH),
    Site("Union provider", 1.05, "union", "union", _SECURITY),
    Site("Overseas, own hosts", 1.30, "home", "anywhere", _BOTH, True),
    Site("Community, home", 1.35, "home", "home", _BOTH, False, 400),
    Site("Sovereign, union", 1.45, "union", "union", _BOTH),
    Site("Hosted private", 1.60, "union", "union", _BOTH, True),
    Site("Own hall", 1.90, "home", "home", _BOTH, True, 150),
)


@dataclass(frozen=True)
class Gate(Parameters):
    """What is asked of a cloud."""

    place: str = choice("anywhere", CIRCLES, label="The data lies")
    law: str = choice("anywhere", CIRCLES, label="The operator's law")
    audited: bool = flag(True, label="Audited for patients' data")
    exclusive: bool = flag(False, label="Nobody else on the machines")
    servers: int = parameter(100, unit="servers", low=1, high=1_000, scale="log", label="Servers")

    def needs(self) -> Needs:
        """As a workload's needs."""
        audits = _BOTH if self.audited else frozenset[str]()
        return Needs(self.servers, self.place, self.law, audits, self.exclusive)


@dataclass(frozen=True)
class Passed:
    """What the gate lets through.

    Attributes
    ----------
    parameters : Gate
    broken : dict
        Site to the rules that it breaks, in the order of price.
    chosen : Site or None
    """

    parameters: Gate
    broken: dict[Site, tuple[str, ...]]
    chosen: Site | None

    @property
    def admissible(self) -> int:
        """Sites that break no rule."""
        return sum(not rules for rules in self.broken.values())

    @property
    def price(self) -> float:
        """Of the chosen site; infinite if there is none."""
        return self.chosen.price if self.chosen else float("inf")

    @property
    def free(self) -> float:
        """The lowest price if nothing were asked but room."""
        site = cheapest(Needs(self.parameters.servers), SITES)
        return site.price if site else float("inf")

    @property
    def one_by_one(self) -> dict[str, float]:
        """What each rule adds to that price if it is the only one."""
        whole, nothing = self.parameters.needs(), Needs(self.parameters.servers)
        alone = {
            "place": replace(nothing, place=whole.place),
            "law": replace(nothing, law=whole.law),
            "audits": replace(nothing, audits=whole.audits),
            "exclusive": replace(nothing, exclusive=whole.exclusive),
        }
        prices = {rule: cheapest(needs, SITES) for rule, needs in alone.items()}
        return {
            rule: (site.price if site else float("inf")) - self.free
            for rule, site in prices.items()
        }

    def facts(self) -> Facts:
        """What is left, and what the rules cost."""
        alone = (f"{rule} {_dollars(more)}" for rule, more in self.one_by_one.items() if more > 0)
        return Facts(
            Fact("Admissible", self.admissible, f"of {len(self.broken)} clouds"),
            Fact("Cheapest of them", self.chosen.name if self.chosen else "none"),
            Fact("Its price", self.price, "$/h", 2),
            Fact("Each rule alone would add, $/h", ", ".join(alone) or "nothing"),
            Fact("All together add", self.price - self.free, "$/h", 2),
            title="What the rules leave, and what they cost",
        )


def _dollars(price: float) -> str:
    """As a fact shows it; a rule may leave no cloud at all."""
    return Fact("", price, digits=2).shown()


def gate(parameters: Gate) -> Passed:
    """Ask every site."""
    needs = parameters.needs()
    asked = {site: broken(needs, site) for site in sorted(SITES, key=lambda site: site.price)}
    return Passed(parameters, asked, cheapest(needs, SITES))
