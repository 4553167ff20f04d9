"""The small cloud as its provider sees it; tenants come in through `api.Session`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from models.cloud.platform.clock import HOUR, Clock
from models.cloud.platform.design import Design
from models.cloud.platform.desks import Api, Desk, Tickets
from models.cloud.platform.fleet import Overcommit
from models.cloud.platform.floor import Floor
from models.cloud.platform.hosts import Host, racks
from models.cloud.platform.instances import State, Vm
from models.cloud.platform.offers import Offers
from models.cloud.platform.orders import Order
from models.cloud.platform.refusals import NoCapacity, Refused
from models.cloud.platform.tenants import Quota
from models.cloud.platform.wish import Wish


@dataclass(frozen=True)
class Event:
    """Something that happened.

    Attributes
    ----------
    time : float
        In seconds since a Monday at midnight.
    tenant : str
        Whom it concerns; empty for the provider alone.
    what : str
        Such as "running" or "host failed".
    subject : str
        The VM, order or host.
    host : int or None
        Where the VM had its room.
    """

    time: float
    tenant: str
    what: str
    subject: str
    host: int | None = None


class Cloud:
    """Machines, the mechanisms around them, and what happens as time goes by.

    Parameters
    ----------
    tenants : mapping of str to Quota
    hosts : sequence of Host, optional
        By default eight simulated ones in two zones.
    design : Design
        The mechanisms.
    policy : {"first", "best", "spread"}
        Of placement.
    overcommit : Overcommit
    offers : Offers, optional
        Sizes and images.
    desk : Desk, optional
        Instead of the one that the design names.

    Attributes
    ----------
    clock : Clock
    floor : Floor
        Hosts, holdings, meter.
    offers : Offers
    vms : dict of str to Vm
        All that ever were.
    orders, waiting : list of Order
        All; and those that wait for room.
    events : list of Event
    """

    def __init__(
        self,
        tenants: Mapping[str, Quota],
        hosts: Sequence[Host] | None = None,
        design: Design = Design(),  # noqa: B008 (frozen)
        policy: str = "best",
        overcommit: Overcommit = Overcommit(),  # noqa: B008 (frozen)
        offers: Offers | None = None,
        desk: Desk | None = None,
    ) -> None:
        self.design, self.clock = design, Clock()
        silos = design.hosts == "silos"
        machines = racks() if hosts is None else hosts
        self.floor = Floor(machines, tenants, silos, policy, overcommit)
        self.offers = offers or Offers()
        self.vms: dict[str, Vm] = {}
        self.orders: list[Order] = []
        self.waiting: list[Order] = []
        self.events: list[Event] = []
        self._desk = desk or (Tickets() if design.desk == "tickets" else Api())

    @property
    def now(self) -> float:
        """Seconds since a Monday at midnight."""
        return self.clock.now

    def run(self, seconds: float) -> None:
        """Let time go by."""
        self.clock.run(self.now + seconds)

    def note(self, tenant: str, what: str, subject: str, host: int | None = None) -> None:
        """Write an event down."""
        self.events.append(Event(self.now, tenant, what, subject, host))

    # A tenant's wishes.

    def order(self, tenant: str, wish: Wish) -> Order:
        """Send a wish through the desk to the hosts.

        Raises
        ------
        Refused
            If that is known at once. A refusal that comes later is kept by the order.
        """
        order = Order(f"order-{len(self.orders) + 1}", tenant, wish, self.now, self._desk.touches)
        self.orders.append(order)
        self.note(tenant, "ordered", order.name)
        self.ask(tenant, order.name, lambda: self._approve(order))
        if order.refusal:
            raise order.refusal
        return order

    def ask(self, tenant: str, subject: str, action: Callable[[], None]) -> None:
        """Do what a tenant wants once the desk has dealt with it: now, if nobody has to.

        Raises
        ------
        Refused
            If `action` does, now. A refusal that comes later is an event.
        """
        time = self._desk.through(self.now)
        if time <= self.now:
            action()
        else:
            self.clock.at(time, lambda: self._do(tenant, subject, action))

    def start(self, vm: Vm) -> None:
        """Boot a VM; if it has lost its room, find another.

        Raises
        ------
        WrongState, QuotaExceeded, NoCapacity
        """
        vm.may("booting")
        if vm.host is None:
            self._quota(vm.tenant, Wish(vm.size, vm.image))
            if not self.floor.take(vm, self.now):
                raise NoCapacity(f"{vm.name}: no host has room for {vm.size}")
        self._boot(vm)

    def end(self, vm: Vm, state: Literal["stopped", "terminated"]) -> None:
        """Stop a VM for now or for ever; its room is given back when its least term is over.

        Raises
        ------
        WrongState
        """
        vm.may(state)
        if vm.state in ("booting", "running"):
            self.floor.host_of(vm).halt(vm.name)
        self._become(vm, state)
        self._at(self._term_ends(vm), lambda: self._give(vm))

    # What befalls the provider.

    def fail(self, host: int) -> list[Vm]:
        """Crash a host. What ran on it has failed; what wants to, starts elsewhere.

        Returns
        -------
        list of Vm
            Those that ran on it.

        Raises
        ------
        ValueError
            For a host that the cloud does not have.
        """
        self._set_alive(host, False)
        self.note("", "host failed", f"host {host}")
        there = [vm for vm in self.vms.values() if vm.host == host]
        hit = [vm for vm in there if vm.state in ("booting", "running")]
        for vm in hit:
            self._become(vm, "failed")
        for vm in there:
            self._release(vm)
        for vm in hit:
            if vm.wish.restart and self.floor.take(vm, self.now):
                self._boot(vm)
        self._serve_waiting()
        return hit

    def repair(self, host: int) -> None:
        """Take a crashed host back, empty.

        Raises
        ------
        ValueError
            For a host that the cloud does not have.
        """
        self._set_alive(host, True)
        self.note("", "host repaired", f"host {host}")
        self._serve_waiting()

    def statement(self, tenant: str) -> float | None:
        """What the tenant has used up to now, in vCPU-hours; None where nothing is metered."""
        if self.design.meter == "none":
            return None
        return self.floor.meter.vcpu_seconds(tenant, self.now) / HOUR

    # Inside.

    def _set_alive(self, host: int, alive: bool) -> None:
        hosts = len(self.floor.hosts)
        if not 0 <= host < hosts:
            raise ValueError(f"host: there is no host {host}; allowed: 0 to {hosts - 1}")
        self.floor.fleet.alive[host] = alive

    def _at(self, time: float, action: Callable[[], None]) -> None:
        if time <= self.now:
            action()
        else:
            self.clock.at(time, action)

    def _do(self, tenant: str, subject: str, action: Callable[[], None]) -> None:
        try:
            action()
        except Refused:
            self.note(tenant, "refused", subject)

    def _approve(self, order: Order) -> None:
        order.approved = self.now
        self._at(self.now + self.design.lead, lambda: self._fulfil_or_wait(order))

    def _fulfil_or_wait(self, order: Order) -> None:
        if not self._fulfil(order):
            self.waiting.append(order)
            self.note(order.tenant, "waiting", order.name)

    def _fulfil(self, order: Order) -> bool:
        """Whether the order is done with: fulfilled or refused, and not to wait."""
        try:
            self._quota(order.tenant, order.wish)
            self._make(order)
        except Refused as refusal:
            if isinstance(refusal, NoCapacity) and order.wish.wait:
                return False
            self._refuse(order, refusal)
        return True

    def _refuse(self, order: Order, refusal: Refused) -> None:
        order.refusal = refusal
        self.note(order.tenant, "refused", order.name)

    def _quota(self, tenant: str, wish: Wish) -> None:
        floor = self.floor
        floor.quotas[tenant].check(floor.holdings[tenant].more(wish.size, wish.count))

    def _make(self, order: Order) -> None:
        """All of the wish's VMs, or none."""
        wish, made = order.wish, list[Vm]()
        for number in range(wish.count):
            vm = Vm(f"vm-{len(self.vms) + number + 1}", order.tenant, wish)
            if not self.floor.take(vm, self.now):
                for placed in made:
                    self.floor.give(placed, self.now)
                raise NoCapacity(f"no room for {wish.count} VMs of {wish.size}")
            made.append(vm)
        order.vms = made
        for vm in made:
            self.vms[vm.name] = vm
            self._boot(vm)

    def _boot(self, vm: Vm) -> None:
        self._become(vm, "booting")
        vm.boots += 1
        boots, seconds = vm.boots, self.floor.host_of(vm).boot(vm.name, vm.size, vm.image)
        self._at(self.now + seconds, lambda: self._booted(vm, boots))

    def _booted(self, vm: Vm, boots: int) -> None:
        # A boot that was cut short must not bring to life what was started again since.
        if vm.state == "booting" and vm.boots == boots:
            self._become(vm, "running")

    def _become(self, vm: Vm, state: State) -> None:
        vm.become(state)
        self.note(vm.tenant, state, vm.name, vm.host)

    def _term_ends(self, vm: Vm) -> float:
        return vm.since + self.design.term

    def _give(self, vm: Vm) -> None:
        # Meanwhile the VM may have been started again, or have got other room with a later term.
        if vm.state in ("stopped", "terminated") and self.now >= self._term_ends(vm):
            self._release(vm)
            self._serve_waiting()

    def _release(self, vm: Vm) -> None:
        if vm.host is not None:
            self.note(vm.tenant, "released", vm.name, vm.host)
            self.floor.give(vm, self.now)

    def _serve_waiting(self) -> None:
        """Who waits tries again, the tenant with the smallest dominant share first."""
        while self._serve_one():
            pass

    def _serve_one(self) -> bool:
        # Sorting keeps the order of arrival among equals.
        for order in sorted(self.waiting, key=lambda o: self.floor.share(o.tenant)):
            if self._fulfil(order):
                self.waiting.remove(order)
                return True
        return False
