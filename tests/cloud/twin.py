"""Elasticity once more, event by event in plain Python: the oracle of models.cloud.elasticity.

Servers are objects, time advances from event to event, integrals are sums of integer microseconds
between events. Only the policies are shared. Within one instant: requests finish, the policy
decides, servers boot, requests arrive, requests start.
"""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from models.cloud.group import Load
from models.cloud.scaling import RULES, Scaler, Seen, Settings


@dataclass
class Server:
    ready: bool = False
    boots: int = 0
    launched: int = 0
    free: int = 0
    number: int | None = None  # of the request in service
    draining: bool = False


@dataclass
class Tally:
    starts: dict[int, int] = field(default_factory=dict)
    served: int = 0
    waiting: int = 0
    in_service: int = 0
    paid: int = 0
    turns: int = 0
    busy: list[int] = field(default_factory=list)
    capacity: list[int] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)
    rented: list[int] = field(default_factory=list)


class Twin:
    def __init__(self, scaler: Scaler, load: Load, column: int) -> None:
        times = load.arrivals[:, column]
        self.arrivals = [int(t) for t in times if math.isfinite(t)]
        self.services = [int(s) for s in load.services[: len(self.arrivals), column]]
        self.plan = load.plan[:, [column]]
        self.horizon = int(load.horizon)
        self.interval = round(scaler.interval * 1e6)
        self.scaler, self.settings = scaler, Settings.of([scaler])
        self.boot = int(self.settings.boot[0])
        begin = math.ceil(self.plan[0, 0] / scaler.target - 1e-9)
        begin = min(max(begin, scaler.minimum), scaler.maximum)
        self.servers = [Server(ready=True) for _ in range(begin)]
        self.line: deque[int] = deque()
        self.tally = Tally()
        self.offered: list[int] = []
        self.heading = self.came = self.now = 0
        self.wishes = [(0, begin)]

    def run(self) -> Tally:
        number = 0
        while self.now < self.horizon:
            instant, inside = divmod(self.now, self.interval)
            self._finish()
            if not inside:
                if instant:
                    self._decide(instant)
                self._book(instant)
            for server in self.servers:
                if not server.ready and server.boots <= self.now:
                    server.ready = True
            while self.came < len(self.arrivals) and self.arrivals[self.came] <= self.now:
                self.line.append(self.came)
                self.offered[-1] += self.services[self.came]
                self.came += 1
            self._start()
            self._advance()
            number += 1
        self._finish()
        t = self.tally
        t.in_service = sum(s.number is not None for s in self.servers)
        t.waiting = len(self.line)
        t.paid += sum(self.horizon - s.launched for s in self.servers)
        return t

    def _finish(self) -> None:
        for server in list(self.servers):
            if server.number is not None and server.free <= self.now:
                server.number = None
                self.tally.served += 1
                if server.draining:
                    self._release(server)

    def _release(self, server: Server) -> None:
        self.tally.paid += self.now - server.launched
        self.servers.remove(server)

    def _book(self, instant: int) -> None:
        self.tally.rented.append(len(self.servers))
        self.tally.busy.append(0)
        self.tally.capacity.append(0)
        self.tally.ready.append(0)
        self.offered.append(0)

    def _start(self) -> None:
        for server in self.servers:
            if not self.line:
                return
            if server.ready and not server.draining and server.number is None:
                server.number = self.line.popleft()
                self.tally.starts[server.number] = self.now
                server.free = self.now + self.services[server.number]

    def _advance(self) -> None:
        after = [self.horizon, (self.now // self.interval + 1) * self.interval]
        after += [s.free for s in self.servers if s.number is not None]
        after += [s.boots for s in self.servers if not s.ready]
        if self.came < len(self.arrivals):
            after.append(self.arrivals[self.came])
        to = min(after)
        busy = sum(s.number is not None for s in self.servers)
        there = sum(s.ready for s in self.servers)
        self.tally.busy[-1] += busy * (to - self.now)
        self.tally.capacity[-1] += there * (to - self.now)
        self.tally.ready[-1] = sum(s.ready and not s.draining for s in self.servers)
        self.now = to

    def _decide(self, instant: int) -> None:
        staying = [s for s in self.servers if not s.draining]
        ready = sum(s.ready for s in staying)
        booting = len(staying) - ready
        busy, capacity = self.tally.busy[-1], self.tally.capacity[-1]
        seen = Seen(
            instant,
            float(self.interval),
            np.array([float(ready)]),
            np.array([float(booting)]),
            np.array([busy / self.interval]),
            np.array([busy / max(capacity, 1)]),
            np.array(self.offered, float)[:, None] / self.interval,
            self.plan,
        )
        wanted = int(RULES[self.scaler.policy](seen, self.settings)[0])
        wanted = min(max(wanted, self.scaler.minimum), self.scaler.maximum)
        self.wishes.append((self.now, wanted))
        if wanted < len(staying):
            since = self.now - int(self.settings.cooldown[0])
            wanted = min(max(w for at, w in self.wishes if at >= since), len(staying))
        change = wanted - len(staying)
        if not change:
            return
        direction = 1 if change > 0 else -1
        self.tally.turns += direction == -self.heading
        self.heading = direction
        for _ in range(change):
            self.servers.append(Server(boots=self.now + self.boot, launched=self.now))
        for _ in range(-change):
            self._one_fewer()

    def _one_fewer(self) -> None:
        booting = [s for s in self.servers if not s.ready]
        if booting:
            self._release(max(booting, key=lambda s: s.boots))
            return
        serving = [s for s in self.servers if not s.draining]
        first = min(serving, key=lambda s: s.free if s.number is not None else 0)
        if first.number is None:
            self._release(first)
        else:
            first.draining = True
