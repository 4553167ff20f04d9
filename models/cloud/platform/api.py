"""What a tenant can do, and nothing else: every call passes the entrance, and sees its own only.

>>> from models.cloud.platform.cloud import Cloud
>>> from models.cloud.platform.tenants import Quota
>>> cloud = Cloud({"shop": Quota(), "bank": Quota()})
>>> shop = Session(cloud, "shop")
>>> order = shop.request("small", count=2, tags={"role": "web"})
>>> [vm.state for vm in order.vms]
['booting', 'booting']
>>> cloud.run(60)
>>> [vm.name for vm in shop.find(role="web") if vm.state == "running"]
['vm-1', 'vm-2']
"""

from collections.abc import Collection, Mapping

from models.cloud.platform.cloud import Cloud, Event
from models.cloud.platform.entrance import SERVER, Client, admit
from models.cloud.platform.instances import Vm
from models.cloud.platform.orders import Order
from models.cloud.platform.refusals import Unknown
from models.cloud.platform.scheduler import Group, Rule
from models.cloud.platform.wish import Wish


class Session:
    """A tenant's way into the cloud from one client.

    Parameters
    ----------
    cloud : Cloud
    tenant : str
    client : Client

    Raises
    ------
    Unknown
        For a tenant that the cloud does not have.
    Unreachable
        On every call, where the entrance does not admit the client.
    """

    def __init__(self, cloud: Cloud, tenant: str, client: Client = SERVER) -> None:
        _known("tenant", tenant, cloud.floor.quotas)
        self._cloud, self.tenant, self.client = cloud, tenant, client

    def request(
        self,
        size: str = "small",
        image: str = "VM",
        count: int = 1,
        tags: Mapping[str, str] | None = None,
        zone: str = "",
        group: Group | None = None,
        restart: bool = False,
        wait: bool = False,
    ) -> Order:
        """Ask for VMs: all of them or none.

        Parameters
        ----------
        size, image : str
            Of the offers.
        count : int
        tags : mapping, optional
        zone : str
            Empty for anywhere.
        group : Group, optional
            From `group`.
        restart : bool
            Whether they start elsewhere when their host crashes.
        wait : bool
            Whether to wait for room rather than be refused.

        Raises
        ------
        Unknown, QuotaExceeded, NoCapacity, Unreachable
        ValueError
            For a count below 1.
        """
        self._come_in()
        sizes, images = self._cloud.offers.sizes, self._cloud.offers.usable(self.tenant)
        _known("size", size, sizes)
        _known("image", image, images)
        if zone:
            _known("zone", zone, self._cloud.floor.zones)
        wish = Wish(sizes[size], images[image], count, tags or {}, zone, group, restart, wait)
        return self._cloud.order(self.tenant, wish)

    def group(self, rule: Rule) -> Group:
        """VMs that will keep a rule: "apart", "near" or "across".

        Raises
        ------
        ValueError
            For an unknown rule.
        """
        self._come_in()
        return Group(rule)

    def start(self, name: str) -> None:
        """Boot a VM that is stopped or has failed.

        Raises
        ------
        Unknown, WrongState, NoCapacity, QuotaExceeded, Unreachable
        """
        vm = self._own(name)
        self._cloud.ask(self.tenant, name, lambda: self._cloud.start(vm))

    def stop(self, name: str) -> None:
        """Halt a VM and give its room back, but keep its name.

        Raises
        ------
        Unknown, WrongState, Unreachable
        """
        vm = self._own(name)
        self._cloud.ask(self.tenant, name, lambda: self._cloud.end(vm, "stopped"))

    def terminate(self, name: str) -> None:
        """End a VM for good.

        Raises
        ------
        Unknown, WrongState, Unreachable
        """
        vm = self._own(name)
        self._cloud.ask(self.tenant, name, lambda: self._cloud.end(vm, "terminated"))

    def save(self, name: str, image: str) -> None:
        """Keep a VM as an image of one's own, to boot more like it.

        Raises
        ------
        Unknown, Unreachable
        ValueError
            For a name that is taken.
        """
        self._cloud.offers.keep(self.tenant, image, self._own(name).image)

    def find(self, **tags: str) -> list[Vm]:
        """The tenant's VMs with all these tags, the terminated ones too."""
        self._come_in()
        return [
            vm
            for vm in self._cloud.vms.values()
            if vm.tenant == self.tenant and tags.items() <= vm.wish.tags.items()
        ]

    def events(self) -> list[Event]:
        """What has happened to the tenant's orders and VMs."""
        self._come_in()
        return [event for event in self._cloud.events if event.tenant == self.tenant]

    def used(self) -> float | None:
        """The tenant's use up to now in vCPU-hours; None where nothing is metered."""
        self._come_in()
        return self._cloud.statement(self.tenant)

    def _come_in(self) -> None:
        admit(self._cloud.design.entrance, self.client)

    def _own(self, name: str) -> Vm:
        self._come_in()
        _known("VM", name, [vm.name for vm in self.find()])
        return self._cloud.vms[name]


def _known(kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise Unknown(f"{kind}: {name!r} is unknown; there are {', '.join(known)}")
