"""Three ways to write down how long a machine ran, and what a reader of the records makes of it.

    edges      start ●───────────────────● stop        two records a machine
    intervals  ├ 300 s ┼ 300 s ┼ 300 s ┼ 140 s ┤       "used so much since the last record"
    readings   300     600     900     1,040           "used so much up to now", a counter

Records get lost and come twice, and a stop is stamped by another clock than the start. Whoever
computes the bill sees only what came, and does what can be done with it: a machine whose stop is
missing still runs, one whose start is missing is unknown, one that stopped before it started is
billed nothing.
"""

from dataclasses import dataclass

import numpy as np

from models.cloud.chance import places, repeats
from models.cloud.metering.rentals import MONTH, Rentals, Seconds


@dataclass(frozen=True)
class Faults:
    """What happens to records between the machine and the bill.

    Attributes
    ----------
    lost, twice : float
        Shares of the records, below 1.
    skew : float
        Standard deviation, in seconds, between the clocks of a start and of its stop.
    """

    lost: float = 0.0
    twice: float = 0.0
    skew: float = 0.0


def edges(rentals: Rentals, interval: int, faults: Faults, rng: np.random.Generator) -> Seconds:
    """Seconds of each machine as read from starts and stops.

    A start or a stop that comes twice says nothing new, and there are no intervals.
    """
    machines = len(rentals.life)
    known = rng.random(machines) >= faults.lost
    stopped = rentals.ended & (rng.random(machines) >= faults.lost)
    apart = np.rint(faults.skew * rng.standard_normal(machines)).astype(np.int64)
    stamped = np.maximum(rentals.life + apart, 0)
    return np.where(known, np.where(stopped, stamped, MONTH - rentals.start), 0)


def intervals(rentals: Rentals, interval: int, faults: Faults, rng: np.random.Generator) -> Seconds:
    """Seconds of each machine as the sum of the records that came, as often as they came.

    A machine measures an interval by its own clock alone.
    """
    missing = _seconds_at(rentals, interval, faults.lost, rng)
    return rentals.life - missing + _seconds_at(rentals, interval, faults.twice, rng)


def readings(rentals: Rentals, interval: int, faults: Faults, rng: np.random.Generator) -> Seconds:
    """Seconds of each machine as its highest reading, by its own clock.

    One that comes twice changes nothing. Of the lost ones, those after the last that came matter.
    """
    count = _count(rentals, interval)
    tail = repeats(faults.lost, rng.random(len(count))).astype(np.int64)
    return np.where(tail == 0, rentals.life, np.maximum(count - tail, 0) * interval)


KINDS = {"starts and stops": edges, "use of each interval": intervals, "counter readings": readings}


def _count(rentals: Rentals, interval: int) -> Seconds:
    """Records of each machine: one an interval, and one when it stops."""
    return -(-rentals.life // interval)


def _seconds_at(rentals: Rentals, interval: int, share: float, rng: np.random.Generator) -> Seconds:
    """Seconds of each machine in a random share of its interval records."""
    count = _count(rentals, interval)
    ends = np.cumsum(count)
    hit = places(int(ends[-1]), share, rng)
    machine = np.searchsorted(ends, hit, side="right")
    last = hit == ends[machine] - 1
    rest = rentals.life - (count - 1) * interval
    seconds = np.zeros_like(rentals.life)
    np.add.at(seconds, machine, np.where(last, rest[machine], interval))
    return seconds
