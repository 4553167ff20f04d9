"""Placement: 100,000 VMs on 10,000 hosts, one by one, beside a loop over hosts in plain Python.

A row's value is seconds for all VMs. The loop decides the same (the tests hold it to that) and is
timed on a tenth of the hosts, since on all of them it would take hours; the ratio is of VMs a
second on that tenth.
"""

from time import perf_counter

import numpy as np

from models.cloud.platform.fleet import Fleet
from models.cloud.platform.workload import REFUSED, Workload, place_all
from tests.cloud.platform import scalar

HOSTS, VMS = 10_000, 100_000
FEWER = 10  # hosts and VMs, divided, for the loop
LOOPED = 300  # VMs that the loop places
SIZES = np.array([(1, 4), (2, 8), (4, 16), (4, 64), (16, 32), (2, 4)])
RULES = ("apart", "near", "across")
CASES = {
    "first": ("first", "arrival", 0.0),
    "best": ("best", "arrival", 0.0),
    "fair": ("best", "fair", 0.3),
}


def rows() -> list[dict]:
    """One row a policy, as `make bench` wants them."""
    return [row(name, *case) for name, case in CASES.items()]


def row(name: str, policy: str, order: str, grouped: float) -> dict:
    seconds = timed(HOSTS, workload(VMS, grouped), policy, order)
    fewer = workload(VMS // FEWER, grouped)
    ours = len(fewer) / timed(HOSTS // FEWER, fewer, policy, order)
    few = workload(LOOPED, grouped)
    boxes = [scalar.Box(64, 256, n % 4) for n in range(HOSTS // FEWER)]
    start = perf_counter()
    scalar.place_all(boxes, few, policy, order)
    loop = LOOPED / (perf_counter() - start)
    return {
        "name": f"cloud.placement.{name}",
        "value": seconds,
        "unit": "s, 10,000 hosts",
        "against": "loop, both on 1,000 hosts",
        "ratio": ours / loop,
    }


def timed(hosts: int, work: Workload, policy: str, order: str) -> float:
    """Seconds of the best of three runs."""
    best = np.inf
    for _ in range(3):
        fleet = Fleet(np.full(hosts, 64), np.full(hosts, 256), np.arange(hosts) % 4)
        start = perf_counter()
        answers = place_all(fleet, work, policy, order)
        best = min(best, perf_counter() - start)
        if (answers == REFUSED).any():
            raise RuntimeError("VMs were refused: the benchmark would time refusals too")
    return best


def workload(vms: int, grouped: float) -> Workload:
    """A hundred tenants' VMs in order of arrival; so many of them in groups of about ten."""
    rng = np.random.default_rng(1)
    size = SIZES[rng.integers(0, len(SIZES), vms)]
    groups = max(vms // 33, 1)
    group = np.where(rng.random(vms) < grouped, rng.integers(0, groups, vms), -1)
    rules = tuple(RULES[n % len(RULES)] for n in range(groups))
    return Workload(size[:, 0], size[:, 1], rng.integers(0, 100, vms), group, rules)
