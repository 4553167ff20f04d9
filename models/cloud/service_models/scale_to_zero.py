"""Functions: an instance starts when a request comes and stops when it has long been idle."""

import heapq
import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.facts import Fact, Facts
from models.parameters import Parameters, parameter

REQUESTS = 6_000  # simulated; a cold share of one half is then known to about 1 %
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calls(Parameters):
    """How often a function is called, and what the platform does between calls."""

    rate: float = parameter(
        6.0, unit="an hour", low=0.1, high=20_000.0, step=0.1, scale="log", label="Requests"
    )
    keep: float = parameter(
        10.0, unit="minutes", low=0.5, high=60.0, step=0.5, label="An idle instance is kept for"
    )
    cold: float = parameter(1.0, unit="s", low=0.05, high=20.0, step=0.05, label="A start takes")
    run: float = parameter(0.2, unit="s", low=0.01, high=10.0, step=0.01, label="A request takes")
    premium: float = parameter(
        3.0, unit="hours rented", low=1.0, high=20.0, step=0.5, label="An hour of running costs"
    )
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Served:
    """What callers, customer and provider see.

    Attributes
    ----------
    parameters : Calls
    hours : float
        Simulated time.
    colds : int
        Requests that had to wait for a start.
    alive : float
        Instance-hours from each start to its stop: what the provider has to hold ready.
    """

    parameters: Calls
    hours: float
    colds: int
    alive: float

    @property
    def cold_share(self) -> float:
        """Share of requests that wait for a start."""
        return self.colds / REQUESTS

    @property
    def bill(self) -> float:
        """The functions' bill, in hours of a rented instance, an hour."""
        return bill(self.parameters, self.parameters.rate)

    def facts(self) -> Facts:
        """Named numbers."""
        return Facts(
            Fact("Requests that wait for a start", 100 * self.cold_share, "%", 1),
            Fact("Bill, in rented instances", self.bill, "instances", 3),
            Fact("The same work on rented instances", rented(self.parameters), "instances"),
            Fact("Held ready by the provider", self.alive / self.hours, "instances", 2),
            title=f"A function called {self.parameters.rate:,.4g} times an hour",
        )


def bill(calls: Calls, rate: float) -> float:
    """Hours of a rented instance that an hour of these calls costs as functions."""
    return calls.premium * rate / 3600 * calls.run


def rented(calls: Calls, rate: float | None = None) -> int:
    """Rented instances that can do the work: at least one, however little there is."""
    return max(1, math.ceil((calls.rate if rate is None else rate) / 3600 * calls.run))


def cold_share(rate: float | Floats, keep: float) -> Floats:
    """Share of cold starts when requests are short and rare: the gap before one exceeds `keep`.

    Parameters
    ----------
    rate : float or ndarray
        Requests an hour, at random.
    keep : float
        Minutes.
    """
    return np.exp(-np.asarray(rate) * keep / 60)


def scale_to_zero(calls: Calls) -> Served:
    """Serve requests that come at random, one at a time an instance."""
    p = calls
    gaps = np.random.default_rng(p.seed).standard_exponential(REQUESTS)
    times = np.cumsum(gaps * 3600 / p.rate).tolist()
    colds, alive = serve(times, p.keep * 60, p.cold, p.run)
    return Served(p, times[-1] / 3600, colds, alive / 3600)


def serve(times: list[float], keep: float, cold: float, run: float) -> tuple[int, float]:
    """Hand each request to the instance that has been idle for the shortest time.

    So the others can age and stop. All in seconds.

    Parameters
    ----------
    times : list of float
        Arrivals, ascending.
    keep, cold, run : float

    Returns
    -------
    colds : int
    alive : float
        From every start to its stop.
    """
    busy: list[tuple[float, float]] = []  # end of the request, start of the instance
    idle: deque[tuple[float, float]] = deque()  # the same; idle for longest on the left
    colds, alive = 0, 0.0
    for now in times:
        while busy and busy[0][0] <= now:
            idle.append(heapq.heappop(busy))
        while idle and idle[0][0] + keep < now:
            end, start = idle.popleft()
            alive += end + keep - start
        if idle:
            _, start = idle.pop()
            heapq.heappush(busy, (now + run, start))
        else:
            colds += 1
            heapq.heappush(busy, (now + cold + run, now))
    return colds, alive + sum(end + keep - start for end, start in (*idle, *busy))
