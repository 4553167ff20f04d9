"""Rounding up: what machines are billed for when only whole hours, minutes or seconds are sold."""

from dataclasses import dataclass

import numpy as np

from models.cloud.metering.bill import GRANULARITY, round_up
from models.cloud.metering.rentals import LAWS, Seconds, lives
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

DRAWN = 4_000  # lifetimes
LIVES = np.geomspace(10, 1_000_000, 26)  # s, of the picture's curves


@dataclass(frozen=True)
class Rounding(Parameters):
    """Machines of some lifetime, and the unit in which it is sold."""

    life: float = parameter(
        3_600.0, unit="s", low=10.0, high=1_000_000.0, step=10.0, scale="log", label="Mean lifetime"
    )
    granularity: str = choice(
        "hour",
        {"second": "Second", "minute": "Minute", "hour": "Hour"},
        label="Billed by the started",
    )
    minimum: float = parameter(
        0.0, unit="s", low=0.0, high=3_600.0, step=60.0, label="Billed at least"
    )
    law: str = choice("random", LAWS, label="Lifetimes")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Rounded:
    """Lifetimes and what is billed for them.

    Attributes
    ----------
    parameters : Rounding
    used, billed : ndarray of int, shape (machines,)
        Seconds.
    """

    parameters: Rounding
    used: Seconds
    billed: Seconds

    @property
    def together(self) -> float:
        """All bills over all use."""
        return float(self.billed.sum()) / float(self.used.sum())

    def facts(self) -> Facts:
        """All machines together, and one by one."""
        each = self.billed / self.used
        return Facts(
            Fact("All bills together", 100 * self.together, "% of use", 1),
            Fact("The machine in the middle", 100 * float(np.median(each)), "% of its use", 0),
            Fact("Billed twice their use or more", 100 * float((each >= 2).mean()), "%", 0),
            title=f"Billed by the {self.parameters.granularity}",
        )


def rounding(parameters: Rounding) -> Rounded:
    """Draw lifetimes and round them up."""
    p = parameters
    drawn = p.life * lives(p.law, DRAWN, np.random.default_rng(p.seed))
    used = np.ceil(np.maximum(drawn, 1.0)).astype(np.int64)
    least = np.maximum(used, int(np.ceil(p.minimum)))
    return Rounded(p, used, round_up(least, GRANULARITY[p.granularity]))


def mean_factor(life: float, granularity: float) -> float:
    """All bills over all use for exponential lifetimes, in closed form.

    Unit k is billed if the machine still lives at its beginning, with probability exp(-k g/life);
    their sum is geometric.
    """
    units = granularity / life
    return units / -float(np.expm1(-units))
