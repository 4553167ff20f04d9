"""Who says yes: nobody but the program, or a person in office hours."""

from math import inf
from typing import Protocol

from models.cloud.platform.clock import DAY, HOUR, MINUTE

OPENS, CLOSES, WORKDAYS = 9 * HOUR, 17 * HOUR, 5


class Desk(Protocol):
    """What stands between a wish and its execution."""

    @property
    def touches(self) -> int:
        """How often a person at the provider has to do something, for one wish."""

    def through(self, now: float) -> float:
        """When a wish that arrives now has been dealt with, in seconds."""


class Api:
    """The program decides at once."""

    touches = 0

    def through(self, now: float) -> float:
        """Now."""
        return now


class Tickets:
    """One person deals with one ticket after another, in office hours, Monday to Friday.

    Parameters
    ----------
    effort : float
        Seconds of work a ticket.
    """

    touches = 1

    def __init__(self, effort: float = 30 * MINUTE) -> None:
        if not 0 <= effort < inf:
            raise ValueError(f"effort: {effort} s is impossible; allowed: 0 s or more, and an end")
        self.effort, self._free = effort, 0.0

    def through(self, now: float) -> float:
        """After the tickets before it and the nights between."""
        at, left = office(max(now, self._free)), self.effort
        while left > (rest := CLOSES - at % DAY):
            at, left = office(at + rest), left - rest
        self._free = at + left
        return self._free


def office(time: float) -> float:
    """The first instant from `time` on at which somebody is at the desk."""
    day, clock = divmod(time, DAY)
    if day % 7 >= WORKDAYS:
        return office((day + 7 - day % 7) * DAY)
    if clock >= CLOSES:
        return office((day + 1) * DAY)
    return day * DAY + max(clock, OPENS)
