"""Placing one VM: what fits, what the rules of its group leave, what the policy likes best."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from models.cloud.platform.fleet import SHARED, Fleet, Mask
from models.cloud.platform.policies import Policy, best_fit

Rule = Literal["apart", "near", "across"]
RULES: dict[str, str] = {
    "apart": "No two on one host",
    "near": "All in one zone",
    "across": "Evenly over the zones",
}


@dataclass
class Group:
    """VMs that belong together under a rule, and where they are.

    Attributes
    ----------
    rule : {"apart", "near", "across"}
        No two on a host; all in the zone of the first; no zone more than one ahead of another.
    """

    rule: Rule
    hosts: Counter[int] = field(default_factory=Counter)
    zones: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"rule: {self.rule!r} is unknown; allowed: {', '.join(RULES)}")


class Scheduler:
    """Decides where VMs go, one at a time.

    Parameters
    ----------
    fleet : Fleet
    policy : function of fleet and fitting hosts
    """

    def __init__(self, fleet: Fleet, policy: Policy = best_fit) -> None:
        self.fleet, self.policy = fleet, policy

    def place(
        self,
        vcpus: int,
        memory: int,
        tenant: int = SHARED,
        group: Group | None = None,
        zone: int | None = None,
    ) -> int | None:
        """Take room for a VM.

        Returns
        -------
        int or None
            The host's number; None if no host fits, and then nothing has changed.
        """
        fits = self.fleet.fitting(vcpus, memory, tenant)
        if zone is not None:
            fits &= self.fleet.in_zone(zone)
        if group is not None:
            self._keep_rule(fits, group)
        host = self.policy(self.fleet, fits)
        if not fits[host]:
            return None
        self.fleet.take(host, vcpus, memory)
        if group is not None:
            group.hosts[host] += 1
            group.zones[int(self.fleet.zone[host])] += 1
        return host

    def remove(self, host: int, vcpus: int, memory: int, group: Group | None = None) -> None:
        """Give the room of a VM back."""
        self.fleet.give(host, vcpus, memory)
        if group is not None:
            group.hosts -= Counter([host])  # drops what has come down to zero
            group.zones -= Counter([int(self.fleet.zone[host])])

    def _keep_rule(self, fits: Mask, group: Group) -> None:
        """Leave in `fits` what the group's rule allows."""
        if group.rule == "apart":
            fits[list(group.hosts)] = False
        elif group.rule == "near" and group.zones:
            fits &= self.fleet.in_zone(next(iter(group.zones)))
        elif group.rule == "across":
            least = min(group.zones[z] for z in self.fleet.zones)
            for z in self.fleet.zones:
                if group.zones[z] > least:
                    fits &= ~self.fleet.in_zone(z)
