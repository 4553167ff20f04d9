"""Where do two clouds beat one? The benefit of a hybrid, by price and porting time."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from models.cloud.deployment.burst import MOST, Burst, Prices, flows, plan, plan_of
from models.cloud.deployment.load import SHAPES, Floats, Workload, load
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag, parameter

RATIOS = np.array([0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0])  # public price over own
PORTING = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0])  # hours
GRID = np.arange(0.0, MOST + 1, 3.0)  # own servers tried
WORTH = 0.01  # a saving of less than a hundredth is none
QUARTER = 0.25  # hours: steps in which a porting time is tried


@dataclass(frozen=True)
class Both(Parameters):
    """A demand, and what it costs to be short of a server."""

    missing: float = parameter(
        5.0, unit="$/h", low=0.5, high=50.0, step=0.5, scale="log", label="Loss by a missing server"
    )
    shape: str = choice("office", SHAPES, label="Demand")
    ahead: bool = flag(False, label="Order ahead, by a perfect forecast")
    own: float = parameter(
        0.4, unit="$/h", low=0.05, high=2.0, step=0.05, label="Own cost, used or not"
    )


@dataclass(frozen=True)
class Region:
    """The benefit of having both.

    Attributes
    ----------
    parameters : Both
    benefit : ndarray, shape (porting, ratios)
        Share that the best hybrid saves of the better pure plan, by PORTING and RATIOS; negative
        where it costs more.
    """

    parameters: Both
    benefit: Floats

    @property
    def worth(self) -> np.ndarray:
        """Whether a hybrid saves anything worth speaking of."""
        return self.benefit >= WORTH

    def facts(self) -> Facts:
        """Where the benefit is, and where it ends."""
        at_once = self.benefit[0]
        row = int(np.flatnonzero(RATIOS == 2.5)[0])
        useful = np.flatnonzero(self.worth[:, row])
        last = float(PORTING[useful[-1]]) if useful.size else None
        return Facts(
            Fact("Settings where both beat either", 100 * float(self.worth.mean()), "%"),
            Fact("Most that both save, nothing to port", 100 * float(at_once.max()), "%"),
            Fact("at a public price, over one's own, of", float(RATIOS[at_once.argmax()]), "", 2),
            Fact(
                "At 2.5 times, worth it up to a porting time of",
                "never" if last is None else last,
                "" if last is None else "h",
                2,
            ),
            title="Own, public, or both?",
        )


def both(parameters: Both) -> Region:
    """The best hybrid of every setting against the better of own alone and public alone."""
    p = parameters
    demand = load(Workload(shape=p.shape))
    rented, missing = _needed(p.shape, p.ahead)
    public = p.own * RATIOS[None, :]
    hybrid = (
        p.own * GRID[None, None, :]
        + public[..., None] * rented[:, None, :]
        + p.missing * missing[:, None, :]
    ).min(axis=-1)
    pure = plan_of(demand, Prices(own=p.own, missing=p.missing), 0.0, GRID).own_alone
    return Region(p, 1 - hybrid / np.minimum(pure, public * demand.mean))


@lru_cache(maxsize=2 * len(SHAPES))
def _needed(shape: str, ahead: bool) -> tuple[Floats, Floats]:
    """Servers rented and missing on average, shape (porting, own servers); no price matters."""
    demand = load(Workload(shape=shape))
    each = [flows(demand, GRID, Prices(porting=float(h), ahead=ahead)) for h in PORTING]
    rented = np.array([f.rented.mean(axis=-1) for f in each])
    return rented, np.array([f.missing.mean(axis=-1) for f in each])


def worthless_from(parameters: Burst) -> float:
    """The first porting time, hours, from which the best hybrid saves nothing.

    Tried in quarters of an hour; infinite where even a day's porting leaves a benefit.
    """
    longest = Prices.declared("porting").high
    for hours in np.arange(0.0, longest + QUARTER, QUARTER):
        if plan(replace(parameters, porting=float(hours))).benefit < WORTH:
            return float(hours)
    return float("inf")
