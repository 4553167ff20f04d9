"""Placement against its scalar twin, and against what may never happen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.platform.fairness import FairLine
from models.cloud.platform.fleet import SHARED, Fleet, Overcommit
from models.cloud.platform.policies import POLICIES
from models.cloud.platform.scheduler import RULES, Group, Scheduler
from models.cloud.platform.workload import ORDERS, REFUSED, Workload, place_all
from tests.cloud.platform import scalar

SIZES = np.array([(1, 1), (1, 4), (2, 8), (4, 16), (4, 64), (16, 32)])


def hosts(number: int, rng: np.random.Generator, owned: bool = False) -> list[scalar.Box]:
    """Hosts of two kinds in three zones, a few of them dead, some of them one tenant's own."""
    return [
        scalar.Box(
            *((32, 128), (64, 128))[int(rng.integers(0, 2))],
            zone=int(rng.integers(0, 3)),
            owner=int(rng.integers(0, 3)) if owned and rng.random() < 0.3 else SHARED,
            alive=bool(rng.random() > 0.05),
        )
        for _ in range(number)
    ]


def fleet_of(boxes: list[scalar.Box]) -> Fleet:
    fleet = Fleet(
        [b.vcpus for b in boxes],
        [b.memory for b in boxes],
        [b.zone for b in boxes],
        [b.owner for b in boxes],
    )
    fleet.alive[:] = [b.alive for b in boxes]
    return fleet


def workload(requests: int, rng: np.random.Generator, tenants: int = 5) -> Workload:
    """Requests of every size; a third of them in groups of every rule."""
    size = SIZES[rng.integers(0, len(SIZES), requests)]
    groups = max(requests // 8, 1)
    group = np.where(rng.random(requests) < 1 / 3, rng.integers(0, groups, requests), -1)
    rules = tuple(list(RULES)[n % len(RULES)] for n in range(groups))
    return Workload(size[:, 0], size[:, 1], rng.integers(0, tenants, requests), group, rules)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("policy", POLICIES)
def test_decisions_are_the_twins_at_a_hundred_hosts(policy, order):
    rng = np.random.default_rng(11)
    boxes = hosts(100, rng)
    work = workload(900, rng)
    fast = place_all(fleet_of(boxes), work, policy, order)
    assert fast.tolist() == scalar.place_all(boxes, work, policy, order)
    assert (fast == REFUSED).any(), "the fleet was filled, so refusals agree too"


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 12), st.integers(0, 60), st.integers(0, 2**31),
    st.sampled_from(sorted(POLICIES)), st.sampled_from(sorted(ORDERS)),
)  # fmt: skip
def test_decisions_are_the_twins_whatever_comes(number, requests, seed, policy, order):
    rng = np.random.default_rng(seed)
    boxes, work = hosts(number, rng, owned=True), workload(requests, rng)
    fleet = fleet_of(boxes)
    assert place_all(fleet, work, policy, order).tolist() == scalar.place_all(
        boxes, work, policy, order
    )
    for n, box in enumerate(boxes):
        assert fleet.free[:, n].tolist() == [box.vcpus, box.memory]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 8), st.integers(1, 80), st.integers(0, 2**31), st.sampled_from([1.0, 2.5]))
def test_nothing_is_promised_twice_and_what_goes_gives_all_back(number, steps, seed, ratio):
    rng = np.random.default_rng(seed)
    fleet = Fleet([32] * number, [128] * number, rng.integers(0, 2, number),
                  overcommit=Overcommit(vcpus=ratio))  # fmt: skip
    scheduler = Scheduler(fleet, POLICIES[sorted(POLICIES)[seed % 3]])
    groups = [None, *(Group(rule) for rule in RULES)]
    there: list[tuple[int, int, int, Group | None]] = []
    for _ in range(steps):
        if there and rng.random() < 0.4:
            scheduler.remove(*there.pop(int(rng.integers(0, len(there)))))
        else:
            vcpus, memory = SIZES[rng.integers(0, len(SIZES))].tolist()
            group = groups[int(rng.integers(0, len(groups)))]
            host = scheduler.place(vcpus, memory, group=group)
            if host is not None:
                there.append((host, vcpus, memory, group))
        assert (fleet.free >= 0).all()
        used = np.zeros((2, number), dtype=int)
        for host, vcpus, memory, _ in there:
            used[:, host] += vcpus, memory
        assert (fleet.used == used).all()
        assert (fleet.slack == fleet.weights @ fleet.free.astype(int)).all()
        assert_rules(there, fleet)
    for vm in there:
        scheduler.remove(*vm)
    assert (fleet.free == fleet.room).all()
    assert not any(group.hosts or group.zones for group in groups if group)


def assert_rules(there: list[tuple[int, int, int, Group | None]], fleet: Fleet) -> None:
    for rule in ("apart", "near"):
        members = [host for host, _, _, group in there if group and group.rule == rule]
        places = members if rule == "apart" else [int(fleet.zone[host]) for host in members]
        assert len(set(places)) == (len(places) if rule == "apart" else min(len(places), 1))


def test_members_across_zones_are_never_more_than_one_apart():
    fleet = Fleet([64] * 9, [256] * 9, [0, 0, 0, 1, 1, 1, 2, 2, 2])
    work = Workload(*np.full((3, 20), [[4], [16], [0]]), np.zeros(20, dtype=int), ("across",))
    zones = fleet.zone[place_all(fleet, work)]
    for n in range(1, 21):
        counts = np.bincount(zones[:n], minlength=3)
        assert counts.max() - counts.min() <= 1


def test_dominant_shares_come_out_as_in_the_paper():
    # Ghodsi and others, section 4.1: 9 processors and 18 GB, tasks of (1, 4) and (3, 1). In the
    # end the tenants run three and two tasks, and both have two thirds of what they need most.
    fleet = Fleet([9], [18])
    needs = np.array([(1, 4)] * 9 + [(3, 1)] * 9)
    tenant = np.repeat([0, 1], 9)
    work = Workload(needs[:, 0], needs[:, 1], tenant, np.full(18, -1))
    placed = place_all(fleet, work, order="fair") != REFUSED
    assert [int(placed[tenant == t].sum()) for t in (0, 1)] == [3, 2]


def test_in_order_of_arrival_the_first_tenant_takes_all():
    fleet = Fleet([9], [18])
    needs = np.array([(1, 4)] * 9 + [(3, 1)] * 9)
    work = Workload(needs[:, 0], needs[:, 1], np.repeat([0, 1], 9), np.full(18, -1))
    placed = place_all(fleet, work) != REFUSED
    assert [int(placed[:9].sum()), int(placed[9:].sum())] == [4, 1]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 3)), max_size=40))
def test_every_request_has_its_turn_once_and_shares_stay_together(requests):
    line = FairLine((100, 250), [r[:2] for r in requests], [r[2] for r in requests])
    turns = []
    for request in line:
        turns.append(request)
        line.placed(request)
        waiting = {line.tenants[n] for n in range(len(requests)) if n not in turns}
        # Nobody who waits is behind another who waits by more than one request's share.
        shares = [line.share(t) for t in waiting]
        assert not shares or max(shares) - min(shares) <= 5 * 250
    assert sorted(turns) == list(range(len(requests)))


def test_overcommit_promises_more_than_there_is():
    plain = Fleet([10], [40])
    twice = Fleet([10], [40], overcommit=Overcommit(vcpus=2.0, memory=1.5))
    assert plain.room.tolist() == [[10], [40]]
    assert twice.room.tolist() == [[20], [60]]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Fleet([], []), "at least one host"),
        (lambda: Fleet([4], [4, 4]), "one number a host"),
        (lambda: Fleet([4.5], [4]), "vcpus: allowed: whole numbers"),
        (lambda: Fleet([4], [0]), "memory: allowed: whole numbers from 1"),
        (lambda: Fleet([4], [4], [1, 2]), "zone: 2 values; allowed: one for each of 1 hosts"),
        (lambda: Overcommit(vcpus=0.5), "vcpus: overcommit 0.5 is out of range"),
        (lambda: Overcommit(memory=float("nan")), "memory: overcommit nan is out of range"),
        (lambda: Group("closer"), "rule: 'closer' is unknown; allowed: apart, near, across"),
        (lambda: place_all(Fleet([4], [4]), workload(1, np.random.default_rng(1)), "worst"),
         "policy: 'worst' is unknown"),
        (lambda: place_all(Fleet([4], [4]), workload(1, np.random.default_rng(1)), order="lifo"),
         "order: 'lifo' is unknown"),
        (lambda: Workload(*np.ones((3, 4), dtype=int), np.ones(3, dtype=int)), "one number a"),
        (lambda: Workload(*np.ones((3, 1), dtype=int), np.array([0])), "group: allowed: -1 to -1"),
        (lambda: Fleet([4], [4]).take(0, 5, 1), "host 0: 5 vCPUs and 1 GiB are too much"),
        (lambda: Fleet([4], [4]).give(0, 1, 1), "host 0: 1 vCPUs and 1 GiB were never promised"),
        (lambda: Fleet([2**20], [4], overcommit=Overcommit(vcpus=2)), "overcommit: 2,097,152"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name(make, says):
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        make()
