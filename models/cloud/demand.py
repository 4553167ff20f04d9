"""Demand: how many requests come in each bucket of time, and when within it.

A bucket's count is what a monitoring system stores. Instants within a bucket are drawn: given its
count, the arrivals of a Poisson process are independent and uniform over the bucket.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.parameters import Parameters, choice, parameter

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

MICROSECONDS = 1e6
WIDTH = 10.0  # seconds of a bucket of the patterns below
DAY = 86_400.0


@dataclass(frozen=True)
class Demand:
    """Requests over time.

    Attributes
    ----------
    width : float
        Seconds of a bucket.
    requests : ndarray of int, shape (buckets,)
        Requests that arrive in each.
    regular : ndarray of float, shape (buckets,)
        Those of them that a timetable could have known: without crowds and bursts.
    notes : tuple of str
        What the reader should know about how the numbers came about.
    """

    width: float
    requests: Counts
    regular: Floats
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the whole."""
        return self.width * len(self.requests)

    @property
    def total(self) -> int:
        """All requests."""
        return int(self.requests.sum())

    @property
    def rate(self) -> Floats:
        """Requests a second in each bucket."""
        return self.requests / self.width


PATTERNS = {
    "flash": "Flash crowd",
    "daily": "Daily cycle",
    "bursts": "Heavy-tailed bursts",
    "steady": "Steady",
}


@dataclass(frozen=True)
class Pattern(Parameters):
    """A demand made up for a purpose; the reader's own comes from `models.cloud.traces`."""

    pattern: str = choice("flash", PATTERNS, label="Demand")
    rate: float = parameter(
        4.0, unit="requests/s", low=0.1, high=1_000.0, step=0.5, scale="log", label="Base rate"
    )
    peak: float = parameter(
        4.0, unit="times the base", low=1.0, high=20.0, step=0.5, label="Height of a peak"
    )
    burst: float = parameter(
        120.0, unit="s", low=10.0, high=7_200.0, step=10.0, scale="log", label="Length of a burst"
    )
    seconds: float = parameter(
        900.0, unit="s", low=300.0, high=14 * DAY, step=300.0, scale="log", label="Length of all"
    )
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed of the demand")

    def check(self) -> None:
        """Keep the number of requests within what a run can take."""
        most = 20_000_000
        if self.rate * self.peak * self.seconds > most:
            raise ValueError(
                f"seconds: {self.seconds:,.0f} s at up to {self.rate * self.peak:,.1f} requests/s "
                f"are too many requests; allowed: rate x peak x seconds up to {most:,}"
            )


def demand(pattern: Pattern) -> Demand:
    """Counts of a Poisson process with the pattern's rate; the same pattern, the same counts.

    Raises
    ------
    ValueError
        Where by chance nobody came at all.
    """
    p = pattern
    rng = np.random.default_rng(p.seed)
    start = np.arange(round(p.seconds / WIDTH), dtype=float) * WIDTH
    base = np.ones_like(start)
    if p.pattern == "daily":
        # From the base at midnight to the peak at noon and back, once a day.
        base += (p.peak - 1) * (1 - np.cos(2 * np.pi * start / DAY)) / 2
    height = base.copy()
    if p.pattern == "flash":
        first = p.seconds / 3
        height[(start >= first) & (start < first + p.burst)] = p.peak
    elif p.pattern == "bursts":
        height = np.maximum(height, _bursts(p, start, rng))
    counts = _poisson(p.rate * WIDTH * height, rng)
    if not counts.any():
        raise ValueError(f"rate: at {p.rate} requests/s nobody came by chance; allowed: more")
    return Demand(WIDTH, counts, p.rate * WIDTH * base)


def _poisson(expected: Floats, rng: np.random.Generator) -> Counts:
    """Independent counts with these means: a process of rate 1, cut where its time has passed."""
    ends = np.cumsum(expected)
    events = np.cumsum(rng.standard_exponential(int(ends[-1] + 10 * np.sqrt(ends[-1]) + 20)))
    return np.diff(np.searchsorted(events, ends), prepend=0)


def _bursts(p: Pattern, start: Floats, rng: np.random.Generator) -> Floats:
    """Peaks of Pareto length (shape 1.5: the mean is p.burst, the variance infinite).

    Calm gaps are exponential with three times the mean.
    """
    height, clock = np.zeros_like(start), 0.0
    while clock < p.seconds:
        clock += 3 * p.burst * rng.standard_exponential()
        length = p.burst / 3 * (1 - rng.random()) ** (-1 / 1.5)
        height[(start >= clock) & (start < clock + length)] = p.peak
        clock += length
    return height


def whole(amounts: Floats) -> Counts:
    """Whole requests from amounts per bucket; what rounding takes, the next bucket gives back.

    The total is that of the amounts, rounded.
    """
    return np.diff(np.rint(np.cumsum(amounts)), prepend=0.0).astype(np.int64)


def arrivals(demand: Demand, columns: int, rng: np.random.Generator) -> Floats:
    """Arrival instants that keep each bucket's count exactly.

    Within a bucket of n requests they are the order statistics of n uniform instants, drawn
    without sorting: partial sums of n + 1 exponential gaps, divided by their total.

    Parameters
    ----------
    demand : Demand
    columns : int
        Independent replications.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (requests, columns)
        Whole microseconds, ascending. Floats hold them exactly (to 2**53, that is 285 years), so
        every sum and difference of them is exact too.
    """
    counts = demand.requests
    if not counts.sum():
        raise ValueError("requests: the demand holds none at all; allowed: one or more")
    ends = np.cumsum(counts + 1)  # a gap before each request, and one after the bucket's last
    total = rng.standard_exponential((int(ends[-1]), columns))
    np.cumsum(total, axis=0, out=total)
    last = total[ends - 1]
    before = np.concatenate([np.zeros((1, columns)), last[:-1]])
    # np.repeat and friends want the platform's own index type, which in the page has 32 bits.
    bucket = np.repeat(np.arange(len(counts)), counts.astype(np.intp))
    inside = np.delete(total, ends - 1, axis=0)
    inside -= before[bucket]
    inside /= (last - before)[bucket]
    width = round(demand.width * MICROSECONDS)
    # A rounded fraction may reach 1; the instant then stays in its own bucket.
    ticks = np.minimum(np.floor(inside * width), width - 1)
    return ticks + (bucket * float(width))[:, None]
