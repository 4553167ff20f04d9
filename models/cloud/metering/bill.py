"""From use to a bill: records that get lost or come twice, rounding up, and whether it adds up.

The pool has counters of its own, at the hosts: what all tenants are billed for together ought to
be what the pool was used for. That is a conservation law, and anybody who sees both can check it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.cloud.metering.records import KINDS, Faults
from models.cloud.metering.rentals import LAWS, MONTH, Rentals, Seconds, rentals
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag, parameter

GRANULARITY = {"second": 1, "minute": 60, "hour": 3_600, "month": MONTH}
SHARES = np.array([0.0, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05])


@dataclass(frozen=True)
class Metering(Parameters):
    """How use is recorded, what happens to the records, and how the bill is rounded."""

    lost: float = parameter(
        0.1, unit="% of records", low=0.0, high=5.0, step=0.05, label="Records lost"
    )
    life: float = parameter(
        3_600.0, unit="s", low=10.0, high=100_000.0, step=10.0, scale="log", label="Mean lifetime"
    )
    twice: float = parameter(
        0.0, unit="% of records", low=0.0, high=5.0, step=0.05, label="Records that come twice"
    )
    numbered: bool = flag(False, label="Records are numbered")
    interval: int = parameter(300, unit="s", low=60, high=3_600, step=60, label="A record every")
    granularity: str = choice(
        "second",
        {"second": "Second", "minute": "Minute", "hour": "Hour", "month": "Month"},
        label="Billed by the started",
    )
    law: str = choice("random", LAWS, label="Lifetimes")
    skew: float = parameter(
        0.0, unit="s", low=0.0, high=60.0, step=1.0, label="Clocks of start and stop differ by"
    )
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Metered:
    """One month, billed from each kind of record.

    Attributes
    ----------
    parameters : Metering
    used : ndarray of int, shape (tenants,)
        Seconds that each tenant's machines really ran.
    billed : dict
        Kind of record to seconds billed, shape (tenants,).
    """

    parameters: Metering
    used: Seconds
    billed: dict[str, Seconds]

    @property
    def pool(self) -> int:
        """Seconds of use that the hosts counted, all tenants together."""
        return int(self.used.sum())

    def share(self, kind: str) -> float:
        """All bills together, as a share of the pool's use."""
        return float(self.billed[kind].sum()) / self.pool

    def facts(self) -> Facts:
        """What all tenants are billed for, against what the pool was used for."""
        return Facts(
            *(Fact(f"Billed from {kind}", 100 * self.share(kind), "% of use", 2) for kind in KINDS),
            Fact("Used, as the hosts counted", self.pool / 3_600, "machine-hours", 0),
            title="The bills of a month",
        )


def metering(parameters: Metering) -> Metered:
    """Record a month of use in every way, lose some of it, and bill what is left."""
    p = parameters
    month = rentals(p.life, p.law, np.random.default_rng(p.seed))
    return _billed(p, month)


def _billed(p: Metering, month: Rentals) -> Metered:
    # Whoever knows a record's number sees that it was there before.
    faults = Faults(p.lost / 100, 0.0 if p.numbered else p.twice / 100, p.skew)
    unit = GRANULARITY[p.granularity]
    billed = {}
    for kind, read in KINDS.items():
        seconds = read(month, p.interval, faults, np.random.default_rng(p.seed + 1))
        billed[kind] = month.by_tenant(round_up(seconds, unit))
    return Metered(p, month.by_tenant(month.life), billed)


def round_up(seconds: Seconds, granularity: int) -> Seconds:
    """Each machine's seconds, up to the end of the last unit that it began."""
    return -(-seconds // granularity) * granularity


def by_loss(parameters: Metering) -> dict[str, NDArray[np.float64]]:
    """Each kind's share of the true use at each share of lost records in SHARES."""
    p = parameters
    month = rentals(p.life, p.law, np.random.default_rng(p.seed))
    runs = [_billed(replace(p, lost=100 * float(share)), month) for share in SHARES]
    return {kind: np.array([run.share(kind) for run in runs]) for kind in KINDS}
