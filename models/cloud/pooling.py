"""Silos or one pool: the same customers with the same work, in a line each or in one line.

Each tenant brings as much work as one server does at the given load. Two questions: how long do
customers wait, and how many servers are needed so that demand seldom exceeds them? And two kinds of
demand: tenants whose customers come independently, and tenants whose customers all come at the same
instants. The second takes the pool's gain away in sizing for the peak, but not in waiting, because
service times still differ.
"""

from dataclasses import dataclass

import numpy as np

from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.queueing.erlang import Floats
from models.performance.queueing.free_times import FreeTimes, serve

WARM_UP = 0.2  # of the run, left out of the means: lines start empty


@dataclass(frozen=True)
class Pooling(Parameters):
    """Tenants, each with the work of one server."""

    tenants: int = parameter(10, unit="tenants", low=1, high=50, label="Tenants")
    load: float = parameter(0.8, low=0.05, high=0.95, step=0.05, label="Load of a server")
    demand: str = choice(
        "independent",
        {"independent": "Independent", "identical": "All at the same instants"},
        label="Arrivals of the tenants",
    )
    risk: float = parameter(
        0.001, low=1e-6, high=0.1, scale="log", label="Share of time with too few servers"
    )
    customers: int = parameter(
        2_000, unit="customers", low=200, high=100_000, scale="log", label="Customers of a tenant"
    )
    replications: int = parameter(64, unit="runs", low=1, high=1_024, label="Runs")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


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
    """Simulate the waits and size for the peak; the same parameters give the same numbers."""
    p = parameters
    arrivals, services = _customers(p)
    alone = serve(FreeTimes(1, p.tenants * p.replications), _columns(arrivals), _columns(services))
    order = np.argsort(arrivals.reshape(-1, p.replications), axis=0, kind="stable")
    instants, work = (
        np.take_along_axis(x.reshape(-1, p.replications), order, axis=0)
        for x in (arrivals, services)
    )
    pooled = serve(FreeTimes(p.tenants, p.replications), instants, work)
    alone_servers = p.tenants * servers_for(p.load, p.risk)
    independent = p.demand == "independent"
    return Pooled(
        p,
        _mean(arrivals, alone.reshape(arrivals.shape)),
        _mean(arrivals, np.expand_dims(pooled, 1), np.expand_dims(instants, 1)),
        alone_servers,
        servers_for(p.tenants * p.load, p.risk) if independent else alone_servers,
    )


def servers_for(offered: float, risk: float) -> int:
    """Servers that random demand exceeds for at most `risk` of the time.

    With a server for everyone who asks, the number busy is Poisson with mean `offered` (erlangs),
    whatever the law of the service times.
    """
    servers, term = 0, np.exp(-offered)
    within = term
    while 1 - within > risk:
        servers += 1
        term *= offered / servers
        within += term
    return servers


def _customers(p: Pooling) -> tuple[Floats, Floats]:
    """Arrival instants and service times, shape (customers, tenants, replications)."""
    rng = np.random.default_rng(p.seed)
    shape = (p.customers, p.tenants, p.replications)
    streams = p.tenants if p.demand == "independent" else 1
    gaps = rng.standard_exponential((p.customers, streams, p.replications)) / p.load
    instants = np.broadcast_to(np.cumsum(gaps, axis=0), shape)
    return instants, rng.standard_exponential(shape)


def _columns(x: Floats) -> Floats:
    """One column a tenant and replication."""
    return x.reshape(len(x), -1)


def _mean(arrivals: Floats, waits: Floats, instants: Floats | None = None) -> float:
    """Mean wait between warm-up and the instant at which the first tenant runs out of customers."""
    end = arrivals[-1].min(axis=0)  # shape (replications,)
    when = arrivals if instants is None else instants
    counted = (when > WARM_UP * end) & (when <= end)
    return float(waits[counted].mean())
