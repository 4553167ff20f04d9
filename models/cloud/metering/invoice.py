"""An invoice out of a cloud's own readings, in whatever order and however often they come.

Readings are numbered without gaps. So they can be put in order, those that came twice are counted
once, and those that are missing are known by their numbers: the invoice says what it does not
know, instead of being wrong in silence.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.cloud.platform.metering import Reading, vcpu_seconds
from models.facts import Fact, Facts


@dataclass(frozen=True)
class Invoice:
    """What each tenant's VMs have held.

    Attributes
    ----------
    vcpu_seconds : dict
        Tenant to vCPUs times seconds.
    missing : tuple of int
        Numbers below the highest one that never came.
    repeated : int
        Readings that had come before.
    """

    vcpu_seconds: dict[str, float]
    missing: tuple[int, ...]
    repeated: int

    def facts(self) -> Facts:
        """Each tenant's use, and how far to trust it."""
        tenants = sorted(self.vcpu_seconds.items())
        return Facts(
            *(Fact(f"Tenant {name}", used / 3_600, "vCPU-hours", 2) for name, used in tenants),
            Fact("All tenants", sum(self.vcpu_seconds.values()) / 3_600, "vCPU-hours", 2),
            Fact("Readings that came twice", self.repeated, "readings"),
            Fact("Readings that are missing", len(self.missing), "readings"),
            title="Invoice",
        )


def invoice(readings: Iterable[Reading], until: float) -> Invoice:
    """Add readings up, tenant by tenant, to an instant in seconds.

    Raises
    ------
    ValueError
        For two readings with one number that say different things.
    """
    by_number: dict[int, Reading] = {}
    came = 0
    for reading in readings:
        came += 1
        known = by_number.setdefault(reading.number, reading)
        if known != reading:
            raise ValueError(
                f"number: two readings are both number {reading.number}, {known} and {reading}; "
                "allowed: the same reading again"
            )
    ordered = [by_number[number] for number in sorted(by_number)]
    highest = ordered[-1].number if ordered else -1
    return Invoice(
        {
            tenant: vcpu_seconds((r for r in ordered if r.tenant == tenant), until)
            for tenant in sorted({r.tenant for r in ordered})
        },
        tuple(n for n in range(highest) if n not in by_number),
        came - len(by_number),
    )
