"""M/M/c: random arrivals, exponential service, c servers, one line.

The closed forms behind 'How many servers?': everything follows from Erlang's C, the probability of
having to wait, because those who wait do so for an exponential time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.facts import Fact, Facts
from models.parameters import Parameters, parameter
from models.performance.queueing.erlang import Floats, log_erlang_c


@dataclass(frozen=True)
class ManyServers(Parameters):
    """One line before identical servers."""

    servers: int = parameter(
        10, unit="servers", low=1, high=10_000, step=1, scale="log", label="Servers"
    )
    load: float = parameter(0.8, low=0.01, high=1.2, step=0.01, label="Load of a server")
    service: float = parameter(
        100.0, unit="ms", low=0.1, high=10_000.0, step=1.0, scale="log", label="Mean service time"
    )
    objective: float = parameter(
        50.0, unit="ms", low=0.0, high=10_000.0, step=5.0, label="Longest wait that is fine"
    )


@dataclass(frozen=True)
class Waiting:
    """How long arrivals wait before their service starts; arrays of one shape, or scalars.

    At a load of 1 or more the line grows without bound: everybody waits, for ever longer, so
    `waits` is 1 and every time infinite.

    Attributes
    ----------
    servers : ndarray
        Number of servers.
    load : ndarray
        Offered load of each server: arrival rate x service time / servers.
    service : ndarray
        Mean service time; its unit is that of every time below.
    objective : ndarray
        The longest wait that is fine.
    log_waits : ndarray
        Natural logarithm of the probability of having to wait at all (Erlang's C).
    """

    servers: Floats
    load: Floats
    service: Floats
    objective: Floats
    log_waits: Floats

    @property
    def waits(self) -> Floats:
        """Probability of having to wait at all."""
        return np.exp(self.log_waits)

    @property
    def stable(self) -> np.ndarray:
        """Whether the line stays finite."""
        return self.load < 1

    @property
    def mean(self) -> Floats:
        """Mean wait, those who do not wait included."""
        return self.waits * self._scale

    def late(self, wait: ArrayLike) -> Floats:
        """Share of arrivals whose wait is longer than `wait`: the tail P(W > wait)."""
        return self.waits * np.exp(-np.asarray(wait, float) / self._scale)

    def quantile(self, share: float) -> Floats:
        """The wait that `share` of arrivals do not exceed; 0 where so many do not wait at all.

        Raises
        ------
        ValueError
            Unless 0 < share < 1.
        """
        if not 0 < share < 1:
            raise ValueError(f"share: {share} is out of range; allowed: between 0 and 1")
        nats = self.log_waits - np.log1p(-share)
        # Where nobody has to wait longer than 0 the scale does not matter, be it infinite.
        return np.where(nats > 0, self._scale, 0.0) * np.maximum(nats, 0.0)

    @property
    def line(self) -> Floats:
        """Mean number waiting in the line, by Little's law."""
        return self.mean * self.load * self.servers / self.service

    @property
    def _scale(self) -> Floats:
        """Mean wait of those who wait: the line moves on at (servers - offered) / service."""
        spare = np.maximum(self.servers * (1 - self.load), 0.0)
        with np.errstate(divide="ignore"):
            return self.service / spare

    def facts(self) -> Facts:
        """For one configuration; times in milliseconds."""
        return Facts(
            Fact("Servers", int(self.servers), "servers"),
            Fact("Load of a server", float(self.load), digits=2),
            Fact("Have to wait", 100 * float(self.waits), "%", digits=2),
            Fact("Mean wait", float(self.mean), "ms", digits=2),
            Fact("Mean wait, in service times", float(self.mean / self.service), digits=3),
            Fact("95th percentile", float(self.quantile(0.95)), "ms", digits=1),
            Fact("99th percentile", float(self.quantile(0.99)), "ms", digits=1),
            Fact("Wait longer than is fine", 100 * float(self.late(self.objective)), "%", digits=2),
            Fact("Mean number in line", float(self.line), digits=2),
            title="Waiting" if self.stable else "Waiting: overloaded, the line never ends",
        )


def waiting(
    servers: ArrayLike,
    load: ArrayLike,
    service: ArrayLike = 1.0,
    objective: ArrayLike = 0.0,
) -> Waiting:
    """M/M/c over whole arrays of configurations, broadcast against each other.

    Parameters
    ----------
    servers : array_like of int
        At least 1.
    load : array_like of float
        Of each server; above 0. From 1 on, waits are infinite.
    service, objective : array_like of float
        Mean service time and the longest wait that is fine, in one unit.

    Raises
    ------
    ValueError
        For servers, load or service outside their ranges.
    """
    c, rho, s, fine = np.broadcast_arrays(
        *(np.asarray(x, float) for x in (servers, load, service, objective))
    )
    if not (np.isfinite(s) & (s > 0)).all():
        raise ValueError(f"service: {s.min()} is out of range; allowed: finite times above 0")
    return Waiting(c, rho, s, fine, log_erlang_c(c, c * rho))


def many_servers(parameters: ManyServers) -> Waiting:
    """The model behind 'How many servers?'; times in milliseconds."""
    p = parameters
    return waiting(p.servers, p.load, p.service, p.objective)
