"""Virtual time: whatever is due happens in order of time, and of asking among equals."""

import heapq
from collections.abc import Callable
from itertools import count

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
WEEK = 7 * DAY
MONTH = 30 * DAY


class Clock:
    """Seconds since a Monday at midnight.

    >>> clock = Clock()
    >>> clock.at(5.0, lambda: print("five"))
    >>> clock.run(10.0)
    five
    >>> clock.now
    10.0
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._asked = count()

    def at(self, time: float, action: Callable[[], object]) -> None:
        """Let `action` happen at `time`.

        Raises
        ------
        ValueError
            For a time that has passed.
        """
        if not time >= self.now:
            raise ValueError(f"time: {time:,} s has passed; allowed: from {self.now:,} s on")
        heapq.heappush(self._due, (time, next(self._asked), action))

    def run(self, until: float) -> None:
        """Let everything happen that is due by `until`, also what it brings about.

        Raises
        ------
        ValueError
            For a time that has passed.
        """
        if not until >= self.now:
            raise ValueError(f"until: {until:,} s has passed; allowed: from {self.now:,} s on")
        while self._due and self._due[0][0] <= until:
            self.step()
        self.now = until

    def step(self) -> bool:
        """Let the next thing happen; whether there was any."""
        if not self._due:
            return False
        self.now, _, action = heapq.heappop(self._due)
        action()
        return True
