"""How full a fleet gets before it says no, by the policy that places its VMs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.cloud.platform.fleet import Fleet, Overcommit
from models.cloud.platform.offers import SIZES, Size
from models.cloud.platform.policies import POLICIES
from models.cloud.platform.scheduler import Scheduler
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

HOST = Size(64, 256)
LARGE = ("compute", "memory")  # one takes many processors, the other much memory
LABELS = {
    "first": "First fit: the first in the row",
    "best": "Best fit: the fullest that fits",
    "spread": "Spread: the emptiest",
}


@dataclass(frozen=True)
class Packing(Parameters):
    """VMs come one after another until one is refused."""

    policy: str = choice("spread", LABELS, label="Where to")
    large: float = parameter(0.2, low=0.0, high=1.0, step=0.05, label="Share of VMs that are large")
    overcommit: float = parameter(
        1.0, unit="vCPUs a processor", low=1.0, high=8.0, step=0.5, label="Processors promised"
    )
    hosts: int = parameter(20, unit="hosts", low=2, high=200, label="Hosts")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Packed:
    """The fleet when it refuses a VM for the first time, and when it was half as full.

    Attributes
    ----------
    parameters : Packing
    used : ndarray of float, shape (2, hosts)
        What is promised of each host when a VM is refused, in per cent; vCPUs, then memory.
    placed : int
        VMs until then.
    refused : str
        The size that no host had room for.
    empty : int
        Hosts without a VM when half of those VMs were there.
    fullest : int
        VMs on the host that had most of them then: so many die with it.
    """

    parameters: Packing
    used: np.ndarray
    placed: int
    refused: str
    empty: int
    fullest: int

    def facts(self) -> Facts:
        """The fleet at half and at the end."""
        vcpus, memory = self.used.mean(axis=1)
        return Facts(
            Fact("VMs until one is refused", self.placed, "VMs"),
            Fact("Processors promised by then", float(vcpus), "%", 1),
            Fact("Memory promised by then", float(memory), "%", 1),
            Fact("With half of these VMs: empty hosts", self.empty, "hosts"),
            Fact("With half of these VMs: on one host", self.fullest, "VMs at most"),
            title=f"{LABELS[self.parameters.policy].partition(':')[0]}, until one is refused",
        )


def packing(parameters: Packing) -> Packed:
    """Place VMs of drawn sizes until one does not fit; all policies see the same ones."""
    p = parameters
    fleet = Fleet(
        np.full(p.hosts, HOST.vcpus), np.full(p.hosts, HOST.memory),
        overcommit=Overcommit(vcpus=p.overcommit),
    )  # fmt: skip
    scheduler = Scheduler(fleet, POLICIES[p.policy])
    hosts: list[int] = []
    for name in _sizes(p):
        host = scheduler.place(SIZES[name].vcpus, SIZES[name].memory)
        if host is None:
            break
        hosts.append(host)
    half = np.bincount(hosts[: len(hosts) // 2], minlength=p.hosts)
    used = 100 * fleet.used / fleet.room
    return Packed(p, used, len(hosts), name, int((half == 0).sum()), int(half.max()))


def _sizes(p: Packing) -> list[str]:
    """Names of sizes in order of arrival: more than can ever fit."""
    rng = np.random.default_rng(p.seed)
    most = int(p.hosts * HOST.vcpus * p.overcommit) + 1
    small = [name for name in SIZES if name not in LARGE]
    large = rng.random(most) < p.large
    which = rng.random(most)
    return [
        _pick(LARGE if is_large else small, u) for is_large, u in zip(large, which, strict=True)
    ]


def _pick(names: Sequence[str], u: float) -> str:
    return names[int(u * len(names))]
