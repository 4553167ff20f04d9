"""Noisy neighbours: tenants on one pool, one of which asks for far more than its part for a while.

Work flows in small steps of time. Three rules say who is served when not all can be:

    silos   each tenant has its part of the pool, and never more
    line    first come, first served, all tenants in one line
    fair    each tenant has its part; what one does not need goes to the others, in equal shares

Under the last rule nobody is ever worse off than in a silo: the part is always there when it is
needed. And nothing is idle while somebody waits, as in the one line.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

Floats = NDArray[np.float64]

STEP = 0.1  # s
PART = 10.0  # requests that a tenant's part of the pool serves in a step
STEPS = 600
BURST_FROM = 150  # step
RUNS = 24
RULES = {"line": "One line", "fair": "Fair shares", "silos": "A silo each"}
NOISY, QUIET = 0, 1


@dataclass(frozen=True)
class Neighbours(Parameters):
    """Tenants on one pool; the first one is noisy."""

    rule: str = choice("line", RULES, label="Who is served")
    burst: float = parameter(
        3.0, unit="times its part", low=0.5, high=8.0, step=0.25, label="The noisy tenant asks for"
    )
    tenants: int = parameter(4, unit="tenants", low=2, high=10, label="Tenants")
    load: float = parameter(0.5, low=0.1, high=0.9, step=0.05, label="Load of the others")
    length: float = parameter(15.0, unit="s", low=1.0, high=30.0, step=1.0, label="Burst lasts")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Noise:
    """How long requests take to be served.

    Attributes
    ----------
    parameters : Neighbours
    arrived, served : ndarray, shape (steps + 1, tenants, runs)
        Requests up to each instant; it begins with 0.
    """

    parameters: Neighbours
    arrived: Floats
    served: Floats

    def delays(self, tenant: int) -> Floats:
        """Seconds from the arrival in a step to the end of its service, shape (steps, runs).

        Steps in which nobody came, and the work still waiting at the end, count as served at once
        and at the end.
        """
        if tenant in self._delays:
            return self._delays[tenant]
        arrived, served = self.arrived[:, tenant], self.served[:, tenant]
        steps = np.arange(STEPS)
        done = np.empty((STEPS, arrived.shape[1]))
        for run in range(arrived.shape[1]):
            # Rounding must not leave the last thousandth of a request for the next step.
            done[:, run] = np.searchsorted(served[1:, run] + 1e-6, arrived[1:, run])
        self._delays[tenant] = STEP * np.maximum(done - steps[:, None], 0)
        return self._delays[tenant]

    @cached_property
    def _delays(self) -> dict[int, Floats]:
        """By tenant, when picture, facts and sentence have asked for them."""
        return {}

    def late(self, tenant: int) -> float:
        """The 99th percentile of a tenant's delays, in seconds."""
        return float(np.quantile(self.delays(tenant), 0.99))

    @property
    def busy(self) -> float:
        """Share of what the pool could have served that it did serve."""
        room = PART * self.parameters.tenants * STEPS
        return float(self.served[-1].sum(axis=0).mean()) / room

    def facts(self) -> Facts:
        """The quiet and the noisy, and how busy it all was."""
        return Facts(
            Fact("Quiet tenants: 99 % served within", self.late(QUIET), "s", 1),
            Fact("Noisy tenant: 99 % served within", self.late(NOISY), "s", 1),
            Fact("Pool busy, on average", 100 * self.busy, "%", 0),
            title=RULES[self.parameters.rule],
        )


def neighbours(parameters: Neighbours) -> Noise:
    """Serve a minute of requests by the rule; every rule meets the same requests."""
    work = _arrivals(parameters)
    start = np.zeros((1, *work.shape[1:]))
    arrived = np.concatenate([start, np.cumsum(work, axis=0)])
    if parameters.rule == "line":
        return Noise(parameters, arrived, line(arrived))
    share = fair if parameters.rule == "fair" else silo
    served, waiting = np.zeros_like(arrived), start[0]
    for step, came in enumerate(work, start=1):
        waiting = waiting + came
        now = share(waiting, PART)
        waiting = waiting - now
        np.add(served[step - 1], now, out=served[step])
    return Noise(parameters, arrived, served)


def line(arrived: Floats) -> Floats:
    """First come, first served, from the curves of what has arrived.

    The line as a whole is served at the pool's speed. When it has come to a request, it has served
    of each tenant what had arrived before that request.
    """
    room = PART * arrived.shape[1]
    together = arrived.sum(axis=1)
    served = np.zeros_like(together)
    for step in range(1, len(together)):
        served[step] = np.minimum(together[step], served[step - 1] + room)
    each = np.empty_like(arrived)
    for tenant, run in np.ndindex(arrived.shape[1:]):
        each[:, tenant, run] = np.interp(served[:, run], together[:, run], arrived[:, tenant, run])
    return each


def silo(waiting: Floats, part: float) -> Floats:
    """Each its part at most; `waiting` has shape (tenants, runs)."""
    return np.minimum(waiting, part)


def fair(waiting: Floats, part: float) -> Floats:
    """Max-min fairness: equal shares, of which what somebody does not need is shared again.

    All get at most the level L at which the whole is just used up. With demands in ascending order
    and the k smallest served whole, L is (room - their sum) / (n - k); every other k gives less or
    the same, so that the level is the largest of these.
    """
    n = len(waiting)
    ascending = np.sort(waiting, axis=0)
    before = np.cumsum(ascending, axis=0) - ascending
    level = ((part * n - before) / (n - np.arange(n))[:, None]).max(axis=0)
    return np.minimum(waiting, level)


def _arrivals(p: Neighbours) -> Floats:
    """Random requests in each step, shape (steps, tenants, runs)."""
    rng = np.random.default_rng(p.seed)
    mean = np.full((STEPS, p.tenants, 1), p.load * PART)
    end = BURST_FROM + round(p.length / STEP)
    mean[BURST_FROM:end, NOISY] = p.burst * PART
    # A normal draw with the variance of a Poisson count: near enough from a few requests on.
    noise = rng.standard_normal((STEPS, p.tenants, RUNS))
    return np.maximum(np.rint(mean + np.sqrt(mean) * noise), 0.0)
