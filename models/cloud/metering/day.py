"""A day on the small cloud: its meter's readings, and what the hosts counted by themselves."""

from dataclasses import dataclass

import numpy as np

from models.cloud.chance import places
from models.cloud.metering.invoice import invoice
from models.cloud.platform.api import Session
from models.cloud.platform.cloud import Cloud
from models.cloud.platform.fleet import VCPUS
from models.cloud.platform.metering import Reading
from models.cloud.platform.tenants import Quota
from models.facts import Fact, Facts

MINUTES = 24 * 60
STARTS, STOPS = 0.06, 0.005  # a minute: a tenant's, and each running machine's


@dataclass(frozen=True)
class Day:
    """What was written and what was held.

    Attributes
    ----------
    readings : tuple of Reading
        In the order in which they were written.
    until : float
        The day's length, in seconds.
    counted : float
        vCPU-seconds in use on all hosts, added up minute by minute without the meter.
    """

    readings: tuple[Reading, ...]
    until: float
    counted: float

    def audit(self, readings: tuple[Reading, ...]) -> Facts:
        """The invoice that these readings make, beside what the hosts counted."""
        counted = Fact("Counted by the hosts", self.counted / 3_600, "vCPU-hours", 2)
        return Facts(*invoice(readings, self.until).facts(), counted, title="Invoice and count")


def day(seed: int = 1) -> Day:
    """Two tenants start and stop machines at random, at full minutes."""
    rng = np.random.default_rng(seed)
    cloud = Cloud({"A": Quota(), "B": Quota()})
    tenants = {name: Session(cloud, name) for name in ("A", "B")}
    running: list[tuple[str, str]] = []
    counted = 0.0
    for _ in range(MINUTES):
        for name, session in tenants.items():
            if rng.random() < STARTS:
                running += [(name, vm.name) for vm in session.request("small").vms]
        stopping = rng.random(len(running)) < STOPS
        for (name, vm), stops in zip(running, stopping, strict=True):
            if stops:
                tenants[name].terminate(vm)
        running = [each for each, stops in zip(running, stopping, strict=True) if not stops]
        counted += 60.0 * float(cloud.floor.fleet.used[VCPUS].sum())
        cloud.run(60.0)
    return Day(tuple(cloud.floor.meter.readings), cloud.now, counted)


def lossy(
    readings: tuple[Reading, ...], lost: float, twice: float, seed: int = 1
) -> tuple[Reading, ...]:
    """The readings as a network delivers them: some lost, some twice, in any order.

    Parameters
    ----------
    readings : tuple of Reading
    lost, twice : float
        Shares, below 1.
    seed : int
    """
    rng = np.random.default_rng(seed)
    gone = set(places(len(readings), lost, rng).tolist())
    again = places(len(readings), twice, rng).tolist()
    came = [r for i, r in enumerate(readings) if i not in gone] + [readings[i] for i in again]
    order = np.argsort(rng.random(len(came)), kind="stable")
    return tuple(came[i] for i in order.tolist())
