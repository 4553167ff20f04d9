"""Demand over two weeks, in servers: what a planner of capacity looks at.

Requests last seconds and queue (`models.cloud.demand`); capacity is bought or rented for hours, so
here a step is a quarter of an hour and its demand is the servers that it keeps busy.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.cloud.demand import Demand
from models.parameters import Parameters, choice, parameter

Floats = NDArray[np.float64]

DAYS, STEP = 14, 0.25  # hours
MEMORY = 12  # steps over which chance is smoothed: three hours
SHAPES = {
    "office": "Office hours",
    "shop": "Web shop, evenings",
    "launch": "Quiet, two launches",
    "steady": "Nearly steady",
}


@dataclass(frozen=True)
class Load:
    """Servers kept busy in each step.

    Attributes
    ----------
    servers : ndarray, shape (steps,)
    hours : float
        Length of a step.
    """

    servers: Floats
    hours: float = STEP

    @property
    def peak(self) -> float:
        """The most servers wanted in any step."""
        return float(self.servers.max())

    @property
    def mean(self) -> float:
        """Servers busy on average."""
        return float(self.servers.mean())

    def usage(self, servers: int) -> Floats:
        """Share of time that each server is busy, if the first one always works first.

        Returns
        -------
        ndarray, shape (servers,)
            Falling; its sum over all servers is the mean demand.
        """
        layers = np.arange(servers)[:, None]
        return np.clip(self.servers - layers, 0.0, 1.0).mean(axis=1)


@dataclass(frozen=True)
class Workload(Parameters):
    """A demand made up for a purpose."""

    shape: str = choice("office", SHAPES, label="Demand")
    peak: int = parameter(100, unit="servers", low=2, high=1_000, label="Servers at the peak")
    noise: float = parameter(0.08, low=0.0, high=0.5, step=0.02, label="Chance, relative")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed of the demand")


def load(workload: Workload) -> Load:
    """Two weeks from a Monday's midnight on; the same workload, the same numbers."""
    w = workload
    hour = np.arange(0.0, 24.0 * DAYS, STEP)
    chance = np.random.default_rng(w.seed).standard_normal(hour.size + MEMORY)
    total = np.cumsum(chance)
    smooth = (total[MEMORY:] - total[:-MEMORY]) / np.sqrt(MEMORY)
    servers = _SHAPES[w.shape](hour) * np.maximum(1 + w.noise * smooth, 0.0)
    return Load(w.peak * servers / servers.max())


def load_of(demand: Demand, service: float) -> Load:
    """The servers that a demand of requests keeps busy.

    Parameters
    ----------
    demand : Demand
        From a pattern or from a reader's file (`models.cloud.traces`).
    service : float
        Seconds of work in a request.
    """
    return Load(demand.rate * service, demand.width / 3_600)


def _office(hour: Floats) -> Floats:
    """High from eight to six on working days, a fifth of it otherwise."""
    clock, weekday = hour % 24, hour // 24 % 7 < 5
    return 0.2 + 0.8 * weekday * _hump(clock, 8, 18)


def _shop(hour: Floats) -> Floats:
    """A wave with its crest at nine in the evening, higher at the weekend."""
    wave = (1 + np.cos(2 * np.pi * (hour - 21) / 24)) / 2
    return (0.25 + 0.75 * wave**2) * np.where(hour // 24 % 7 < 5, 0.75, 1.0)


def _launch(hour: Floats) -> Floats:
    """A tenth of the peak, but for six hours on two days."""
    first, second = (_hump(hour - 24 * day, 12, 18) for day in (3, 10))
    return 0.1 + 0.9 * np.maximum(first, second)


def _steady(hour: Floats) -> Floats:
    return 0.9 + 0.1 * np.sin(2 * np.pi * hour / 24)


def _hump(clock: Floats, begin: float, end: float) -> Floats:
    """One from `begin` to `end`, with an hour's slope on either side."""
    return np.clip(np.minimum(clock - begin + 1, end - clock), 0.0, 1.0)


_SHAPES = {"office": _office, "shop": _shop, "launch": _launch, "steady": _steady}
