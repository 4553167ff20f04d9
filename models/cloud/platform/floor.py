"""The provider's floor: hosts, who holds how much of them, and the meter that sees every change."""

from collections.abc import Mapping, Sequence

import numpy as np

from models.cloud.platform.fleet import MEMORY, SHARED, VCPUS, Fleet, Overcommit
from models.cloud.platform.hosts import Host
from models.cloud.platform.instances import Vm
from models.cloud.platform.metering import Meter
from models.cloud.platform.policies import POLICIES
from models.cloud.platform.scheduler import Scheduler
from models.cloud.platform.tenants import Holding, Quota


class Floor:
    """Where VMs get their room; it knows nothing of their lifecycle.

    Parameters
    ----------
    hosts : sequence of Host
    tenants : mapping of str to Quota
    silos : bool
        Whether each tenant has hosts of its own, dealt out in turn.
    policy : {"first", "best", "spread"}
    overcommit : Overcommit

    Attributes
    ----------
    fleet : Fleet
    holdings : dict of str to Holding
        What each tenant has of the floor.
    meter : Meter

    Raises
    ------
    ValueError
        For an unknown policy, silos for nobody, and hosts as `Fleet` refuses them.
    """

    def __init__(
        self,
        hosts: Sequence[Host],
        tenants: Mapping[str, Quota],
        silos: bool = False,
        policy: str = "best",
        overcommit: Overcommit = Overcommit(),  # noqa: B008 (frozen)
    ) -> None:
        if policy not in POLICIES:
            raise ValueError(f"policy: {policy!r} is unknown; allowed: {', '.join(POLICIES)}")
        if silos and not tenants:
            raise ValueError("tenants: none to deal hosts out to; allowed: at least one")
        self.hosts = list(hosts)
        self.zones = sorted({host.zone for host in hosts})
        self.quotas = dict(tenants)
        self.holdings = {tenant: Holding() for tenant in tenants}
        self.meter = Meter()
        self.fleet = Fleet(
            [host.vcpus for host in hosts],
            [host.memory for host in hosts],
            [self.zones.index(host.zone) for host in hosts],
            [number % len(tenants) if silos else SHARED for number in range(len(hosts))],
            overcommit,
        )
        self._scheduler = Scheduler(self.fleet, POLICIES[policy])
        self._numbers = {tenant: number for number, tenant in enumerate(tenants)}

    def take(self, vm: Vm, now: float) -> bool:
        """Find room for a VM; whether there was some."""
        zone = self.zones.index(vm.wish.zone) if vm.wish.zone else None
        tenant = self._numbers[vm.tenant]
        host = self._scheduler.place(vm.size.vcpus, vm.size.memory, tenant, vm.group, zone)
        if host is None:
            return False
        vm.host, vm.since = host, now
        self.holdings[vm.tenant] += vm.size
        self.meter.read(now, vm.tenant, vm.name, vm.size.vcpus, vm.size.memory)
        return True

    def give(self, vm: Vm, now: float) -> None:
        """Take a VM's room back, if it has any."""
        if vm.host is None:
            return
        self._scheduler.remove(vm.host, vm.size.vcpus, vm.size.memory, vm.group)
        vm.host = None
        self.holdings[vm.tenant] -= vm.size
        self.meter.read(now, vm.tenant, vm.name, 0, 0)

    def host_of(self, vm: Vm) -> Host:
        """The host on which a VM has room.

        Raises
        ------
        ValueError
            For a VM that has none.
        """
        if vm.host is None:
            raise ValueError(f"{vm.name} has no room; allowed: a VM that has")
        return self.hosts[vm.host]

    def share(self, tenant: str) -> float:
        """The tenant's dominant share of the floor, between 0 and 1."""
        vcpus, memory = self.fleet.room.sum(axis=1, dtype=np.int64).tolist()
        held = self.holdings[tenant]
        return max(held.vcpus / vcpus, held.memory / memory)

    def promised(self) -> tuple[float, float]:
        """What is promised of the floor's processors and memory, as shares of what may be."""
        used, room = (x.sum(axis=1, dtype=np.int64) for x in (self.fleet.used, self.fleet.room))
        return float(used[VCPUS] / room[VCPUS]), float(used[MEMORY] / room[MEMORY])
