"""G/G/c by simulation: any laws, any number of customers, in a bounded amount of memory.

Replications are the columns of `free_times`; customers pass in chunks, and of each chunk only
sums and a thinned sample stay.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.queueing import estimates
from models.performance.queueing.erlang import Floats
from models.performance.queueing.estimates import GROUPS, Estimate
from models.performance.queueing.free_times import FreeTimes, serve
from models.performance.queueing.laws import LAWS, draw

CHUNK = 1 << 19  # customers drawn at a time over all columns: 4 MB an array
KEEP = 1 << 21  # waits kept for quantiles: every m-th customer of each column, m as needed
ROOM = 1 << 22  # free times at most, servers x replications: 32 MB, held twice
BINS = 200  # points of the course over which warm-up is judged and shown


@dataclass(frozen=True)
class ManyCustomers(Parameters):
    """A queue with any laws, repeated in independent replications."""

    servers: int = parameter(8, unit="servers", low=1, high=1_000, label="Servers")
    load: float = parameter(0.8, low=0.01, high=2.0, step=0.01, label="Load of a server")
    gaps: str = choice("exponential", LAWS, label="Time between arrivals")
    services: str = choice("exponential", LAWS, label="Service time")
    customers: int = parameter(
        1_000,
        unit="customers",
        low=BINS,
        high=10_000_000,
        scale="log",
        label="Customers of a replication",
    )
    replications: int = parameter(256, unit="replications", low=GROUPS, high=65_536, label="Runs")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")

    def check(self) -> None:
        """Keep the state within memory."""
        if self.servers * self.replications > ROOM:
            raise ValueError(
                f"replications: {self.replications:,} of {self.servers:,} servers are too many; "
                f"allowed: servers x replications up to {ROOM:,}"
            )


@dataclass(frozen=True)
class Course:
    """What a run leaves; times in mean service times.

    Attributes
    ----------
    load : float
    profile : ndarray, shape (BINS,)
        Mean wait over all replications, in the order of arrival.
    cut : int
        Leading bins of `profile` that are warm-up; everything below leaves them out.
    customers : int
        Simulated in all, warm-up included.
    sample : ndarray, shape (kept, replications)
        Waits after warm-up: every m-th customer, or all.
    """

    load: float
    profile: Floats
    cut: int
    customers: int
    sample: Floats

    @property
    def mean(self) -> Estimate:
        """Mean wait."""
        return estimates.mean(self.sample)

    def quantile(self, share: float) -> Estimate:
        """The wait that `share` of the customers do not exceed."""
        return estimates.quantile(self.sample, share)

    def facts(self) -> Facts:
        """Named numbers; times in mean service times."""
        unit = "service times"
        rows = [
            Fact("Customers", self.customers, "customers"),
            Fact("Warm-up left out", 100 * self.cut / len(self.profile), "% of a run", 1),
        ]
        for name, e in [
            ("Mean wait", self.mean),
            ("95th percentile", self.quantile(0.95)),
            ("99th percentile", self.quantile(0.99)),
        ]:
            rows += [Fact(name, e.value, unit, 2), Fact(f"{name}, 95 % within ±", e.half, unit, 2)]
        if self.load < 1:
            return Facts(*rows, title="Waiting")
        return Facts(*rows, title="Waiting: overloaded, so these numbers grow with the run")


def many_customers(parameters: ManyCustomers) -> Course:
    """Simulate; the same parameters give the same numbers."""
    p = parameters
    profile, kept = np.zeros(BINS), []
    every = -(-p.customers * p.replications // KEEP)
    for first, waits in _chunks(p):
        order = np.arange(first, first + len(waits))
        np.add.at(profile, order * BINS // p.customers, waits.mean(axis=1))
        kept.append(waits[-first % every :: every].copy())
    profile /= np.bincount(np.arange(p.customers) * BINS // p.customers, minlength=BINS)
    cut = estimates.warm_up(profile)
    # The first customer of bin b has number ceil(b * customers / BINS).
    sample = np.concatenate(kept)[-(-cut * p.customers // BINS // every) :]
    return Course(p.load, profile, cut, p.customers * p.replications, sample)


def _chunks(p: ManyCustomers) -> Iterator[tuple[int, Floats]]:
    """Number of its first customer, and waits of a chunk, shape (customers, replications)."""
    rng = np.random.default_rng(p.seed)
    servers = FreeTimes(p.servers, p.replications)
    clock = np.zeros(p.replications)
    size = max(CHUNK // p.replications, 1)
    for first in range(0, p.customers, size):
        shape = (min(size, p.customers - first), p.replications)
        arrivals = draw(p.gaps, rng, shape)
        arrivals /= p.servers * p.load
        arrivals[0] += clock
        np.cumsum(arrivals, axis=0, out=arrivals)
        clock = arrivals[-1].copy()
        yield first, serve(servers, arrivals, draw(p.services, rng, shape))
