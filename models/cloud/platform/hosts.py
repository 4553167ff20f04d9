"""What the cloud asks of a host: a protocol, so that it need not know what stands behind it."""

from dataclasses import dataclass
from typing import Protocol

from models.cloud.platform.offers import Image, Size


class Host(Protocol):
    """A machine that runs VMs.

    Attributes
    ----------
    zone : str
        What fails together: a building, a power line.
    vcpus, memory : int
        What it has; memory in GiB.
    """

    @property
    def zone(self) -> str: ...  # noqa: D102

    @property
    def vcpus(self) -> int: ...  # noqa: D102

    @property
    def memory(self) -> int: ...  # noqa: D102

    def boot(self, vm: str, size: Size, image: Image) -> float:
        """Start a VM; after how many seconds it runs."""

    def halt(self, vm: str) -> None:
        """End a VM. A host that has crashed is not asked."""


@dataclass(frozen=True)
class SimulatedHost:
    """A host that takes as long as the image says, and does nothing else."""

    zone: str = "a"
    vcpus: int = 64
    memory: int = 256

    def boot(self, vm: str, size: Size, image: Image) -> float:
        """As long as the image takes."""
        return image.boot

    def halt(self, vm: str) -> None:
        """Nothing to do."""


def racks(zones: tuple[str, ...] = ("a", "b"), each: int = 4) -> list[Host]:
    """So many simulated hosts in each zone, zone after zone."""
    return [SimulatedHost(zone) for zone in zones for _ in range(each)]
