"""What was taken, by whom, from when to when: readings at every change, none in between.

A reading says how much a VM holds from now on, so that a sum over readings is an integral over
time. Readings are numbered without gaps: who gets them can tell that one is missing or came twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """What a VM holds from an instant on; both zero when it holds nothing any more.

    Attributes
    ----------
    number : int
        From 0, without gaps.
    time : float
        In seconds.
    tenant, vm : str
    vcpus, memory : int
        Memory in GiB.
    """

    number: int
    time: float
    tenant: str
    vm: str
    vcpus: int
    memory: int


class Meter:
    """Keeps readings, and adds them up."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def read(self, time: float, tenant: str, vm: str, vcpus: int, memory: int) -> None:
        """Keep one reading."""
        self.readings.append(Reading(len(self.readings), time, tenant, vm, vcpus, memory))

    def vcpu_seconds(self, tenant: str, until: float) -> float:
        """What the tenant's VMs have held, vCPUs times seconds, up to an instant."""
        return vcpu_seconds((r for r in self.readings if r.tenant == tenant), until)


def vcpu_seconds(readings: Iterable[Reading], until: float) -> float:
    """Readings in order of time, added up: what was held, times how long."""
    held: dict[str, tuple[float, int]] = {}
    total = 0.0
    for reading in readings:
        if reading.time > until:
            break
        since, vcpus = held.get(reading.vm, (reading.time, 0))
        total += vcpus * (reading.time - since)
        held[reading.vm] = (reading.time, reading.vcpus)
    return total + sum(vcpus * (until - since) for since, vcpus in held.values())
