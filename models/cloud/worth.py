"""Is elasticity worth its bill? One scaler against every fixed fleet, on the same requests.

A fixed fleet is the only honest rival: for any violations that an elastic fleet allows there is a
fixed one that allows as few, and the question is what it costs.
"""

from dataclasses import dataclass, replace

import numpy as np

from models.cloud.demand import Pattern, demand
from models.cloud.elasticity import draw, elasticity, simulate
from models.cloud.outcome import Outcome
from models.cloud.scaling import POLICIES, Scaler
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

SECONDS = 1_800.0  # a flash crowd after ten of thirty minutes
RUNS = 4


@dataclass(frozen=True)
class Trial(Parameters):
    """A flash crowd, and the scaler that meets it; the rest as `Pattern` and `Scaler` have it."""

    policy: str = choice("target", POLICIES, label="Policy")
    boot: float = parameter(
        30.0, unit="s", low=0.1, high=3_600.0, step=5.0, scale="log", label="Boot delay"
    )
    burst: float = parameter(
        60.0, unit="s", low=10.0, high=600.0, step=10.0, scale="log", label="Length of the burst"
    )
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Fleet:
    """What one way of providing servers came to, averaged over the runs.

    Attributes
    ----------
    late : float
        Share of requests that waited longer than is fine.
    bill : float
        Money, by the second.
    """

    late: float
    bill: float


@dataclass(frozen=True)
class Worth:
    """An elastic fleet and its rivals.

    Attributes
    ----------
    parameters : Trial
    elastic : Fleet
    nothing : Fleet
        The fleet that the scaler starts with, never changed.
    fixed : tuple of Fleet
        Fixed fleets in order of size, from the least that keeps up with calm demand to a quarter
        above the peak's.
    """

    parameters: Trial
    elastic: Fleet
    nothing: Fleet
    fixed: tuple[Fleet, ...]

    @property
    def rival(self) -> Fleet:
        """The cheapest fixed fleet in which no more requests are late."""
        return min(
            (fleet for fleet in self.fixed if fleet.late <= self.elastic.late),
            key=lambda fleet: fleet.bill,
            default=self.fixed[-1],
        )

    def facts(self) -> Facts:
        """The three side by side."""
        rows = []
        for name, fleet in (
            ("Elastic", self.elastic),
            ("Do nothing", self.nothing),
            ("Cheapest fixed fleet as good", self.rival),
        ):
            rows.append(Fact(f"{name}: waited too long", 100 * fleet.late, "%", 1))
            rows.append(Fact(f"{name}: bill", fleet.bill, "$", 3))
        return Facts(*rows, title="Is it worth the bill?")


def worth(parameters: Trial) -> Worth:
    """Run the scaler and its rivals on the same requests."""
    p = parameters
    crowd = demand(Pattern(rate=4.0, peak=4.0, burst=p.burst, seconds=SECONDS, seed=p.seed))
    scaler = Scaler(policy=p.policy, boot=p.boot, replications=RUNS, seed=p.seed)
    peak = int(np.ceil(crowd.rate.max() * scaler.service))
    fleets = [
        replace(scaler, policy="fixed", minimum=n, maximum=n)
        for n in range(int(crowd.rate.min() * scaler.service) + 1, peak + peak // 4)
    ]
    load = draw(fleets, [crowd] * len(fleets), RUNS)
    columns = [fleet for fleet in fleets for _ in range(RUNS)]
    fixed = _fleets(simulate(columns, load), len(fleets))
    (elastic,) = _fleets(elasticity(scaler, crowd), 1)
    (nothing,) = _fleets(elasticity(replace(scaler, policy="fixed"), crowd), 1)
    return Worth(p, elastic, nothing, fixed)


def _fleets(outcome: Outcome, count: int) -> tuple[Fleet, ...]:
    """One fleet from each group of replications."""
    late, bill = (x.reshape(count, -1).mean(axis=1) for x in (outcome.late, outcome.bill))
    return tuple(Fleet(float(a), float(b)) for a, b in zip(late, bill, strict=True))
