"""Whole machines: what it costs that a tenant who shares with nobody cannot rent half of one."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.facts import Fact, Facts
from models.parameters import Parameters, parameter

VMS = 10_000
# Cores of a VM and their shares in Microsoft's cloud (Cortez and others, SOSP 2017; the few larger
# ones left out). Each size divides the next one and the machine, so that cores fill machines
# without gaps: machines needed are cores over cores, rounded up.
SIZES = np.array([1, 2, 4, 8])
SHARES = np.array([0.56, 0.22, 0.15, 0.06])


@dataclass(frozen=True)
class WholeMachines(Parameters):
    """Ten thousand VMs, the tenants that own them, and the machines that they are put on."""

    tenants: int = parameter(100, unit="tenants", low=1, high=2_000, scale="log", label="Tenants")
    cores: int = parameter(32, unit="cores", low=8, high=128, step=8, label="Cores of a machine")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")

    def check(self) -> None:
        """The largest VM divides a machine: else machines are not filled without gaps."""
        largest = int(SIZES[-1])
        if self.cores % largest:
            raise ValueError(
                f"cores: {self.cores} leave gaps beside VMs of {largest}; "
                f"allowed: multiples of {largest}"
            )


@dataclass(frozen=True)
class Machines:
    """Machines needed.

    Attributes
    ----------
    parameters : WholeMachines
    cores : ndarray of int, shape (tenants,)
        That each tenant's VMs have together.
    """

    parameters: WholeMachines
    cores: NDArray[np.int64]

    @property
    def pooled(self) -> int:
        """Machines that all tenants share."""
        return int(-(-self.cores.sum() // self.parameters.cores))

    @property
    def alone(self) -> int:
        """Machines if no two tenants share one."""
        return int((-(-self.cores // self.parameters.cores)).sum())

    @property
    def extra(self) -> float:
        """Machines that separation adds, per cent of the shared ones."""
        return 100 * (self.alone / self.pooled - 1)

    def facts(self) -> Facts:
        """Shared and not shared."""
        return Facts(
            Fact("Machines, shared", self.pooled, "machines"),
            Fact("Machines, none shared", self.alone, "machines"),
            Fact("More, because none is shared", self.extra, "%", 0),
            Fact("Tenants with less than a machine", self._small, "%", 0),
            title="Whole machines",
        )

    @property
    def _small(self) -> float:
        return 100 * float((self.cores < self.parameters.cores).mean())


def whole_machines(parameters: WholeMachines) -> Machines:
    """Deal VMs out to tenants: the k-th largest owns them with a weight of 1/k."""
    return Machines(parameters, _dealt(parameters.tenants, parameters.seed))


@lru_cache(maxsize=64)  # other machines hold the same VMs, and a curve asks for many tenants again
def _dealt(tenants: int, seed: int) -> NDArray[np.int64]:
    """Cores of each tenant; treat as read-only, it is kept for the next call."""
    rng = np.random.default_rng(seed)
    size = SIZES[np.searchsorted(np.cumsum(SHARES / SHARES.sum())[:-1], rng.random(VMS))]
    weights = 1 / np.arange(1, tenants + 1)
    owner = np.searchsorted(np.cumsum(weights / weights.sum())[:-1], rng.random(VMS))
    cores = np.zeros(tenants, np.int64)
    np.add.at(cores, owner, size)
    return cores
