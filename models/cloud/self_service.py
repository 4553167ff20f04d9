"""On-demand self-service: the same requests for a machine, to a ticket desk and to an API.

Both are a line before workers. People work in office hours, have to be asked for approval, and
take minutes a request; a program works at any hour, asks nobody within a quota, and takes a second.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.cloud.office import WEEK, Floats, Office
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.queueing.free_times import FreeTimes, serve

WEEKS = 6  # simulated; the first one fills the line and is left out
REQUESTS = 40_000  # about so many a run: quantiles stand still to a per cent
API_SECONDS = 1.0  # that the program needs for a request
MINUTE, SECOND = 1 / 60, 1 / 3600  # hours


@dataclass(frozen=True)
class SelfService(Parameters):
    """Requests for machines, and the desk that answers them."""

    requests: float = parameter(
        100.0, unit="a week", low=5.0, high=500.0, step=5.0, scale="log", label="Requests"
    )
    clerks: int = parameter(2, unit="clerks", low=1, high=20, label="Clerks at the desk")
    approval: float = parameter(
        0.0, unit="office hours", low=0.0, high=40.0, step=1.0, label="Mean time to an approval"
    )
    handling: float = parameter(
        10.0, unit="min", low=1.0, high=60.0, step=1.0, label="Work on a request"
    )
    hours: float = parameter(8.0, unit="h a day", low=1.0, high=24.0, step=1.0, label="Desk open")
    days: int = parameter(5, unit="days a week", low=1, high=7, label="Desk open on")
    rhythm: str = choice(
        "any", {"any": "At any hour", "office": "In office hours"}, label="Requests come"
    )
    over_quota: float = parameter(
        0.0, unit="% of requests", low=0.0, high=100.0, step=1.0, label="Over the API's quota"
    )
    boot: float = parameter(60.0, unit="s", low=0.1, high=900.0, step=1.0, label="Machine starts")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Way:
    """How requests are answered: by whom, when, and with how much work.

    Attributes
    ----------
    office : Office
    workers : int
    handling, approval : float
        Mean hours, exponentially distributed.
    touches : int
        People who handle one request.
    """

    office: Office
    workers: int
    handling: float
    approval: float
    touches: int


@dataclass(frozen=True)
class Leads:
    """Lead times of one way, in hours, one row a stage; requests of all replications together.

    Attributes
    ----------
    stages : dict
        Name to hours, shape (requests,): they add up to the lead time.
    closed : ndarray of bool, shape (requests,)
        Whether the desk was closed when the request came.
    touched : ndarray of int, shape (requests,)
        People who handled it.
    """

    stages: dict[str, Floats]
    closed: np.ndarray
    touched: np.ndarray

    @cached_property
    def total(self) -> Floats:
        """Hours from the request to the machine."""
        return np.sum(list(self.stages.values()), axis=0)

    def quantile(self, p: float | Floats) -> Floats:
        """Hours that a share `p` of the requests does not exceed."""
        return np.asarray(np.quantile(self.total, p))

    def median(self, closed: bool) -> float:
        """Median hours of the requests that came while the desk was closed, or open.

        Zero where there are none.
        """
        chosen = self.total[self.closed == closed]
        return float(np.median(chosen)) if chosen.size else 0.0


@dataclass(frozen=True)
class Answered:
    """The same requests answered in both ways.

    Attributes
    ----------
    parameters : SelfService
    desk, api : Leads
    busy : float
        Share of their office hours that the clerks would need; from 1 on the line never ends.
    """

    parameters: SelfService
    desk: Leads
    api: Leads
    busy: float

    def facts(self) -> Facts:
        """Lead times side by side."""
        return Facts(
            Fact("Desk: mean lead time", float(self.desk.total.mean()), "h", 1),
            Fact("Desk: 95 % have it within", float(self.desk.quantile(0.95)), "h", 0),
            Fact("Desk: clerks are busy", 100 * self.busy, "% of their hours", 0),
            Fact("API: 95 % have it within", 60 * float(self.api.quantile(0.95)), "min", 1),
            title="Lead time"
            if self.busy < 1
            else f"Lead time; the line grows without end, {WEEKS} weeks of it",
        )

    def parts(self) -> Facts:
        """Where the desk's mean lead time goes."""
        stages = self.desk.stages.items()
        return Facts(
            *(Fact(name, float(hours.mean()), "h", 2) for name, hours in stages),
            Fact("Lead time", float(self.desk.total.mean()), "h", 2),
            title="Where the desk's hours go",
        )


def self_service(parameters: SelfService, requests: int = REQUESTS) -> Answered:
    """Answer the same requests, about so many, by the desk and by the API."""
    p = parameters
    rng = np.random.default_rng(p.seed)
    desk, api = ways(p)
    arrivals = _arrivals(p, desk.office, requests, rng)
    work = rng.standard_exponential(arrivals.shape)
    patience = rng.standard_exponential(arrivals.shape)
    over = 100 * rng.random(arrivals.shape) < p.over_quota
    counted = (arrivals >= WEEK) & (arrivals < WEEKS * WEEK)
    by_desk = answer(desk, arrivals, work, patience, p.boot * SECOND)
    by_api = answer(api, arrivals, work, patience, p.boot * SECOND)
    if over.any():
        # The desk does those over quota alone: the others pass it in no time.
        rest = answer(desk, arrivals, work * over, patience * over, p.boot * SECOND)
        by_api = {name: np.where(over, rest[name], hours) for name, hours in by_api.items()}
    closed = _is_closed(desk.office, arrivals)[counted]
    return Answered(
        p,
        Leads(_only(by_desk, counted), closed, np.full(closed.shape, desk.touches)),
        Leads(_only(by_api, counted), closed, np.where(over[counted], desk.touches, api.touches)),
        p.requests * desk.handling / (desk.workers * desk.office.week),
    )


def sketch(parameters: SelfService) -> Answered:
    """The coarse answer for dragging: the same with an eighth of the requests."""
    return self_service(parameters, REQUESTS // 8)


def ways(p: SelfService) -> tuple[Way, Way]:
    """The desk and the API."""
    people = 2 if p.approval else 1  # who approves, and the clerk
    return (
        Way(Office(p.hours, p.days), p.clerks, p.handling * MINUTE, p.approval, people),
        Way(Office(24.0, 7), 1, API_SECONDS * SECOND, 0.0, 0),
    )


def answer(
    way: Way, arrivals: Floats, work: Floats, patience: Floats, boot: float
) -> dict[str, Floats]:
    """Hours that each request spends in each stage.

    Parameters
    ----------
    way : Way
    arrivals : ndarray, shape (requests, replications)
        Wall-clock hours, ascending in each column.
    work, patience : ndarray, same shape
        Of the clerk and of who approves, in their means.
    boot : float
        Hours until an ordered machine runs.
    """
    office = way.office
    asked = office.elapsed(arrivals)
    approved = asked + way.approval * patience
    # Approvals overtake each other, and the desk takes tickets as they come to it.
    order = np.argsort(approved, axis=0, kind="stable")
    back = np.argsort(order, axis=0, kind="stable")
    ready = np.take_along_axis(approved, order, axis=0)
    job = way.handling * np.take_along_axis(work, order, axis=0)
    waits = np.take_along_axis(_waits(way.workers, ready, job), back, axis=0)
    instants = [
        arrivals,
        office.when(asked),
        office.when(approved),
        office.when(approved + waits),
        office.when(approved + waits + way.handling * work),
    ]
    # Who comes during office hours does not wait for them; rounding must not say otherwise.
    instants[1] = np.where(_is_closed(office, arrivals), instants[1], arrivals)
    names = ("Waiting for the desk to open", "Approval", "In the line", "Being handled")
    stages = {
        name: np.maximum(after - before, 0.0)
        for name, before, after in zip(names, instants, instants[1:], strict=False)
    }
    return stages | {"Machine starts": np.full(arrivals.shape, boot)}


def _waits(workers: int, ready: Floats, job: Floats) -> Floats:
    """Hours in the line, first come, first served."""
    if workers > 1:
        return serve(FreeTimes(workers, ready.shape[1]), ready, job)
    # A line of one: he has been at work since he last had nothing to do, which was the last time
    # that someone came later than all the work before would have ended.
    before = np.cumsum(job, axis=0) - job
    return np.maximum(np.maximum.accumulate(ready - before, axis=0) + before - ready, 0.0)


def _arrivals(p: SelfService, office: Office, requests: int, rng: np.random.Generator) -> Floats:
    """Random instants on the wall clock, more than fill the weeks; shape (requests, runs)."""
    expected = p.requests * WEEKS
    count = int(expected + 5 * np.sqrt(expected) + 1)
    runs = max(2, round(requests / expected))
    mean_gap = (WEEK if p.rhythm == "any" else office.week) / p.requests
    instants = mean_gap * np.cumsum(rng.standard_exponential((count, runs)), axis=0)
    return instants if p.rhythm == "any" else office.when(instants)


def _is_closed(office: Office, wall: Floats) -> np.ndarray:
    hour, day = wall % 24.0, wall % WEEK // 24.0
    return (day >= office.days) | (hour < office.opens) | (hour >= office.opens + office.hours)


def _only(stages: dict[str, Floats], counted: np.ndarray) -> dict[str, Floats]:
    return {name: hours[counted] for name, hours in stages.items()}
