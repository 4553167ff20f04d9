"""What becomes of a wish."""

from dataclasses import dataclass, field

from models.cloud.platform.instances import Vm
from models.cloud.platform.refusals import Refused
from models.cloud.platform.wish import Wish


@dataclass
class Order:
    """A wish on its way.

    Attributes
    ----------
    name, tenant : str
    wish : Wish
    asked : float
        When, in seconds.
    touches : int
        How often a person at the provider had to do something for it.
    approved : float or None
        When the desk had said yes.
    vms : list of Vm
        Once it is fulfilled.
    refusal : Refused or None
        Why it never will be.
    """

    name: str
    tenant: str
    wish: Wish
    asked: float
    touches: int
    approved: float | None = None
    vms: list[Vm] = field(default_factory=list)
    refusal: Refused | None = None
