"""How a cloud is made: the mechanisms from which its traits follow, each of which can be replaced.

Nothing here is named after a trait. A mechanism is what the provider built; whether a trait shows
is what a probe finds out (`models.cloud.traits`).
"""

from dataclasses import dataclass

from models.cloud.platform.clock import DAY
from models.cloud.platform.entrance import ENTRANCES
from models.parameters import Parameters, choice, parameter

DESKS = {"api": "A program, at once", "tickets": "A person, in office hours"}
HOSTS = {"shared": "Shared by all tenants", "silos": "Each tenant has its own"}
METERS = {"use": "What was used", "none": "Nothing: one fee"}


@dataclass(frozen=True)
class Design(Parameters):
    """The mechanisms of one cloud."""

    desk: str = choice("api", DESKS, label="Who says yes")
    entrance: str = choice("internet", ENTRANCES, label="Way in")
    hosts: str = choice("shared", HOSTS, label="Hosts")
    lead: float = parameter(
        0.0, unit="s", low=0.0, high=400 * DAY, step=60.0, label="From yes to a place"
    )
    term: float = parameter(
        0.0, unit="s", low=0.0, high=2_000 * DAY, step=60.0, label="Least time of renting"
    )
    meter: str = choice("use", METERS, label="What is metered")
