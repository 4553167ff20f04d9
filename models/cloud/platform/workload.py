"""Many VMs at once: the same scheduler over a list of requests, in the order that is asked for."""

from dataclasses import dataclass

import numpy as np

from models.cloud.platform.fairness import FairLine
from models.cloud.platform.fleet import Fleet, Ints
from models.cloud.platform.policies import POLICIES
from models.cloud.platform.scheduler import Group, Rule, Scheduler

REFUSED = -1
ORDERS = {"arrival": "As they come", "fair": "Dominant-resource fairness"}


@dataclass(frozen=True)
class Workload:
    """Requests in the order of their arrival.

    Attributes
    ----------
    vcpus, memory : ndarray of int, shape (requests,)
    tenant : ndarray of int, shape (requests,)
    group : ndarray of int, shape (requests,)
        Index into `rules`; -1 for a VM that stands alone.
    rules : tuple of str
        Of each group: "apart", "near" or "across".
    """

    vcpus: Ints
    memory: Ints
    tenant: Ints
    group: Ints
    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        shapes = {row.shape for row in (self.vcpus, self.memory, self.tenant, self.group)}
        if len(shapes) != 1:
            raise ValueError("vcpus, memory, tenant and group: want one number a request each")
        if self.group.size and not -1 <= self.group.min() <= self.group.max() < len(self.rules):
            raise ValueError(f"group: allowed: -1 to {len(self.rules) - 1}, as there are rules")

    def __len__(self) -> int:
        return len(self.vcpus)


def place_all(
    fleet: Fleet, workload: Workload, policy: str = "best", order: str = "arrival"
) -> Ints:
    """Place the requests one by one; who does not fit when his turn comes is refused.

    Parameters
    ----------
    fleet : Fleet
        Changed: it holds the VMs afterwards.
    workload : Workload
    policy : {"first", "best", "spread"}
    order : {"arrival", "fair"}
        Fair: always the oldest request of the tenant whose dominant share is smallest, the share
        of the fleet in the resource of which it has most (Ghodsi and others, NSDI 2011).

    Returns
    -------
    ndarray of int, shape (requests,)
        The host of each; `REFUSED` for none.
    """
    if policy not in POLICIES:
        raise ValueError(f"policy: {policy!r} is unknown; allowed: {', '.join(POLICIES)}")
    if order not in ORDERS:
        raise ValueError(f"order: {order!r} is unknown; allowed: {', '.join(ORDERS)}")
    # Plain ints from here on: a NumPy scalar costs several times as much in the loop.
    rows = (workload.vcpus, workload.memory, workload.tenant, workload.group)
    vcpus, memory, tenant, group = (row.tolist() for row in rows)
    scheduler = Scheduler(fleet, POLICIES[policy])
    groups: list[Group | None] = [*map(Group, workload.rules), None]  # -1 is the last: no group
    totals = fleet.room.sum(axis=1, dtype=np.int64).tolist()
    fair = FairLine(totals, list(zip(vcpus, memory, strict=True)), tenant)
    hosts = [REFUSED] * len(workload)
    for n in fair if order == "fair" else range(len(workload)):
        host = scheduler.place(vcpus[n], memory[n], tenant[n], groups[group[n]])
        if host is not None:
            hosts[n] = host
            fair.placed(n)
    return np.array(hosts, dtype=np.int64)
