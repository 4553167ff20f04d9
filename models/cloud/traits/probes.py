"""Five probes, one a trait: each does something to a cloud and looks at what comes out.

A probe sees the cloud as a tenant does, never its design. Each isolates its trait: it comes from a
client that every entrance admits, wants no more than a silo holds unless it asks for just that, and
counts from the desk's yes unless the desk is the question. So that a trait's probe fails when that
trait's mechanism is taken out, and no other one does.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from models.cloud.platform.api import Session
from models.cloud.platform.clock import DAY, HOUR, MINUTE
from models.cloud.platform.cloud import Cloud
from models.cloud.platform.design import Design
from models.cloud.platform.entrance import CLIENTS, TERMINAL
from models.cloud.platform.fleet import VCPUS
from models.cloud.platform.hosts import racks
from models.cloud.platform.offers import SIZES
from models.cloud.platform.refusals import NoCapacity, Refused
from models.cloud.platform.tenants import Quota
from models.cloud.traits.watch import held, last
from models.cloud.traits.words import brief, span

TENANTS = ("shop", "bank", "lab")
RAPID = 15 * MINUTE  # what we call rapid; NIST names no number
PATIENCE = 2_500 * DAY  # longer than any lead and term that a design may have
NIGHT = 5 * DAY + 3 * HOUR  # Saturday, three in the morning


@dataclass(frozen=True)
class Finding:
    """What a probe found.

    Attributes
    ----------
    trait : str
    shown : bool
        Whether the system shows the trait.
    measured, allowed : float
        What was measured, and the bound that it was held to.
    told : str
        What was measured, in words.
    """

    trait: str
    shown: bool
    measured: float
    allowed: float
    told: str

    @property
    def label(self) -> str:
        """The trait as a heading."""
        return self.trait.capitalize()

    def words(self) -> str:
        """The verdict and what was measured, in a line."""
        return f"{'shown' if self.shown else 'missing'}: {self.told}"


def self_service(design: Design) -> Finding:
    """Count who has to do something when a tenant wants a VM on a Saturday night."""
    cloud = _cloud(design)
    cloud.run(NIGHT)
    people = Session(cloud, "shop", TERMINAL).request("small").touches
    told = "nobody has to act" if not people else f"{people} person has to act"
    return Finding("self-service", people == 0, people, 0, told)


def network_access(design: Design) -> Finding:
    """Let clients of every kind ask what they have, and count the answers."""
    cloud = _cloud(design)
    answered = sum(_answers(Session(cloud, "shop", client)) for client in CLIENTS)
    most = len(CLIENTS)
    told = f"{answered} of {most} clients get through"
    return Finding("network access", answered == most, answered, most, told)


def pooling(design: Design) -> Finding:
    """Let one tenant want everything while the others sleep, and see how much it gets."""
    cloud = _cloud(design)
    shop = Session(cloud, "shop", TERMINAL)
    for _ in range(int(cloud.floor.fleet.room[VCPUS].sum()) // SIZES["compute"].vcpus):
        with suppress(NoCapacity):
            shop.request("compute")
    cloud.run(PATIENCE)
    share = 100 * cloud.floor.share("shop")
    most = 100 / len(TENANTS) + 1  # a little more than its own part
    told = f"one tenant can have {brief(share)} %"
    return Finding("pooling", share > most, share, most, told)


def elasticity(design: Design) -> Finding:
    """Let four VMs come and go; what counts is the slower of both, after the desk's yes."""
    cloud = _cloud(design)
    shop = Session(cloud, "shop", TERMINAL)
    order = shop.request("small", count=4)
    while not (order.vms and all(vm.state == "running" for vm in order.vms)):
        if not cloud.clock.step():
            raise NoCapacity("four small VMs never came")
    for vm in order.vms:
        shop.terminate(vm.name)  # at once: a least term has not run out by itself
    cloud.run(PATIENCE)
    up = last(cloud, "running") - (order.approved or 0.0)
    down = last(cloud, "released") - last(cloud, "terminated")
    slower = max(up, down)
    told = f"{span(up)} to come, {span(down)} to go"
    return Finding("elasticity", slower <= RAPID, slower / MINUTE, RAPID / MINUTE, told)


def metering(design: Design) -> Finding:
    """Let a tenant use some and ask how much, and compare with an observer's notes."""
    cloud = _cloud(design)
    shop, bank = (Session(cloud, name, TERMINAL) for name in ("shop", "bank"))
    order, other = shop.request("medium", count=2), bank.request("large")
    cloud.run(PATIENCE)
    for session, kept in ((shop, order), (bank, other)):
        session.terminate(kept.vms[0].name)
    cloud.run(PATIENCE)
    statement = shop.used()
    used = held(cloud, shop.find()) / HOUR
    off = 100 * abs((statement or 0.0) - used) / used
    told = "no statement" if statement is None else f"the statement is {brief(off)} % off"
    return Finding("metering", off < 1, off, 1, told)


PROBES: dict[str, Callable[[Design], Finding]] = {
    "self-service": self_service,
    "network access": network_access,
    "pooling": pooling,
    "elasticity": elasticity,
    "metering": metering,
}


def probe(design: Design) -> tuple[Finding, ...]:
    """All five, each on a fresh cloud of the design."""
    return tuple(ask(design) for ask in PROBES.values())


def _cloud(design: Design) -> Cloud:
    return Cloud({name: Quota() for name in TENANTS}, racks(each=6), design)


def _answers(session: Session) -> bool:
    try:
        session.find()
    except Refused:
        return False
    return True
