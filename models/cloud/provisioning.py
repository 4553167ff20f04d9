"""How fast a fleet follows a burst, by the unit that it is made of, and whether it shrinks back.

The boot delays are inputs (`models.cloud.scaling.BOOT`, with their sources); what is measured is
how long the whole loop of seeing, deciding and booting takes, and what it leaves behind.
"""

import math
from dataclasses import dataclass

import numpy as np

from models.cloud.demand import Pattern, demand
from models.cloud.elasticity import elasticity
from models.cloud.outcome import Outcome
from models.cloud.scaling import BOOT, POLICIES, Scaler
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

BURST, SECONDS = 600.0, 3_600.0
SETTLED = 0.5  # servers by which the mean fleet may differ from what it was


@dataclass(frozen=True)
class Provisioning(Parameters):
    """A burst of ten minutes, met with one kind of unit."""

    unit: str = choice("VM", {unit: unit for unit in BOOT}, label="Unit")
    policy: str = choice("target", POLICIES, label="Policy")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Followed:
    """How the fleet followed; seconds, infinite for never.

    Attributes
    ----------
    parameters : Provisioning
    caught_up : float
        From the burst's beginning until the servers that are ready can take all its work.
    given_back : float
        From the burst's end until no more servers are rented than before it.
    kept : float
        Servers rented in the last ten minutes, above those rented before the burst.
    """

    parameters: Provisioning
    caught_up: float
    given_back: float
    kept: float

    def facts(self) -> Facts:
        """Named numbers."""
        return Facts(
            Fact("Caught up with the burst after", self.caught_up, "s"),
            Fact("Back to the former size after", self.given_back, "s"),
            Fact("Servers kept", self.kept, "servers", 1),
            title=f"A burst of ten minutes, met with {self.parameters.unit}",
        )


def provisioning(parameters: Provisioning) -> Followed:
    """Run a flash crowd and time what the fleet does, on the mean over the runs."""
    p = parameters
    pattern = Pattern(burst=BURST, seconds=SECONDS, seed=p.seed)
    crowd = demand(pattern)
    scaler = Scaler(policy=p.policy, boot=BOOT[p.unit], replications=8, seed=p.seed)
    run = elasticity(scaler, crowd)
    needed = float(crowd.rate.max()) * scaler.service
    begin, end = (round(t / run.interval) for t in (SECONDS / 3, SECONDS / 3 + BURST))
    before = _mean(run.rented, begin - BURST / run.interval, begin)
    ready = run.ready[begin:end].mean(axis=1) >= needed
    back = run.rented[end:].mean(axis=1) <= before + SETTLED
    last = _mean(run.rented, len(run.rented) - BURST / run.interval, len(run.rented))
    return Followed(p, _first(ready, run), _first(back, run), last - before)


def _mean(servers: np.ndarray, first: float, last: float) -> float:
    return float(servers[round(first) : round(last)].mean())


def _first(reached: np.ndarray, run: Outcome) -> float:
    """Seconds to the end of the first interval in which it is so."""
    return (int(np.argmax(reached)) + 1) * run.interval if reached.any() else math.inf
