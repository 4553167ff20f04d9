"""A VM from its place on a host to its end.

                 start again: a place is needed, here or elsewhere
               ┌───────────────────┬───────────────────┐
               v                   │                   │
    pending ─> booting ─> running ─┼─> stopped         │
                  │          │     │                   │
                  └──────────┴─────┼─> failed ─────────┘     every state but the
                  the host crashed │                         last may become this
                                   └─> terminated

A stopped VM keeps its name and its tags, and gives its room back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from models.cloud.platform.offers import Image, Size
from models.cloud.platform.refusals import WrongState
from models.cloud.platform.scheduler import Group
from models.cloud.platform.wish import Wish

State = Literal["pending", "booting", "running", "stopped", "failed", "terminated"]
NEXT: Mapping[State, tuple[State, ...]] = {
    "pending": ("booting", "terminated"),
    "booting": ("running", "stopped", "failed", "terminated"),
    "running": ("stopped", "failed", "terminated"),
    "stopped": ("booting", "terminated"),
    "failed": ("booting", "terminated"),
    "terminated": (),
}


@dataclass
class Vm:
    """One virtual machine.

    Attributes
    ----------
    name, tenant : str
    wish : Wish
        As it was asked for.
    state : str
    host : int or None
        On which it has room. A VM that was ended keeps it until its least term is over.
    since : float
        When it got that room, in seconds.
    boots : int
        How often it was booted.
    """

    name: str
    tenant: str
    wish: Wish
    state: State = "pending"
    host: int | None = None
    since: float = 0.0
    boots: int = 0

    @property
    def size(self) -> Size:
        """What it takes from a host."""
        return self.wish.size

    @property
    def image(self) -> Image:
        """What it boots from."""
        return self.wish.image

    @property
    def group(self) -> Group | None:
        """Whose rule it keeps."""
        return self.wish.group

    def may(self, state: State) -> None:
        """Refuse a step that the lifecycle does not have.

        Raises
        ------
        WrongState
        """
        if state not in NEXT[self.state]:
            allowed = ", ".join(NEXT[self.state]) or "nothing more"
            raise WrongState(f"{self.name}: {self.state} cannot become {state}; allowed: {allowed}")

    def become(self, state: State) -> None:
        """Take one step of the lifecycle.

        Raises
        ------
        WrongState
        """
        self.may(state)
        self.state = state
