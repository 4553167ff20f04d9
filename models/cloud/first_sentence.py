"""NIST's first sentence as an experiment: a week of small wishes, at every hour, by every client.

> ... enabling ubiquitous, convenient, on-demand network access to a shared pool of configurable
> computing resources ...

Each hour one tenant after another asks for a VM from one kind of client after another, keeps it for
an hour, and gives it back.
"""

from dataclasses import dataclass
from itertools import product

from models.cloud.platform.api import Session
from models.cloud.platform.clock import HOUR, WEEK
from models.cloud.platform.cloud import Cloud
from models.cloud.platform.design import DESKS, HOSTS, Design
from models.cloud.platform.entrance import CLIENTS, ENTRANCES, TERMINAL, Client
from models.cloud.platform.hosts import racks
from models.cloud.platform.orders import Order
from models.cloud.platform.refusals import Refused
from models.cloud.platform.tenants import Quota
from models.facts import Fact, Facts
from models.parameters import Parameters, choice

TENANTS = ("shop", "bank", "lab")
HOURS = round(WEEK / HOUR)


@dataclass(frozen=True)
class Week(Parameters):
    """How the cloud is made that is asked for a week."""

    desk: str = choice("api", DESKS, label="Who says yes")
    entrance: str = choice("internet", ENTRANCES, label="Way in")
    hosts: str = choice("shared", HOSTS, label="Hosts")


@dataclass(frozen=True)
class Wish:
    """One wish and what became of it.

    Attributes
    ----------
    hour : int
        Of the week, from Monday at midnight.
    device, tenant : str
    served : bool
        Whether there was a VM at once, with nobody at the provider having to act.
    host : int
        Where; -1 if it was not served.
    """

    hour: int
    device: str
    tenant: str
    served: bool
    host: int


@dataclass(frozen=True)
class Asked:
    """A week of wishes."""

    parameters: Week
    wishes: tuple[Wish, ...]

    def share(self, device: str = "", hours: range = range(HOURS)) -> float:
        """Share of wishes that were served: of one kind of client, or at some hours."""
        chosen = [w for w in self.wishes if device in ("", w.device) and w.hour in hours]
        return sum(wish.served for wish in chosen) / len(chosen)

    @property
    def worst_hour(self) -> float:
        """The lowest share of any hour, from the terminal, which every entrance admits."""
        return min(self.share(TERMINAL.device, range(hour, hour + 1)) for hour in range(HOURS))

    @property
    def worst_client(self) -> float:
        """The lowest share of any kind of client."""
        return min(self.share(client.device) for client in CLIENTS)

    @property
    def shared_hosts(self) -> int:
        """Hosts that served more than one tenant: the pool."""
        pairs = {(wish.host, wish.tenant) for wish in self.wishes if wish.served}
        hosts = [host for host, _ in pairs]
        return sum(hosts.count(host) > 1 for host in set(hosts))

    def facts(self) -> Facts:
        """Wishes, and those that were served."""
        return Facts(
            Fact("Wishes within the quota", len(self.wishes)),
            Fact("Served at once, nobody acting", 100 * self.share(), "%", 0),
            Fact("In the worst hour, from the terminal", 100 * self.worst_hour, "%", 0),
            Fact("From the worst kind of client", 100 * self.worst_client, "%", 0),
            Fact("Hosts that served several tenants", self.shared_hosts),
            title="A week of wishes",
        )


def ask(week: Week) -> Asked:
    """Let every hour of a week bring one wish from each kind of client."""
    cloud = Cloud({name: Quota() for name in TENANTS}, racks(each=6), Design(**vars(week)))
    wishes = []
    for number, (hour, client) in enumerate(product(range(HOURS), CLIENTS)):
        cloud.run(hour * HOUR - cloud.now)
        wishes.append(_wish(cloud, hour, client, TENANTS[number % len(TENANTS)]))
    return Asked(week, tuple(wishes))


def _wish(cloud: Cloud, hour: int, client: Client, tenant: str) -> Wish:
    session = Session(cloud, tenant, client)
    try:
        order = session.request("small")
    except Refused:
        return Wish(hour, client.device, tenant, False, -1)
    cloud.clock.at(cloud.now + HOUR, lambda: _give_back(session, order))
    served = bool(order.vms) and order.touches == 0
    host = order.vms[0].host if served else None
    return Wish(hour, client.device, tenant, served, -1 if host is None else host)


def _give_back(session: Session, order: Order) -> None:
    for vm in order.vms:
        session.terminate(vm.name)
