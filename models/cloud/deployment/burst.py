"""Bursting: some servers of one's own, and a public cloud for what exceeds them.

A server of one's own is paid for every hour, used or not; a rented one from its order until it is
given back. Work that overflows is of use elsewhere only after it has been *ported*: its data
copied, its application started. So each layer of the overflow loses the first hours of its burst:

        demand   ____________
                |  lost |    |        a layer above one's own servers, wanted from here to there,
    ____________|_______|____|______  is served after the porting time, and paid all the while
                 porting  served

The model rents whatever overflows, even where that costs more than the loss: a reader sees it then.

Served at any instant is therefore what was wanted without a break for the porting time: the least
overflow of that window.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np

from models.cloud.deployment.load import SHAPES, Floats, Load, Workload, load
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag, parameter

PEAK = 100  # servers: the demand of the planner's own workloads
MOST = 120  # servers of one's own on the curve
PARTS = 120  # of a file's peak, along the curves
AT_ONCE = 400_000  # numbers in an array


@dataclass(frozen=True)
class Prices(Parameters):
    """What a server and the lack of one cost an hour, and what moving takes."""

    public: float = parameter(
        1.0, unit="$/h", low=0.1, high=10.0, step=0.1, scale="log", label="Public price, when used"
    )
    porting: float = parameter(0.0, unit="h", low=0.0, high=24.0, step=0.25, label="Porting time")
    own: float = parameter(
        0.4, unit="$/h", low=0.05, high=2.0, step=0.05, label="Own cost, used or not"
    )
    missing: float = parameter(
        5.0, unit="$/h", low=0.5, high=50.0, step=0.5, scale="log", label="Loss by a missing server"
    )
    egress: float = parameter(
        0.0, unit="$/h", low=0.0, high=2.0, step=0.05, label="Data sent back by a rented server"
    )
    ahead: bool = flag(False, label="Order ahead, by a perfect forecast")


@dataclass(frozen=True)
class Burst(Prices):
    """Prices, a demand, and the servers that one owns."""

    base: int = parameter(100, unit="servers", low=0, high=MOST, label="Own servers")
    shape: str = choice("office", SHAPES, label="Demand")


@dataclass(frozen=True)
class Flows:
    """Where each step's demand goes; own + public + missing is the demand, step by step.

    Attributes
    ----------
    own, public, missing : ndarray, shape (..., steps)
        Servers busy at home, busy abroad, and wanted in vain.
    rented : ndarray, shape (..., steps)
        Servers paid abroad, busy or still being ported to.
    """

    own: Floats
    public: Floats
    missing: Floats
    rented: Floats


@dataclass(frozen=True)
class Cost:
    """Dollars an hour on average, one for each number of own servers.

    Attributes
    ----------
    own, rented, egress, missing : ndarray, shape (capacities,)
    """

    own: Floats
    rented: Floats
    egress: Floats
    missing: Floats

    @property
    def total(self) -> Floats:
        """All four together."""
        return self.own + self.rented + self.egress + self.missing


@dataclass(frozen=True)
class Plan:
    """A base of own servers with bursting, beside owning alone and renting alone.

    Attributes
    ----------
    prices : Prices
    load : Load
    base : float
        Own servers of the plan.
    capacities : ndarray
        Own servers along the curves.
    hybrid, alone : Cost
        With and without a public cloud to burst into, for each of `capacities`.
    parameters : Burst or None
        What a reader set; None for a demand from elsewhere.
    """

    prices: Prices
    load: Load
    base: float
    capacities: Floats
    hybrid: Cost
    alone: Cost
    parameters: Burst | None = field(default=None)

    @cached_property
    def flows(self) -> Flows:
        """Where the demand goes with `base` own servers."""
        return flows(self.load, np.array(self.base, float), self.prices)

    @cached_property
    def here(self) -> Cost:
        """Of the base; arrays without a dimension."""
        return cost(self.load, np.array([self.base], float), self.prices)

    @property
    def best(self) -> float:
        """Own servers of the cheapest hybrid."""
        return float(self.capacities[self.hybrid.total.argmin()])

    @property
    def public_alone(self) -> float:
        """Everything rented and at home there: nothing is ported, nothing missing."""
        p = self.prices
        return (p.public + p.egress) * self.load.mean

    @property
    def own_alone(self) -> float:
        """The cheapest number of own servers, with nowhere to burst to."""
        return float(self.alone.total.min())

    @property
    def benefit(self) -> float:
        """What the best hybrid saves of the better pure plan; negative where it costs more."""
        pure = min(self.public_alone, self.own_alone)
        return 1 - float(self.hybrid.total.min()) / pure

    @property
    def busy_enough(self) -> float:
        """The share of time above which an own server is worth having, nothing being ported."""
        p = self.prices
        return p.own / (p.public + p.egress)

    def facts(self) -> Facts:
        """The plan, the best plan and the pure ones."""
        here, wanted = self.here, self.load.mean
        return Facts(
            Fact("Cost of this plan", float(here.total[0]), "$/h", 1),
            Fact("of it for rented servers", float((here.rented + here.egress)[0]), "$/h", 1),
            Fact("Own servers busy", 100 * self._busy, "%"),
            Fact("Work missing", 100 * float(self.flows.missing.mean()) / wanted, "%", 1),
            Fact("Cheapest plan: own servers", self.best, "servers"),
            Fact("Cheapest plan: cost", float(self.hybrid.total.min()), "$/h", 1),
            Fact("Own alone, at its best", self.own_alone, "$/h", 1),
            Fact("Public alone", self.public_alone, "$/h", 1),
            Fact("Saved by having both", 100 * self.benefit, "%"),
            title="Own servers, bursting into a public cloud",
        )

    @property
    def _busy(self) -> float:
        return float(self.flows.own.mean()) / self.base if self.base else 0.0


def plan(parameters: Burst) -> Plan:
    """Two weeks of one of the made-up demands."""
    p = parameters
    demand = _workload(p.shape)
    return replace(plan_of(demand, p, p.base, np.arange(MOST + 1.0)), parameters=p)


def plan_of(demand: Load, prices: Prices, base: float, capacities: Floats | None = None) -> Plan:
    """The same for any demand, as that of a file; `capacities` go up to its peak by default."""
    if capacities is None:
        capacities = np.linspace(0.0, demand.peak, PARTS + 1)
    hybrid, alone = (cost(demand, capacities, prices, portable) for portable in (True, False))
    return Plan(prices, demand, base, capacities, hybrid, alone)


def cost(demand: Load, capacities: Floats, prices: Prices, portable: bool = True) -> Cost:
    """Mean cost an hour of each number of own servers; not `portable`, what overflows is missing.

    A few capacities at a time, so that a demand of a year does not fill the memory.
    """
    pieces = -(-capacities.size * demand.servers.size // AT_ONCE)
    means = [
        [x.mean(axis=-1) for x in (f.rented, f.public, f.missing)]
        for some in np.array_split(capacities, pieces)
        for f in [flows(demand, some, prices, portable)]
    ]
    rented, public, missing = (np.concatenate(parts) for parts in zip(*means, strict=True))
    p = prices
    return Cost(p.own * capacities, p.public * rented, p.egress * public, p.missing * missing)


def flows(demand: Load, base: Floats, prices: Prices, portable: bool = True) -> Flows:
    """Where the demand goes, for each number of own servers in `base` (any shape)."""
    own = np.minimum(demand.servers, base[..., None])
    over = demand.servers - own
    if not portable:
        nothing = np.zeros_like(over)
        return Flows(own, nothing, over, nothing)
    steps = porting_steps(demand, prices)
    if prices.ahead:
        # Whoever knows the future orders a porting time early: all is served, more is paid.
        rented = window(over[..., ::-1], steps, np.maximum)[..., ::-1]
        return Flows(own, over, np.zeros_like(over), rented)
    public = window(over, steps, np.minimum)
    return Flows(own, public, over - public, over)


def porting_steps(demand: Load, prices: Prices) -> int:
    """The porting time in steps of the demand, rounded: a demand has nothing within a step."""
    return round(prices.porting / demand.hours)


def window(values: Floats, steps: int, extreme: np.ufunc) -> Floats:
    """The least (or greatest) of each value and the `steps` before it, along the last axis.

    By doubling: a window of 2^k comes from two of half its width. Before the first value lies
    more of the same value: what was wanted at the start is taken to have been wanted before.
    """
    result, width = values, 1
    while width <= steps:
        shift = min(width, steps + 1 - width)
        shifted = np.concatenate(
            [np.repeat(result[..., :1], shift, axis=-1), result[..., :-shift]], axis=-1
        )[..., : values.shape[-1]]
        result, width = extreme(result, shifted), width + shift
    return result


@lru_cache(maxsize=len(SHAPES))
def _workload(shape: str) -> Load:
    return load(Workload(shape=shape, peak=PEAK))
