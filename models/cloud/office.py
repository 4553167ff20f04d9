"""The office clock: time that passes only while somebody is there.

A queue of people is a queue like any other, on a clock that stands still at night. Both ways
between the two clocks are arithmetic, so that a week of tickets is a few array operations:

    wall    Mon 00:00 ──── 08:00 ▒▒▒▒▒▒▒▒ 16:00 ──── Tue 08:00 ▒▒▒▒▒▒▒▒ 16:00 ── ...
    office             0 h ───────────── 8 h ─────────── 8 h ─────────── 16 h
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DAY, WEEK = 24.0, 168.0  # hours


@dataclass(frozen=True)
class Office:
    """Open around noon on the first days of the week.

    Attributes
    ----------
    hours : float
        Open on such a day, above 0 and up to 24.
    days : int
        Such days in a week, 1 to 7.
    """

    hours: float
    days: int

    def __post_init__(self) -> None:
        if not 0 < self.hours <= DAY:
            raise ValueError(f"hours: {self.hours} is out of range; allowed: above 0, up to 24 h")
        if self.days not in range(1, 8):
            raise ValueError(f"days: {self.days} is out of range; allowed: 1 to 7 days a week")

    @property
    def week(self) -> float:
        """Office hours of a week."""
        return self.hours * self.days

    @property
    def opens(self) -> float:
        """Hour of the day at which it opens."""
        return (DAY - self.hours) / 2

    def elapsed(self, wall: Floats) -> Floats:
        """Office hours before an instant on the wall clock (hours since a Monday, 00:00)."""
        weeks, hour = np.divmod(wall, WEEK)
        days, hour = np.divmod(hour, DAY)
        today = np.where(days < self.days, np.clip(hour - self.opens, 0, self.hours), 0.0)
        return weeks * self.week + np.minimum(days, self.days) * self.hours + today

    def when(self, office: Floats) -> Floats:
        """The instant on the wall clock at which so many office hours have passed.

        What falls on the minute of closing is meant for the next morning.
        """
        days, hour = np.divmod(office, self.hours)
        weeks, days = np.divmod(days, self.days)
        return weeks * WEEK + days * DAY + self.opens + hour

    def closed_wait(self) -> float:
        """Mean hours until it is open, for somebody who comes at any hour of the week.

        Who comes during a gap of g hours waits g/2 on average, and comes during it with
        probability g/168; so a gap counts with its square.
        """
        night = DAY - self.hours
        weekend = night + (7 - self.days) * DAY
        return ((self.days - 1) * night**2 + weekend**2) / (2 * WEEK)
