"""The article's two definitions side by side: whether it is distributed, and whether it is a cloud.

*Distributed* is how a tenant's work lies: on several machines, or on one. *A cloud* is what the
five probes of NIST's traits say. Both are looked at from outside, on the same small cloud that is
made as the system is usually made.
"""

from dataclasses import dataclass

from models.cloud.platform.api import Session
from models.cloud.platform.clock import DAY
from models.cloud.platform.cloud import Cloud
from models.cloud.platform.entrance import TERMINAL
from models.cloud.platform.hosts import racks
from models.cloud.platform.tenants import Quota
from models.cloud.traits.judge import Candidate, Judged, judge
from models.cloud.traits.systems import SYSTEMS
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

LONG = 400 * DAY  # until even an own rack has been delivered
MOST = 4  # machines that every tenant can have to itself, with silos too


@dataclass(frozen=True)
class Tenancy(Parameters):
    """A system, and how much of it one tenant uses."""

    system: str = choice(
        "cluster", {key: system.label for key, system in SYSTEMS.items()}, label="System"
    )
    machines: int = parameter(
        MOST, unit="machines", low=1, high=MOST, label="Machines for the tenant's work"
    )


@dataclass(frozen=True)
class Examined:
    """What was found.

    Attributes
    ----------
    parameters : Tenancy
    judged : Judged
        By the five probes.
    hosts : int
        Machines on which the tenant's work ran at once.
    """

    parameters: Tenancy
    judged: Judged
    hosts: int

    @property
    def label(self) -> str:
        """What the system is called."""
        return SYSTEMS[self.parameters.system].label

    @property
    def cloud(self) -> bool:
        """Whether the system shows all five traits."""
        return not self.judged.missing

    @property
    def distributed(self) -> bool:
        """Whether the tenant's work lies on several machines."""
        return self.hosts > 1

    def facts(self) -> Facts:
        """Trait by trait, then both definitions."""
        return Facts(*self.judged.facts(), *self._both(), title=self.label)

    def verdicts(self) -> Facts:
        """Both definitions alone, to set systems side by side."""
        return Facts(self.judged.facts()["Traits shown"], *self._both(), title=self.label)

    def _both(self) -> tuple[Fact, ...]:
        return (
            Fact("Machines at work for the tenant", self.hosts),
            Fact("Distributed?", "yes" if self.distributed else "no"),
            Fact("A cloud?", "yes" if self.cloud else "no"),
        )


def examine(tenancy: Tenancy) -> Examined:
    """Probe the system, and see where one tenant's work lies."""
    return Examined(tenancy, judge(Candidate(tenancy.system)), _hosts(tenancy))


def _hosts(tenancy: Tenancy) -> int:
    """Hosts of VMs that were asked for apart from one another."""
    tenants = {name: Quota() for name in ("shop", "bank", "lab")}
    cloud = Cloud(tenants, racks(each=6), SYSTEMS[tenancy.system].design)
    shop = Session(cloud, "shop", TERMINAL)
    order = shop.request("small", count=tenancy.machines, group=shop.group("apart"))
    cloud.run(LONG)
    return len({vm.host for vm in order.vms if vm.state == "running"})
