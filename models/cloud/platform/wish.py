"""What a tenant asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.cloud.platform.offers import Image, Size
from models.cloud.platform.scheduler import Group


@dataclass(frozen=True)
class Wish:
    """VMs that are alike: all of them are made, or none.

    Attributes
    ----------
    size : Size
    image : Image
    count : int
    tags : mapping
        The tenant's own words, to find them again.
    zone : str
        Where they must be; empty for anywhere.
    group : Group or None
        Whose rule they keep.
    restart : bool
        Whether the cloud starts them elsewhere when their host crashes.
    wait : bool
        Whether the wish waits for room, instead of being refused.
    """

    size: Size
    image: Image
    count: int = 1
    tags: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    group: Group | None = None
    restart: bool = False
    wait: bool = False

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count: {self.count} is too small; allowed: 1 or more VMs")
