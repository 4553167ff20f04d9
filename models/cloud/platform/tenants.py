"""Who rents: how much each tenant has, and how much it may have at once."""

from dataclasses import dataclass

from models.cloud.platform.offers import Size
from models.cloud.platform.refusals import QuotaExceeded


@dataclass(frozen=True)
class Holding:
    """What a tenant has of the floor.

    Attributes
    ----------
    vms, vcpus, memory : int
        Memory in GiB.
    """

    vms: int = 0
    vcpus: int = 0
    memory: int = 0

    def __add__(self, size: Size) -> "Holding":
        return self.more(size, 1)

    def __sub__(self, size: Size) -> "Holding":
        return self.more(size, -1)

    def more(self, size: Size, count: int) -> "Holding":
        """With so many VMs of a size in addition."""
        return Holding(
            self.vms + count, self.vcpus + count * size.vcpus, self.memory + count * size.memory
        )


@dataclass(frozen=True)
class Quota:
    """The most that a tenant may have at once.

    It protects the pool from one tenant's mistake, and the tenant from its own bill. It is checked
    before capacity: a refusal then tells nobody how full the cloud is.

    Attributes
    ----------
    vms, vcpus, memory : int
        Memory in GiB.
    """

    vms: int = 1_000
    vcpus: int = 4_000
    memory: int = 16_000

    def check(self, holding: Holding) -> None:
        """Refuse what would be too much.

        Raises
        ------
        QuotaExceeded
            Naming what is exceeded, by how much, and what is allowed.
        """
        for name, word in (("vms", "VMs"), ("vcpus", "vCPUs"), ("memory", "GiB of memory")):
            would, most = getattr(holding, name), getattr(self, name)
            if would > most:
                raise QuotaExceeded(f"quota: {would:,} {word} are too many; allowed: {most:,}")
