"""Six tenants' stories, each played whole on a cloud: from the wish to what it came to.

A probe isolates one trait; a story is life, and may need several. All begin in the ninth week, so
that whatever could be planned was ordered eight weeks ahead.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from models.cloud.platform.api import Session
from models.cloud.platform.clock import DAY, HOUR, MINUTE, WEEK
from models.cloud.platform.cloud import Cloud
from models.cloud.platform.design import Design
from models.cloud.platform.entrance import LAPTOP, PHONE, SERVER, TERMINAL
from models.cloud.platform.fleet import VCPUS
from models.cloud.platform.hosts import racks
from models.cloud.platform.offers import SIZES
from models.cloud.platform.refusals import NoCapacity, Refused
from models.cloud.platform.tenants import Quota
from models.cloud.traits.watch import last, ran
from models.cloud.traits.words import brief

TENANTS = ("shop", "bank", "lab", "newcomer")
START = 8 * WEEK  # a Monday at midnight
LEDGER = 8  # machines
CROWD = 400  # vCPUs
WORK = 20_000  # vCPU-hours


@dataclass(frozen=True)
class Told:
    """How a story ended.

    Attributes
    ----------
    stands : bool
        Whether the tenant got what it came for.
    measured, wanted : float
        What it got, and the bound: at least or at most, as `least` says.
    least : bool
    unit : str
    refusal : str
        What the cloud said, if it refused something that ended the story.
    """

    stands: bool
    measured: float
    wanted: float
    least: bool
    unit: str
    refusal: str = ""

    @property
    def strain(self) -> float:
        """What was got over what was wanted, the other way round where at least so much was.

        Up to 1 the story stands. Infinite where nothing came of it.
        """
        above, below = self.measured, self.wanted
        if self.least:
            above, below = below, above
        return above / below if below else math.inf

    def words(self) -> str:
        """How it ended, in a line: the verdict, what was measured, what was wanted."""
        verdict = "stands" if self.stands else "breaks"
        if self.refusal:
            return f"{verdict}: {self.refusal.partition(';')[0]}"
        bound = "≥" if self.least else "≤"
        return f"{verdict}: {brief(self.measured)} {self.unit} ({bound} {self.wanted:g})"


@dataclass(frozen=True)
class Story:
    """A tenant's wish.

    Attributes
    ----------
    title, short : str
    plot : str
        In two sentences, with the bound.
    play : callable
        Design to what it came to.
    wanted : float
        The bound on it.
    least : bool
        Whether at least as much is wanted, or at most.
    unit : str
    """

    title: str
    short: str
    plot: str
    play: Callable[[Design], float]
    wanted: float
    least: bool
    unit: str

    def tell(self, design: Design) -> Told:
        """Play it on a fresh cloud of the design."""
        try:
            measured, refusal = self.play(design), ""
        except Refused as refused:
            measured, refusal = (0.0 if self.least else math.inf), str(refused)
        stands = measured >= self.wanted if self.least else measured <= self.wanted
        return Told(stands, measured, self.wanted, self.least, self.unit, refusal)


def _ledger(design: Design) -> float:
    """Per cent of four weeks in which the ledger's machines ran."""
    cloud = _cloud(design)
    cloud.run(4 * WEEK)
    return (
        100
        * ran(cloud, Session(cloud, "bank", TERMINAL).find(), START)
        / (LEDGER * SIZES["large"].vcpus * 4 * WEEK)
    )


def _chargeback(design: Design) -> float:
    """Per cent by which the bank's bill is off from what its machines did."""
    cloud = _cloud(design)
    bank = Session(cloud, "bank", TERMINAL)
    cloud.run(2 * DAY + 10 * HOUR)  # a Wednesday morning, when everybody is in
    for vm in bank.find(role="ledger")[LEDGER // 2 :]:
        bank.terminate(vm.name)
    cloud.run(4 * WEEK)
    used = ran(cloud, bank.find()) / HOUR
    return 100 * abs(_charged(cloud, "bank", 0.0) - used) / used


def _crowd(design: Design) -> float:
    """Per cent of the crowd's hour for which there were machines."""
    cloud = _cloud(design)
    cloud.run(5 * DAY + 20 * HOUR)
    shop = Session(cloud, "shop", SERVER)
    _buy(shop, CROWD // SIZES["compute"].vcpus, "crowd")
    cloud.run(HOUR)
    return 100 * ran(cloud, shop.find(role="crowd")) / (CROWD * HOUR)


def _repair(design: Design) -> float:
    """Minutes from the crash of a host until the shop's machine runs again."""
    cloud = _cloud(design)
    cloud.run(6 * DAY + 2 * HOUR)
    crash = cloud.now
    (vm,) = Session(cloud, "shop", TERMINAL).find(role="web")
    cloud.fail(cloud.floor.hosts.index(cloud.floor.host_of(vm)))
    Session(cloud, "shop", PHONE).start(vm.name)
    cloud.run(2 * WEEK)
    return (last(cloud, "running") - crash) / MINUTE


def _weekend(design: Design) -> float:
    """Per cent of the work that the machines of the weekend can do until Monday at eight."""
    cloud = _cloud(design)
    cloud.run(4 * DAY + 18 * HOUR)
    lab = Session(cloud, "lab", TERMINAL)
    _buy(lab, 35, "job")
    cloud.run(2 * DAY + 14 * HOUR)
    return 100 * ran(cloud, lab.find()) / (WORK * HOUR)


def _afternoon(design: Design) -> float:
    """vCPU-hours paid for a machine that was wanted from two until six."""
    cloud = _cloud(design)
    cloud.run(2 * DAY + 14 * HOUR)
    begin, newcomer = cloud.now, Session(cloud, "newcomer", LAPTOP)
    order = newcomer.request("medium")
    cloud.run(4 * HOUR)
    if not order.vms:
        raise NoCapacity("at six there was still no machine")
    newcomer.terminate(order.vms[0].name)
    charged = _charged(cloud, "newcomer", begin)
    cloud.run(6 * WEEK)
    return max(charged, _charged(cloud, "newcomer", cloud.now))


STORIES: dict[str, Story] = {
    "ledger": Story(
        "The bank's ledger", "Ledger",
        "Eight machines, ordered eight weeks ahead, run day and night for four weeks.",
        _ledger, 99, True, "% of the time",
    ),
    "chargeback": Story(
        "The bank's bill", "Bill",
        "Half of the ledger's machines go on a Wednesday morning. What is charged may be off by "
        "5 % from what ran.",
        _chargeback, 5, False, "% off",
    ),
    "crowd": Story(
        "The shop's crowd", "Crowd",
        "On Saturday evening a program orders 400 processors, for an hour. It wants 95 % of that.",
        _crowd, 95, True, "% of the hour",
    ),
    "repair": Story(
        "The repair by phone", "Repair",
        "On Sunday at two in the morning a host dies. The shop's engineer, on a train, starts the "
        "machine again, within 15 minutes.",
        _repair, 15, False, "min",
    ),
    "weekend": Story(
        "The lab's weekend", "Weekend",
        "On Friday at six, the lab's 20,000 processor-hours begin at a terminal in the building, "
        "to be done on Monday at eight.",
        _weekend, 100, True, "% of the work",
    ),
    "afternoon": Story(
        "The newcomer's afternoon", "Afternoon",
        "Somebody tries an idea on two processors, Wednesday from two to six, and will pay for "
        "ten processor-hours at most.",
        _afternoon, 10, False, "processor-hours",
    ),
}  # fmt: skip


def tell(design: Design) -> dict[str, Told]:
    """All six, each on a fresh cloud of the design."""
    return {name: story.tell(design) for name, story in STORIES.items()}


def _cloud(design: Design) -> Cloud:
    """Twelve hosts, four tenants, and at the start of the ninth week what was ordered in time."""
    cloud = Cloud({name: Quota() for name in TENANTS}, racks(each=6), design)
    Session(cloud, "bank", TERMINAL).request("large", count=LEDGER, tags={"role": "ledger"})
    Session(cloud, "shop", TERMINAL).request("small", tags={"role": "web"})
    cloud.run(START)
    if not all(order.vms for order in cloud.orders):
        raise NoCapacity("what was ordered eight weeks ahead is not there yet")
    return cloud


def _buy(session: Session, machines: int, role: str) -> None:
    """Order large machines by fives, as many as there are."""
    with suppress(NoCapacity):
        for _ in range(machines // 5):
            session.request("compute", count=5, tags={"role": role})


def _charged(cloud: Cloud, tenant: str, since: float) -> float:
    """vCPU-hours on the tenant's bill; where nothing is metered, tenants share the floor's cost."""
    told = cloud.statement(tenant)
    if told is not None:
        return told
    room = int(cloud.floor.fleet.room[VCPUS].sum())
    return room * (cloud.now - since) / HOUR / len(TENANTS)
