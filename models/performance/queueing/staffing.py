"""The servers that keep the wait when the customers multiply.

Ten times the customers do not want ten times the servers. Who waits in M/M/c waits 1/s service
times on average, where s is the number of servers above the work offered; so the mean wait is at
most 1/s, however large the service is, and a bounded number of spare servers keeps it. (Keeping
the share that has to wait is dearer: there the spare servers grow with the square root of the
work.) One pool, one line (`many_servers`).
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.facts import Fact, Facts
from models.parameters import Parameters, parameter
from models.performance.queueing.erlang import Floats
from models.performance.queueing.many_servers import Waiting, waiting

POINTS = 48  # of a curve: enough for a smooth line
# Numbers of servers to try at once, as shares of what is left to search: a call of `waiting` costs
# about the same for one configuration as for sixteen.
FAN = np.arange(1, 17) / 16


@dataclass(frozen=True)
class Staffing(Parameters):
    """A service today, and how many times its customers it is going to have."""

    servers: int = parameter(10, unit="servers", low=1, high=100, scale="log", label="Servers now")
    load: float = parameter(0.8, low=0.5, high=0.95, step=0.01, label="Load of each now")
    growth: float = parameter(
        1.0, unit="×", low=1.0, high=100.0, step=1.0, scale="log", label="Customers"
    )
    patience: float = parameter(
        1.0, unit="service times", low=0.0, high=5.0, step=0.1, label="Too long a wait"
    )


@dataclass(frozen=True)
class Plan:
    """Servers that keep the mean wait.

    Attributes
    ----------
    parameters : Staffing
    now, then : Waiting
        Today, and the grown service with the servers it needs; scalars.
    curve : Waiting, shape (n,)
        The grown service with fewer and more servers, from the first stable number up.
    """

    parameters: Staffing
    now: Waiting
    then: Waiting
    curve: Waiting

    @property
    def needed(self) -> int:
        """Servers that keep the wait."""
        return int(self.then.servers)

    @property
    def proportional(self) -> int:
        """Servers if they grew with the customers."""
        return int(np.ceil(self.parameters.servers * self.parameters.growth))

    def facts(self) -> Facts:
        """What the reader is told; waits in mean service times."""
        late = float(self.then.late(self.parameters.patience))
        offered = float(self.then.load * self.then.servers)
        return Facts(
            Fact("Servers needed", self.needed, "servers"),
            Fact("In proportion to the customers", self.proportional, "servers"),
            Fact("Mean wait today", float(self.now.mean), "service times", digits=3),
            Fact("Mean wait then", float(self.then.mean), "service times", digits=3),
            Fact("Have to wait then", 100 * float(self.then.waits), "%", digits=1),
            Fact("Wait too long then", 100 * late, "%", digits=2),
            Fact("Overloaded by", 100 * (self.needed / offered - 1), "% more work", digits=1),
            title="To keep the wait",
        )


def servers_needed(offered: ArrayLike, wait: ArrayLike) -> NDArray[np.int64]:
    """The fewest servers whose mean wait is at most `wait`.

    Parameters
    ----------
    offered : array_like of float
        Offered load in erlangs, more than 0.
    wait : array_like of float
        In mean service times, more than 0. Broadcast against `offered`.

    Returns
    -------
    ndarray of int

    Raises
    ------
    ValueError
        For a wait of 0, which no finite number of servers promises.
    """
    a, most = np.broadcast_arrays(np.asarray(offered, float), np.asarray(wait, float))
    if not (most > 0).all():
        raise ValueError(f"wait: {most.min()} is out of range; allowed: more than 0 service times")
    too_few = np.floor(a).astype(np.int64)  # unstable, or just short of it
    # Who waits does so for 1 / (servers - offered) at least on average: that many spare suffice.
    enough = np.ceil(a + 1 / most).astype(np.int64)
    while (enough - too_few > 1).any():
        fan = FAN.reshape(-1, *[1] * a.ndim)
        tries = too_few + np.ceil((enough - too_few) * fan).astype(np.int64)
        first = np.argmax(waiting(tries, a / tries).mean <= most, axis=0)  # the last one does
        fine = np.take_along_axis(tries, first[None], axis=0)[0]
        under = np.take_along_axis(tries, np.maximum(first - 1, 0)[None], axis=0)[0]
        enough, too_few = fine, np.where(first > 0, under, too_few)
    return enough


def staffing(parameters: Staffing) -> Plan:
    """Today's wait, and the servers that keep it when the customers multiply."""
    p = parameters
    offered = p.servers * p.load * p.growth
    now = waiting(p.servers, p.load)
    # Today's own number must pass its own test, whatever the last bit of a product says.
    needed = servers_needed(offered, now.mean * (1 + 1e-12))
    servers = np.union1d(_around(offered), needed)
    curve = waiting(servers, offered / servers)
    return Plan(p, now, _one(curve, int(np.searchsorted(servers, needed))), curve)


def _one(many: Waiting, index: int) -> Waiting:
    """One configuration of many."""
    return Waiting(*(getattr(many, field.name)[index] for field in fields(many)))


def _around(offered: float) -> Floats:
    """Whole numbers of servers from the first stable one to a load of one half."""
    first = np.floor(offered) + 1
    return np.unique(np.rint(first + (2 * offered + 1 - first) * np.linspace(0, 1, POINTS) ** 3))
