"""What elasticity came to: waits, violations, idle and missing capacity, the bill."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.cloud.scaling import Scaler
from models.facts import Fact, Facts
from models.performance.queueing import estimates
from models.performance.queueing.erlang import Floats

HOUR = 3_600.0
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """One run in independent columns; seconds.

    A request that has not started when the run ends counts with its wait so far: a lower bound.

    Attributes
    ----------
    scalers : tuple of Scaler
        One a column.
    interval, seconds : float
        Between decisions, and of the whole run.
    offered, ready, rented : ndarray, shape (intervals, columns)
        Work that arrived, in servers; servers that could serve at the interval's end; servers
        paid for at its start, booting and draining ones included.
    waits : ndarray, shape (requests, columns)
        Not-a-number where a column has fewer requests than others.
    arrived_in : ndarray, shape (requests, columns)
        Number of the interval of arrival; not-a-number where there is no request.
    began : ndarray of bool, shape (requests, columns)
        Whether service began before the end.
    arrived, served, waiting, in_service : ndarray of int, shape (columns,)
        At the end; arrived = served + waiting + in service.
    idle, missing : ndarray, shape (columns,)
        Server-seconds that were there and not used; that an interval's work would have needed
        above those there.
    paid : ndarray, shape (columns,)
        Server-seconds from request to release, booting and draining included.
    turns : ndarray, shape (columns,)
        Changes of direction: growing after shrinking, or the other way.
    """

    scalers: tuple[Scaler, ...]
    interval: float
    seconds: float
    offered: Floats
    ready: Floats
    rented: Floats
    waits: Floats
    arrived_in: Floats
    began: NDArray[np.bool_]
    arrived: Counts
    served: Counts
    waiting: Counts
    in_service: Counts
    idle: Floats
    missing: Floats
    paid: Floats
    turns: Floats

    @property
    def late(self) -> Floats:
        """Share of requests that waited longer than is fine, shape (columns,)."""
        limit = np.array([scaler.objective for scaler in self.scalers])
        return (self.waits > limit).sum(axis=0) / self.arrived

    @property
    def bill(self) -> Floats:
        """Money, every server paid by the second, shape (columns,)."""
        return self.paid / HOUR * self._prices

    @property
    def bill_by_hour(self) -> Floats:
        """Money where each clock hour costs the most servers rented at once in it."""
        hour = (np.arange(len(self.rented)) * self.interval // HOUR).astype(int)
        begins = np.flatnonzero(np.diff(hour, prepend=-1))
        return np.maximum.reduceat(self.rented, begins, axis=0).sum(axis=0) * self._prices

    def quantile(self, share: float) -> float:
        """The wait that `share` of all requests of all columns do not exceed."""
        return float(np.nanquantile(self.waits, share))

    def quantile_by_arrival(self, share: float) -> Floats:
        """The quantile for those who arrived in each interval, shape (intervals,); 0 if nobody."""
        last = len(self.offered)  # the rank of no request at all
        rank = np.nan_to_num(self.arrived_in, nan=last).astype(np.min_scalar_type(last)).ravel()
        waits = self.waits.ravel()[np.argsort(rank, kind="stable")]
        ends = np.cumsum(np.bincount(rank, minlength=last + 1)[:last])
        intervals = np.split(waits, ends)[:last]
        # Of each interval only one place is wanted: that takes half as long as sorting them all.
        return np.array([_at(share, each) if each.size else 0.0 for each in intervals])

    def interval_of(self, share: float) -> estimates.Estimate:
        """`quantile` with its confidence interval; wants as many requests in each column."""
        return estimates.quantile(self.waits, share)

    def part(self, columns: slice) -> "Outcome":
        """The same of some columns alone."""
        whole = vars(self).items()
        arrays: dict[str, Any] = {
            name: value[..., columns] for name, value in whole if isinstance(value, np.ndarray)
        }
        return replace(self, scalers=self.scalers[columns], **arrays)

    @property
    def _prices(self) -> Floats:
        return np.array([scaler.price for scaler in self.scalers])

    @property
    def title(self) -> str:
        """What the facts are about, with a warning where it is due."""
        boot = self.scalers[0].boot
        if boot >= self.seconds and self.scalers[0].policy != "fixed":
            return f"Boot delay of {boot:,.0f} s is longer than the run: no new server ever helps"
        if self.waiting.sum() > 0.1 * self.arrived.sum():
            return "Overloaded: over a tenth still waits at the end, waits are lower bounds"
        return "Elasticity"

    def facts(self) -> Facts:
        """Means over the columns, named."""
        return Facts(
            Fact("Requests", int(self.arrived[0]), "requests"),
            Fact("Median wait", self.quantile(0.5), "s", 2),
            Fact("95th percentile", self.quantile(0.95), "s", 2),
            Fact("99th percentile", self.quantile(0.99), "s", 2),
            Fact("Waited longer than is fine", 100 * self._mean(self.late), "%", 2),
            Fact("Idle", self._mean(self.idle) / HOUR, "server-hours", 2),
            Fact("Missing", self._mean(self.missing) / HOUR, "server-hours", 2),
            Fact("Bill by the second", self._mean(self.bill), "$", 3),
            Fact("Bill by the hour", self._mean(self.bill_by_hour), "$", 2),
            Fact("Changes of direction", self._mean(self.turns), digits=1),
            title=self.title,
        )

    @staticmethod
    def _mean(values: Floats) -> float:
        return float(np.mean(values))


def _at(share: float, values: Floats) -> float:
    """The value that stands at a share of the way through them all, sorted."""
    place = min(int(share * values.size), values.size - 1)
    return float(np.partition(values, place)[place])
