"""What a tenant can do, sees, and is refused."""

import pytest

from models.cloud.platform import Cloud, Design, Diary, Quota, Session
from models.cloud.platform.clock import DAY, HOUR
from models.cloud.platform.entrance import CLIENTS, PHONE, TERMINAL, Client, admit
from models.cloud.platform.hosts import SimulatedHost
from models.cloud.platform.offers import Image, Size
from models.cloud.platform.refusals import (
    NoCapacity,
    QuotaExceeded,
    Unknown,
    Unreachable,
    WrongState,
)
from models.cloud.platform.wish import Wish


def cloud(hosts=2, quota=None, hosts_are="shared", **design) -> Cloud:
    """Small hosts: two compute VMs each."""
    machines = [SimulatedHost("ab"[n % 2], 32, 128) for n in range(hosts)]
    made = Design(hosts=hosts_are, **design)
    return Cloud({"shop": quota or Quota(), "bank": Quota()}, machines, made)


def test_a_vm_boots_as_long_as_its_image_says_and_is_found_by_its_tags():
    small = cloud()
    shop = Session(small, "shop")
    shop.request(image="microVM", tags={"role": "web", "test": "yes"})
    shop.request(image="bare metal", tags={"role": "web"})
    small.run(1)
    assert [vm.state for vm in shop.find(role="web")] == ["running", "booting"]
    assert [vm.name for vm in shop.find(role="web", test="yes")] == ["vm-1"]
    small.run(599)
    assert [vm.state for vm in shop.find()] == ["running", "running"]


def test_tenants_neither_see_nor_touch_each_other():
    small = cloud()
    shop, bank = Session(small, "shop"), Session(small, "bank")
    shop.request()
    small.run(60)
    shop.save("vm-1", "own")
    assert bank.find() == []
    assert bank.events() == []
    for touch in (bank.stop, bank.start, bank.terminate):
        with pytest.raises(Unknown, match="VM: 'vm-1' is unknown"):
            touch("vm-1")
    with pytest.raises(Unknown, match="image: 'own' is unknown"):
        bank.request(image="own")
    assert shop.request(image="own").vms[0].image == small.vms["vm-1"].image
    for taken in ("own", "VM"):
        with pytest.raises(ValueError, match=f"image: '{taken}' is taken"):
            shop.save("vm-1", taken)
    # That a stranger has such an image does not show here either.
    bank.save(bank.request().vms[0].name, "own")


@pytest.mark.parametrize(
    ("ask", "refusal", "says"),
    [
        ({"size": "huge"}, Unknown, "size: 'huge' is unknown; there are tiny"),
        ({"image": "dos"}, Unknown, "image: 'dos' is unknown"),
        ({"zone": "c"}, Unknown, "zone: 'c' is unknown; there are a, b"),
        ({"count": 0}, ValueError, "count: 0 is too small"),
        ({"size": "compute", "count": 5}, NoCapacity, "no room for 5 VMs"),
        ({"count": 1_001}, QuotaExceeded, "1,001 VMs are too many; allowed: 1,000"),
    ],
)
def test_a_refusal_names_what_is_wrong_and_changes_nothing(ask, refusal, says):
    small = cloud()
    with pytest.raises(refusal, match=says):
        Session(small, "shop").request(**ask)
    assert not small.vms
    assert (small.floor.fleet.free == small.floor.fleet.room).all()
    assert small.statement("shop") == 0


def test_an_unknown_tenant_does_not_come_in():
    with pytest.raises(Unknown, match="tenant: 'thief' is unknown"):
        Session(cloud(), "thief")


@pytest.mark.parametrize(
    ("quota", "says"),
    [
        (Quota(vms=3), "quota: 4 VMs are too many; allowed: 3"),
        (Quota(vcpus=7), "quota: 8 vCPUs are too many; allowed: 7"),
        (Quota(memory=31), "quota: 32 GiB of memory are too many; allowed: 31"),
    ],
)
def test_a_quota_counts_what_is_there_already(quota, says):
    shop = Session(cloud(quota=quota), "shop")
    shop.request("medium", count=3)
    with pytest.raises(QuotaExceeded, match=says):
        shop.request("medium")


def test_the_quota_is_looked_at_before_the_room():
    shop = Session(cloud(quota=Quota(vcpus=32)), "shop")
    with pytest.raises(QuotaExceeded):
        shop.request("compute", count=100)


def test_a_stopped_vm_gives_its_room_back_and_may_find_it_taken():
    small = cloud(hosts=1)
    shop, bank = Session(small, "shop"), Session(small, "bank")
    shop.request("compute", count=2)
    small.run(60)
    shop.stop("vm-1")
    bank.request("compute")
    with pytest.raises(NoCapacity, match="vm-1: no host has room"):
        shop.start("vm-1")
    bank.terminate("vm-3")
    shop.start("vm-1")
    small.run(60)
    assert [vm.state for vm in shop.find()] == ["running", "running"]


def test_no_step_outside_the_lifecycle():
    small = cloud()
    shop = Session(small, "shop")
    shop.request()
    with pytest.raises(WrongState, match="booting cannot become booting"):
        shop.start("vm-1")
    shop.terminate("vm-1")
    for step in (shop.start, shop.stop, shop.terminate):
        with pytest.raises(WrongState, match=r"terminated cannot become .*nothing more"):
            step("vm-1")


def test_a_boot_that_was_cut_short_does_not_bring_a_later_one_to_life_early():
    small = cloud()
    shop = Session(small, "shop")
    shop.request()
    small.run(50)
    shop.stop("vm-1")
    shop.start("vm-1")
    small.run(15)  # the first boot would have ended now
    assert small.vms["vm-1"].state == "booting"
    small.run(45)
    assert small.vms["vm-1"].state == "running"


def test_when_a_host_dies_whoever_wants_to_starts_elsewhere():
    small = cloud(hosts=3)
    shop = Session(small, "shop")
    apart = shop.group("apart")
    kept = shop.request(count=2, group=apart, restart=True).vms
    lost = shop.request(zone=small.floor.host_of(kept[0]).zone).vms[0]
    small.run(60)
    died = kept[0].host
    hit = small.fail(died)
    assert kept[0] in hit
    small.run(60)
    assert kept[0].state == kept[1].state == "running"
    assert len({died, kept[0].host, kept[1].host}) == 3
    if lost in hit:
        assert lost.state == "failed"
        shop.start(lost.name)
        assert lost.host != died
    small.repair(died)
    assert any(vm.host == died for vm in shop.request("compute", count=3).vms)


@pytest.mark.parametrize("number", [-1, 3])
def test_a_host_that_is_not_there_cannot_fail(number):
    for befall in (cloud(hosts=3).fail, cloud(hosts=3).repair):
        with pytest.raises(ValueError, match=f"there is no host {number}; allowed: 0 to 2"):
            befall(number)


def test_a_least_term_is_paid_and_kept_to_its_end():
    small = cloud(term=2 * HOUR)
    shop = Session(small, "shop")
    shop.request("medium")
    small.run(HOUR)
    shop.terminate("vm-1")
    assert small.floor.holdings["shop"].vms == 1
    small.run(5 * HOUR)
    assert small.floor.holdings["shop"].vms == 0
    assert shop.used() == pytest.approx(2 * 2)  # vCPUs x hours


def test_started_again_within_its_term_a_vm_keeps_its_room():
    small = cloud(term=2 * HOUR)
    shop = Session(small, "shop")
    shop.request()
    small.run(60)
    shop.stop("vm-1")
    shop.start("vm-1")
    small.run(5 * HOUR)
    assert small.vms["vm-1"].state == "running"
    assert small.floor.holdings["shop"].vms == 1


def test_other_room_has_a_term_of_its_own():
    small = cloud(term=2 * HOUR)
    shop = Session(small, "shop")
    vm = shop.request().vms[0]
    shop.stop("vm-1")  # its room is kept for two hours
    small.run(HOUR)
    small.fail(vm.host)
    shop.start("vm-1")
    shop.stop("vm-1")
    small.run(1.5 * HOUR)  # the first room's term is over, the second one's is not
    assert vm.host is not None
    small.run(HOUR)
    assert vm.host is None


def test_who_waits_is_served_by_the_smallest_dominant_share():
    small = cloud(hosts=2)
    shop, bank = Session(small, "shop"), Session(small, "bank")
    shop.request("compute", count=3)
    bank.request("compute", count=1)
    first = shop.request("compute", wait=True)
    second = bank.request("compute", wait=True)
    assert small.waiting == [first, second]
    shop.terminate("vm-1")
    assert (len(first.vms), len(second.vms)) == (0, 1), "the bank has less, so it comes first"
    shop.terminate("vm-2")
    assert (len(first.vms), small.waiting) == (1, [])


def test_in_the_order_of_asking_among_equals():
    small = cloud(hosts=1)
    shop = Session(small, "shop")
    shop.request("compute", count=2)
    waiting = [shop.request("compute", wait=True) for _ in range(2)]
    shop.terminate("vm-1")
    assert [len(order.vms) for order in waiting] == [1, 0]


def test_silos_end_at_their_own_hosts():
    pool, silos = cloud(hosts=4), cloud(hosts=4, hosts_are="silos")
    assert len(Session(pool, "shop").request("compute", count=8).vms) == 8
    shop, bank = Session(silos, "shop"), Session(silos, "bank")
    with pytest.raises(NoCapacity):
        shop.request("compute", count=5)
    assert {vm.host for vm in shop.request("compute", count=4).vms} == {0, 2}
    assert {vm.host for vm in bank.request("compute", count=4).vms} == {1, 3}


def test_by_ticket_a_refusal_comes_later_and_is_kept():
    small = cloud(desk="tickets")
    shop = Session(small, "shop")
    good, bad = shop.request(), shop.request("compute", count=100)
    assert (good.vms, bad.refusal, good.touches) == ([], None, 1)
    small.run(DAY)
    assert good.approved == 9.5 * HOUR
    assert good.vms[0].state == "running"
    assert isinstance(bad.refusal, NoCapacity)
    shop.terminate("vm-1")
    shop.terminate("vm-1")
    small.run(DAY)
    assert [e.what for e in shop.events() if e.subject == "vm-1"][-2:] == ["released", "refused"]


def test_the_entrance_of_a_site_admits_those_who_sit_there():
    for client in CLIENTS:
        admit("internet", client)
    site = cloud(entrance="site")
    Session(site, "shop", TERMINAL).request()
    for client in (PHONE, Client("laptop", "site"), Client("laptop", speaks="own")):
        with pytest.raises(Unreachable, match=f"{client.device} on the {client.network}"):
            Session(site, "shop", client).find()
    with pytest.raises(ValueError, match="entrance: 'roof' is unknown"):
        admit("roof", PHONE)


def test_where_nothing_is_metered_nobody_can_say():
    small = cloud(meter="none")
    shop = Session(small, "shop")
    shop.request()
    small.run(HOUR)
    assert shop.used() is None


def test_the_same_wishes_give_the_same_events():
    def week() -> str:
        small = cloud(hosts=3, desk="tickets", term=HOUR)
        shop = Session(small, "shop")
        for count in (1, 3, 2):
            shop.request("large", count=count, group=shop.group("across"), restart=True)
            small.run(DAY)
            small.fail(count - 1)
        return Diary(small.events).text()

    assert week() == week()


def test_a_diary_tells_when_whose_which_what_and_where():
    small = cloud()
    Session(small, "bank").request()
    small.fail(0)
    lines = Diary(small.events, "A day").text().splitlines()
    assert lines[:2] == [
        "A day",
        "  Mon 00:00:00  bank          order-1  ordered",
    ]
    assert lines[2].split() == ["Mon", "00:00:00", "bank", "vm-1", "booting", "0"]
    assert "<caption>A day</caption>" in Diary(small.events, "A day").html()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Size(0, 1), "vcpus: 0 is too small"),
        (lambda: Image(-1.0), "boot: -1.0 s is impossible"),
        (lambda: Wish(Size(1, 1), Image(1), 0), "count: 0 is too small"),
        (lambda: Cloud({"a": Quota()}, policy="worst"), "policy: 'worst' is unknown"),
        (lambda: Cloud({}, design=Design(hosts="silos")), "tenants: none to deal hosts out to"),
        (lambda: Session(cloud(), "shop").group("far"), "rule: 'far' is unknown"),
    ],
)
def test_bad_input_is_refused_by_name(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_another_desk_can_stand_there():
    class Slow:
        touches = 2

        def through(self, now):
            return now + 100

    slow = Cloud({"shop": Quota()}, desk=Slow())
    order = Session(slow, "shop").request()
    slow.run(100)
    assert (order.touches, order.approved, len(order.vms)) == (2, 100, 1)


def test_another_kind_of_host_can_stand_there():
    halted = []

    class Emulated(SimulatedHost):
        def boot(self, vm, size, image):
            return 7.0

        def halt(self, vm):
            halted.append(vm)

    own = Cloud({"shop": Quota()}, [Emulated()])
    shop = Session(own, "shop")
    shop.request()
    own.run(7)
    assert own.vms["vm-1"].state == "running"
    shop.terminate("vm-1")
    assert halted == ["vm-1"]
