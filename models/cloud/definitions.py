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
from models.cloud.traits.probes import Finding, probe
from models.cloud.traits.systems import SYSTEMS
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

LONG = 400 * DAY  # until even an own rack has been delivered
MOST = 4  # machines that every tenant can have to itself, with silos too


@dataclass(frozen=True)
class Candidate(Parameters):
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
    parameters : Candidate
    findings : tuple of Finding
        Of the five probes.
    hosts : int
        Machines on which the tenant's work ran at once.
    """

    parameters: Candidate
    findings: tuple[Finding, ...]
    hosts: int

    @property
    def label(self) -> str:
        """What the system is called."""
        return SYSTEMS[self.parameters.system].label

    @property
    def shown(self) -> int:
        """How many of the five traits it shows."""
        return sum(finding.shown for finding in self.findings)

    @property
    def cloud(self) -> bool:
        """Whether it shows all of them."""
        return self.shown == len(self.findings)

    @property
    def distributed(self) -> bool:
        """Whether the tenant's work lies on several machines."""
        return self.hosts > 1

    def facts(self) -> Facts:
        """Trait by trait, then both definitions."""
        return Facts(
            *(Fact(f.trait.capitalize(), "shown" if f.shown else "missing") for f in self.findings),
            Fact("Machines at work for one tenant", self.hosts),
            Fact("Distributed?", "yes" if self.distributed else "no"),
            Fact("A cloud?", "yes" if self.cloud else "no"),
            title=self.label,
        )


def examine(candidate: Candidate) -> Examined:
    """Probe the system, and see where one tenant's work lies."""
    return Examined(candidate, probe(SYSTEMS[candidate.system].design), _hosts(candidate))


def _hosts(candidate: Candidate) -> int:
    """Hosts of VMs that were asked for apart from one another."""
    tenants = {name: Quota() for name in ("shop", "bank", "lab")}
    cloud = Cloud(tenants, racks(each=6), SYSTEMS[candidate.system].design)
    shop = Session(cloud, "shop", TERMINAL)
    order = shop.request("small", count=candidate.machines, group=shop.group("apart"))
    cloud.run(LONG)
    return len({vm.host for vm in order.vms if vm.state == "running"})
