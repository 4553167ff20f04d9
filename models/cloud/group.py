"""A scaled group of servers between two decisions: what `models.cloud.elasticity` moves along."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.cloud.demand import MICROSECONDS, Floats
from models.cloud.outcome import Outcome
from models.cloud.scaling import Policy, Scaler, Seen, Settings
from models.performance.queueing.free_times import FreeTimes

ROWS = 16  # fetched at once; more of them do more for nothing where the servers are the limit


@dataclass(frozen=True)
class Load:
    """What arrives, drawn; microseconds.

    Attributes
    ----------
    arrivals, services : ndarray, shape (requests, columns)
        Arrival instants, ascending; infinite where a column has fewer requests than others.
    plan : ndarray, shape (intervals, columns)
        Work that regularly arrives in each interval between decisions, in servers.
    horizon : float
        The end of the run.
    """

    arrivals: Floats
    services: Floats
    plan: Floats
    horizon: float


class Group:
    """The state of all columns between two instants."""

    def __init__(self, scalers: Sequence[Scaler], load: Load) -> None:
        requests, columns = load.arrivals.shape
        interval = round(scalers[0].interval * MICROSECONDS)
        self.scalers, self.settings = tuple(scalers), Settings.of(scalers)
        self.load, self.interval = load, float(interval)
        self.intervals = -(-int(load.horizon) // interval)
        self.columns = np.arange(columns)
        # One row more than there are requests: who has none left waits for it for ever.
        self.arrivals = np.concatenate([load.arrivals, np.full((1, columns), np.inf)]).ravel()
        self.services = np.concatenate([load.services, np.zeros((1, columns))]).ravel()
        self.starts = np.full((requests + 1) * columns, np.inf)
        self.next = np.zeros(columns, np.intp)
        work = np.zeros((requests + 1, columns))
        np.cumsum(load.services, axis=0, out=work[1:])
        self.work = work.ravel()  # of all requests before this one

        s = self.settings
        begin = np.clip(np.ceil(load.plan[0] / s.target - 1e-9), s.minimum, s.maximum)
        self.ready = begin.copy()
        self.servers = FreeTimes(0, columns, room=int(s.maximum.max()))
        self.servers.join(np.zeros(columns), begin)
        self.due = np.zeros((self.intervals + 1, columns))  # boots by interval; the last: too late
        self.longest = int(s.boot.max() // interval) + 2  # intervals in which a boot may be due
        self.booting = np.zeros(columns)
        self.draining = np.empty((0, columns))  # when each server that was told to leave does
        self.wanted = np.tile(begin, (self.intervals, 1))
        self.lately = (s.cooldown // interval).astype(int)  # intervals that a shrinking looks back
        self.heading = np.zeros(columns)  # the last change's direction

        shape = (self.intervals, columns)
        self.offered, self.arrived = _by_interval(load, interval, shape)
        self.ready_at, self.rented_at = np.empty(shape), np.empty(shape)
        self.capacity, self.busy = np.empty(shape), np.empty(shape)
        self.done = np.zeros(columns)
        self.paid = begin * load.horizon
        self.turns = np.zeros(columns)

    def decide(self, instant: int, rule: Policy) -> None:
        """Ask the policy, and launch, cancel or drain."""
        now, s = instant * self.interval, self.settings
        busy = self.busy[instant - 1]
        seen = Seen(
            instant,
            self.interval,
            self.ready,
            self.booting,
            busy / self.interval,
            busy / np.maximum(self.capacity[instant - 1], 1.0),
            self.offered_servers[:instant],
            self.load.plan,
        )
        wanted = np.minimum(np.maximum(rule(seen, s), s.minimum), s.maximum)
        self.wanted[instant] = wanted
        there = self.ready + self.booting
        change = wanted - there
        fewer = change < 0
        if fewer.any():
            lately = np.minimum(self._wanted_lately(instant), there)
            np.copyto(change, lately - there, where=fewer)
        moved = change != 0
        if not moved.any():
            return
        self.turns += moved & (np.sign(change) == -self.heading)
        self.heading[moved] = np.sign(change[moved])
        more = np.maximum(change, 0.0)
        if more.any():
            self._launch(now, more)
        leave = more - change
        if leave.any():
            self._drain(now, leave - self._cancel(instant, leave))

    def _wanted_lately(self, instant: int) -> Floats:
        """The most that was wanted at this instant and during the cooldown before it."""
        first = max(instant - int(self.lately.max()), 0)
        recent = self.wanted[first : instant + 1]
        inside = np.arange(first, instant + 1)[:, None] >= instant - self.lately
        return np.where(inside, recent, 0.0).max(axis=0)

    def _launch(self, now: float, count: Floats) -> None:
        when = ((now + self.settings.boot) // self.interval).astype(int)
        self.due[np.minimum(when, self.intervals), self.columns] += count
        self.booting += count
        self.paid += count * (self.load.horizon - now)

    def _cancel(self, instant: int, count: Floats) -> Floats:
        """Take back what has not booted yet, the newest first; how many that were."""
        pending = self.due[instant : instant + self.longest]
        newer = pending[::-1].cumsum(axis=0)[::-1] - pending
        taken = np.clip(count - newer, 0.0, pending)
        pending -= taken
        total = taken.sum(axis=0)
        self.booting -= total
        self.paid -= total * (self.load.horizon - instant * self.interval)
        return total

    def _drain(self, now: float, count: Floats) -> None:
        """Those that are free first leave, each when it has finished its request."""
        gone = np.maximum(self.servers.leave(count), now)
        self.paid -= np.maximum(self.load.horizon - gone, 0.0).sum(axis=0)
        self.draining = np.concatenate([self.draining, np.where(np.isinf(gone), 0.0, gone)])
        self.ready = self.ready - count

    def boot(self, instant: int) -> None:
        """Servers that boot within this interval join, each at its own microsecond."""
        now = instant * self.interval
        end = min(now + self.interval, self.load.horizon)
        self.rented_at[instant] = self.ready + self.booting
        self.capacity[instant] = self.ready * (end - now)
        if len(self.draining):
            left = np.maximum(self.draining - now, 0.0)
            self.rented_at[instant] += np.count_nonzero(left, axis=0)
            self.capacity[instant] += np.minimum(left, end - now).sum(axis=0)
            self.draining = self.draining[left.any(axis=1)]
        if self.due[instant].any():
            self._join(instant, now, end)
        self.ready_at[instant] = self.ready

    def _join(self, instant: int, now: float, end: float) -> None:
        at = now + self.settings.boot % self.interval
        joining = np.where(at < end, self.due[instant], 0.0)
        self.booting -= self.due[instant]
        self.ready = self.ready + joining
        self.capacity[instant] += joining * np.maximum(end - at, 0.0)
        self.servers.join(at, joining)

    def serve(self, instant: int) -> None:
        """Start every request that can start before the interval ends."""
        end = min((instant + 1) * self.interval, self.load.horizon)
        if len(self.columns) == 1:
            self._start_one(end)
        else:
            self._start_all(instant, end)
        there, index = self.servers.rows, self.next * len(self.columns) + self.columns
        unfinished = np.where(np.isinf(there), 0.0, np.maximum(there - end, 0.0))
        done = self.work[index] - unfinished.sum(axis=0)
        if len(self.draining):
            done -= np.maximum(self.draining - end, 0.0).sum(axis=0)
        self.busy[instant] = done - self.done
        self.done = done

    def _start_all(self, instant: int, end: float) -> None:
        """The next request of every column at once, until none can start before the end.

        Requests are fetched, and their starts kept, for some rows at once: so a row costs six
        array operations instead of fifteen.
        """
        servers, columns = self.servers, len(self.columns)
        leave, stay, ends = np.empty(columns), np.zeros(columns, bool), np.full(columns, end)
        while rows := min(int((self.arrived[instant] - self.next)[~stay].max(initial=0)), ROWS):
            index = (self.next + np.arange(rows)[:, None]) * columns + self.columns
            starts = self.arrivals.take(index, mode="clip")  # none starts before it arrives
            for start, service in zip(starts, self.services.take(index, mode="clip"), strict=True):
                first = servers.first
                np.maximum(start, first, out=start)
                np.add(start, service, out=leave)
                # Who cannot start leaves all as it was, and so do those behind him.
                np.greater_equal(start, ends, out=stay)
                np.putmask(leave, stay, first)
                servers.replace_first(leave)
            # Who did not go writes what will be overwritten when he does.
            self.starts.put(index, starts, mode="clip")
            self.next += np.count_nonzero(starts < end, axis=0)

    def _start_one(self, end: float) -> None:
        """One column on a heap: for a single one, array operations are mostly their overhead.

        Measured on a trace of 250,000 requests, all included: 1.6 s instead of 8.8 s.
        """
        arrivals, services = self._lists
        free = [t for t in self.servers.rows[:, 0].tolist() if t < np.inf]
        first = number = int(self.next[0])
        starts = []
        while free:
            arrival, start = arrivals[number], free[0]
            if arrival > start:
                start = arrival
            if start >= end:
                break
            starts.append(start)
            heapq.heapreplace(free, start + services[number])
            number += 1
        self.starts[first:number] = starts
        self.servers.rows[: len(free), 0] = sorted(free)
        self.next[0] = number

    @cached_property
    def _lists(self) -> tuple[list[float], list[float]]:
        return self.arrivals.tolist(), self.services.tolist()

    def outcome(self) -> Outcome:
        """What is left when the horizon is reached."""
        shape = (-1, len(self.columns))
        horizon = self.load.horizon
        began = np.arange(len(self.load.arrivals))[:, None] < self.next
        starts = self.starts.reshape(shape)[:-1]
        ends = np.where(began, starts + self.load.services, np.inf)
        still = ((self.servers.rows > horizon) & np.isfinite(self.servers.rows)).sum(axis=0)
        still = still + (self.draining > horizon).sum(axis=0)
        here = np.isfinite(self.load.arrivals)
        came = np.where(here, self.load.arrivals, 0.0)
        waits = np.where(began, starts, horizon) - came
        return self.sums(
            waits=np.where(here, waits / MICROSECONDS, np.nan),
            arrived_in=np.where(here, came // self.interval, np.nan),
            began=began,
            arrived=here.sum(axis=0),
            served=(ends <= horizon).sum(axis=0),
            waiting=here.sum(axis=0) - self.next,
            in_service=still,
        )

    @cached_property
    def offered_servers(self) -> Floats:
        """Work that arrives in each interval, in servers."""
        return self.offered / self.interval

    def sums(self, **requests: Any) -> Outcome:
        """An outcome of what became of the requests and of what the servers came to."""
        return Outcome(
            scalers=self.scalers,
            interval=self.interval / MICROSECONDS,
            seconds=self.load.horizon / MICROSECONDS,
            offered=self.offered_servers,
            ready=self.ready_at,
            rented=self.rented_at,
            idle=(self.capacity - self.busy).sum(axis=0) / MICROSECONDS,
            missing=np.maximum(self.offered - self.capacity, 0.0).sum(axis=0) / MICROSECONDS,
            paid=self.paid / MICROSECONDS,
            turns=self.turns,
            **requests,
        )


def _by_interval(
    load: Load, interval: int, shape: tuple[int, int]
) -> tuple[Floats, NDArray[np.intp]]:
    """Work that arrives in each interval, microseconds; requests that have come at its end."""
    here = np.isfinite(load.arrivals)
    row = np.where(here, load.arrivals, 0.0) // interval
    flat = (row * shape[1] + np.arange(shape[1])).astype(np.intp).ravel()
    work = np.where(here, load.services, 0.0).ravel()
    total, came = (
        np.bincount(flat, weight.ravel(), minlength=shape[0] * shape[1]).reshape(shape)
        for weight in (work, here)
    )
    return total.astype(float), came.cumsum(axis=0).astype(np.intp)
