"""Three ways to write down how long a machine ran, and what a reader of the records makes of it.

    edges      start ●───────────────────● stop        two records a machine
    intervals  ├ 300 s ┼ 300 s ┼ 300 s ┼ 140 s ┤       "used so much since the last record"
    readings   300     600     900     1,040           "used so much up to now", a counter

Records get lost and come twice. Whoever computes the bill sees only what came, and does what can be
done with it: a machine whose stop is missing still runs, one whose start is missing is unknown.
"""

import numpy as np
from numpy.typing import NDArray

from models.cloud.chance import places, repeats
from models.cloud.metering.rentals import MONTH, Rentals, Seconds

Marks = NDArray[np.bool_]


def edges(
    rentals: Rentals, interval: int, lost: float, twice: float, rng: np.random.Generator
) -> Seconds:
    """Seconds of each machine as read from starts and stops.

    A start or a stop that comes twice says nothing new; `interval` and `twice` change nothing.
    """
    known = rng.random(len(rentals.life)) >= lost
    stopped = rentals.ended & (rng.random(len(rentals.life)) >= lost)
    return np.where(known, np.where(stopped, rentals.life, MONTH - rentals.start), 0)


def intervals(
    rentals: Rentals, interval: int, lost: float, twice: float, rng: np.random.Generator
) -> Seconds:
    """Seconds of each machine as the sum of the records that came, as often as they came."""
    missing = _seconds_at(rentals, interval, lost, rng)
    return rentals.life - missing + _seconds_at(rentals, interval, twice, rng)


def readings(
    rentals: Rentals, interval: int, lost: float, twice: float, rng: np.random.Generator
) -> Seconds:
    """Seconds of each machine as its highest reading; `twice` changes nothing.

    Of the losses only those after the last reading that came matter.
    """
    count = _count(rentals, interval)
    tail = repeats(lost, rng.random(len(count))).astype(np.int64)
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
