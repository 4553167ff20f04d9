"""What an observer with a stopwatch writes down, from events alone: the meter is not asked."""

import math
from collections.abc import Iterable

from models.cloud.platform.cloud import Cloud
from models.cloud.platform.instances import Vm


def held(cloud: Cloud, vms: Iterable[Vm]) -> float:
    """vCPU-seconds of room that VMs have taken up to now."""
    return _seconds(cloud, vms, "booting", ("released",), 0.0)


def ran(cloud: Cloud, vms: Iterable[Vm], start: float = 0.0) -> float:
    """vCPU-seconds in which VMs were running, from an instant until now."""
    return _seconds(cloud, vms, "running", ("stopped", "failed", "terminated"), start)


def last(cloud: Cloud, what: str) -> float:
    """When something happened for the last time, in seconds; infinity if it never did."""
    return max((event.time for event in cloud.events if event.what == what), default=math.inf)


def _seconds(
    cloud: Cloud, vms: Iterable[Vm], begins: str, ends: tuple[str, ...], start: float
) -> float:
    """VCPUs times seconds between two kinds of event; what has not ended lasts until now."""
    vcpus = {vm.name: vm.size.vcpus for vm in vms}
    since: dict[str, float] = {}
    total = 0.0
    for event in cloud.events:
        if event.subject not in vcpus:
            continue
        if event.what == begins:
            since.setdefault(event.subject, event.time)
        elif event.what in ends and event.subject in since:
            begun = max(start, since.pop(event.subject))
            total += vcpus[event.subject] * max(0.0, event.time - begun)
    return total + sum(vcpus[vm] * (cloud.now - max(start, begun)) for vm, begun in since.items())
