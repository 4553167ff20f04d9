"""Silos or one pool: the same customers with the same work, in a line each or in one line.

Each tenant brings as much work as one server does at the given load. Two questions: how long do
customers wait, and how many servers are needed so that demand seldom exceeds them? And two kinds
of demand, mixed by `shared`: customers who come independently, and customers of all tenants who
come at the same instants. The share in common is the correlation of two tenants' demand; each
tenant alone looks the same whatever it is.

Common demand takes the pool's gain away in sizing for the peak, but not in waiting, because
customers who come together still take different times.
"""

from dataclasses import dataclass

import numpy as np

from models.facts import Fact, Facts
from models.parameters import Parameters, parameter
from models.performance.queueing.batch_arrivals import Floats, mean_wait


@dataclass(frozen=True)
class Pooling(Parameters):
    """Tenants, each with the work of one server."""

    tenants: int = parameter(10, unit="tenants", low=1, high=50, label="Tenants")
    shared: float = parameter(
        0.0, low=0.0, high=1.0, step=0.05, label="Share of the demand that all have in common"
    )
    load: float = parameter(0.8, low=0.05, high=0.95, step=0.05, label="Load of a server")
    risk: float = parameter(
        0.001, low=1e-6, high=0.1, scale="log", label="Share of time with too few servers"
    )


@dataclass(frozen=True)
class Pooled:
    """What pooling brings.

    Attributes
    ----------
    parameters : Pooling
    alone_wait, pooled_wait : float
        Mean wait in mean service times.
    alone_servers, pooled_servers : int
        Servers of all tenants together, so that demand exceeds them for at most the risk's share
        of the time.
    """

    parameters: Pooling
    alone_wait: float
    pooled_wait: float
    alone_servers: int
    pooled_servers: int

    def facts(self) -> Facts:
        """Silos and pool side by side."""
        return Facts(
            Fact("Mean wait, a line for each tenant", self.alone_wait, "service times", 2),
            Fact("Mean wait, one line for all", self.pooled_wait, "service times", 2),
            Fact("Servers for the peak, silos", self.alone_servers, "servers"),
            Fact("Servers for the peak, one pool", self.pooled_servers, "servers"),
            title="Silos or one pool",
        )


def pooling(parameters: Pooling) -> Pooled:
    """Both answers in closed form: no chance, no run to wait for."""
    p = parameters
    alone, together = p.tenants * p.load * (1 - p.shared), p.load * p.shared
    return Pooled(
        p,
        float(mean_wait(1, p.load, 0.0, 1)),
        float(mean_wait(p.tenants, alone, together, p.tenants)),
        p.tenants * max(1, servers_for(p.load, 0.0, 1, p.risk)),
        max(1, servers_for(alone, together, p.tenants, p.risk)),
    )


def servers_for(alone: float, together: float, size: int, risk: float) -> int:
    """Servers that random demand exceeds for at most `risk` of the time.

    With a server for everyone who asks, the number busy is Poisson, whatever the law of the service
    times. Demand in common comes `size` times at once.

    Parameters
    ----------
    alone, together : float
        Mean demand of its own, and in common, in erlangs.
    size : int
    risk : float
    """
    own, common = _poisson(alone), _poisson(together)
    times = np.zeros(size * (len(common) - 1) + 1)
    times[::size] = common
    within = np.cumsum(np.convolve(own, times))
    return int(np.argmax(1 - within <= risk))


def _poisson(mean: float) -> Floats:
    """Probabilities of 0, 1, 2, ... up to where the rest is below the last bit of 1."""
    most = int(mean + 10 * np.sqrt(mean) + 20)
    ratios = mean / np.arange(1, most + 1)
    return np.exp(-mean) * np.cumprod(np.concatenate([[1.0], ratios]))
