"""What the cloud offers: sizes and images."""

from dataclasses import dataclass

from models.cloud.scaling import BOOT


@dataclass(frozen=True)
class Size:
    """What a VM takes from a host.

    Attributes
    ----------
    vcpus : int
    memory : int
        In GiB.
    """

    vcpus: int
    memory: int

    def __post_init__(self) -> None:
        for name in ("vcpus", "memory"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is too small; allowed: 1 or more")


@dataclass(frozen=True)
class Image:
    """What a VM boots from.

    Attributes
    ----------
    boot : float
        Seconds from the host's start of it until it runs.
    """

    boot: float

    def __post_init__(self) -> None:
        if not self.boot >= 0:
            raise ValueError(f"boot: {self.boot} s is impossible; allowed: 0 s or more")


SIZES = {
    "tiny": Size(1, 1),
    "small": Size(1, 4),
    "medium": Size(2, 8),
    "large": Size(4, 16),
    "memory": Size(4, 64),
    "compute": Size(16, 32),
}


class Offers:
    """Sizes and images by name; tenants add images of their own.

    A tenant's names are its own: that a name is taken by somebody else would be a hint of what the
    others have.

    Attributes
    ----------
    sizes : dict of str to Size
    images : dict of str to Image
        Those that all may use: one for each kind of unit, with its usual boot delay.
    """

    def __init__(self) -> None:
        self.sizes = dict(SIZES)
        self.images = {unit: Image(seconds) for unit, seconds in BOOT.items()}
        self._own: dict[str, dict[str, Image]] = {}

    def usable(self, tenant: str) -> dict[str, Image]:
        """The images that a tenant may boot from."""
        return self.images | self._own.get(tenant, {})

    def keep(self, tenant: str, name: str, image: Image) -> None:
        """Add an image of the tenant's own.

        Raises
        ------
        ValueError
            For a name that the tenant knows already.
        """
        if name in self.usable(tenant):
            raise ValueError(f"image: {name!r} is taken; allowed: a name that no image has")
        self._own.setdefault(tenant, {})[name] = image
