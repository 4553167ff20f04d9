"""The small cloud as a machine that anybody may turn in any order: what always holds."""

from collections import defaultdict
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.cloud.platform import Cloud, Design, Quota, Refused, Session
from models.cloud.platform.clock import HOUR
from models.cloud.platform.hosts import SimulatedHost
from models.cloud.platform.instances import NEXT
from models.cloud.platform.metering import vcpu_seconds
from models.cloud.platform.scheduler import RULES
from models.cloud.traits.watch import held

TENANTS = {"shop": Quota(vms=8, vcpus=24, memory=200), "bank": Quota()}
SIZES = ("small", "large", "memory", "compute")


class AnyOrder(RuleBasedStateMachine):
    """Orders, stops, crashes and hours in any order."""

    @initialize(
        desk=st.sampled_from(["api", "tickets"]),
        hosts=st.sampled_from(["shared", "silos"]),
        lead=st.sampled_from([0.0, 90.0]),
        term=st.sampled_from([0.0, 2 * HOUR]),
    )
    def found(self, **design):
        hosts = [SimulatedHost("ab"[n % 2], 32, 128) for n in range(5)]
        self.cloud = Cloud(TENANTS, hosts, Design(**design))
        self.sessions = {name: Session(self.cloud, name) for name in TENANTS}
        self.groups = {name: s.group(r) for r in RULES for name, s in self.sessions.items()}

    @rule(
        tenant=st.sampled_from(sorted(TENANTS)), size=st.sampled_from(SIZES),
        count=st.integers(1, 4), grouped=st.booleans(), restart=st.booleans(), wait=st.booleans(),
    )  # fmt: skip
    def request(self, tenant, size, count, grouped, restart, wait):
        group = self.groups[tenant] if grouped else None
        before = len(self.cloud.vms), self.cloud.floor.fleet.free.copy()
        try:
            order = self.sessions[tenant].request(
                size, count=count, group=group, restart=restart, wait=wait
            )
            assert len(order.vms) in (0, count)
        except Refused:
            assert len(self.cloud.vms) == before[0]
            assert (self.cloud.floor.fleet.free == before[1]).all()

    @rule(step=st.sampled_from(["start", "stop", "terminate"]), which=st.integers(0, 50))
    def change(self, step, which):
        if not self.cloud.vms:
            return
        vm = list(self.cloud.vms.values())[which % len(self.cloud.vms)]
        with suppress(Refused):
            getattr(self.sessions[vm.tenant], step)(vm.name)

    @rule(host=st.integers(0, 4), well=st.booleans())
    def befall(self, host, well):
        (self.cloud.repair if well else self.cloud.fail)(host)

    @rule(seconds=st.sampled_from([0.0, 30.0, 90.0, HOUR, 20 * HOUR]))
    def wait(self, seconds):
        self.cloud.run(seconds)

    @invariant()
    def every_promise_is_somebodys(self):
        floor = self.cloud.floor
        used = np.zeros_like(floor.fleet.used)
        tenants = defaultdict(lambda: [0, 0, 0])
        for vm in self.cloud.vms.values():
            if vm.host is not None:
                used[:, vm.host] += vm.size.vcpus, vm.size.memory
                for n, what in enumerate((1, vm.size.vcpus, vm.size.memory)):
                    tenants[vm.tenant][n] += what
        assert (floor.fleet.used == used).all()
        assert (floor.fleet.free >= 0).all()
        for name, holding in floor.holdings.items():
            assert [holding.vms, holding.vcpus, holding.memory] == tenants[name]
            floor.quotas[name].check(holding)

    @invariant()
    def who_runs_has_room_on_a_host_that_lives(self):
        for vm in self.cloud.vms.values():
            if vm.state in ("booting", "running"):
                assert vm.host is not None
                assert self.cloud.floor.fleet.alive[vm.host]
            if vm.state in ("pending", "failed"):
                assert vm.host is None

    @invariant()
    def the_meter_and_an_observer_agree(self):
        meter = self.cloud.floor.meter
        assert [r.number for r in meter.readings] == list(range(len(meter.readings)))
        for name, session in self.sessions.items():
            mine = [r for r in meter.readings if r.tenant == name]
            assert vcpu_seconds(mine, self.cloud.now) == pytest.approx(
                held(self.cloud, session.find())
            )
            assert session.used() == pytest.approx(meter.vcpu_seconds(name, self.cloud.now) / HOUR)

    @invariant()
    def every_step_is_one_of_the_lifecycle(self):
        states = defaultdict(lambda: "pending")
        for event in self.cloud.events:
            if event.subject in self.cloud.vms and event.what in NEXT:
                assert event.what in NEXT[states[event.subject]]
                states[event.subject] = event.what
        assert all(states[name] == vm.state for name, vm in self.cloud.vms.items())

    @invariant()
    def orders_end_whole_or_refused(self):
        for order in self.cloud.orders:
            assert len(order.vms) in (0, order.wish.count)
            assert not (order.vms and order.refusal)
            assert order not in self.cloud.waiting or not (order.vms or order.refusal)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
