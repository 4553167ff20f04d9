"""How long it takes until work is of use in another cloud: data first, then the application.

A terabyte is 8,000 gigabits, so a link of one gigabit a second moves it in a bit over two hours.
What has been kept in step need not be moved again: only what changed since the last copy.
"""

from dataclasses import dataclass

from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

GIGABITS = 8_000.0  # of a terabyte
SECONDS = 3_600.0
KILO = 1_000.0
REBUILD = {"image": "The same image starts there", "other": "Another image or API: by hand"}
HOURS = {"image": 0.1, "other": 40.0}  # to start it: minutes, or a week's work


@dataclass(frozen=True)
class Move(Parameters):
    """What has to be over there before the work can go on."""

    data: float = parameter(
        10.0, unit="TB", low=0.0, high=10_000.0, step=1.0, label="Data that the work needs"
    )
    link: float = parameter(
        1.0, unit="Gbit/s", low=0.01, high=1_000.0, step=0.1, scale="log", label="Link between them"
    )
    changed: float = parameter(
        100.0, unit="%", low=0.0, high=100.0, step=1.0, label="Not yet there"
    )
    usable: float = parameter(
        80.0, unit="%", low=1.0, high=100.0, step=5.0, label="Of the link is usable"
    )
    start: str = choice("image", REBUILD, label="The application")
    per_gigabyte: float = parameter(
        0.09, unit="$/GB", low=0.0, high=0.5, step=0.01, label="Sending data out"
    )


@dataclass(frozen=True)
class Moved:
    """The hours until it runs, and the bill of the copy.

    Attributes
    ----------
    parameters : Move
    copying, starting : float
        Hours.
    bill : float
        Dollars for the data that leaves.
    """

    parameters: Move
    copying: float
    starting: float
    bill: float

    @property
    def hours(self) -> float:
        """The porting time."""
        return self.copying + self.starting

    def facts(self) -> Facts:
        """Where the time goes."""
        return Facts(
            Fact("Copying the data", self.copying, "h", 1),
            Fact("Starting the application", self.starting, "h", 1),
            Fact("Porting time", self.hours, "h", 1),
            Fact("Bill for data sent out", self.bill, "$"),
            title="Until the work goes on over there",
        )


def move(parameters: Move) -> Moved:
    """Copy what is missing, then start."""
    p = parameters
    data = p.data * p.changed / 100
    copying = data * GIGABITS / (p.link * p.usable / 100) / SECONDS
    return Moved(p, copying, HOURS[p.start], data * KILO * p.per_gigabyte)
