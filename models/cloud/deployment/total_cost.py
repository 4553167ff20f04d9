"""Total cost over years: hardware, power, upkeep and people of one's own, or a bill by the hour.

The numbers are illustrative and the reader's to change; what the model shows is which of them
matter, and at which size. Months are all alike (730 hours); money of later months counts less.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from models.cloud.deployment.load import Floats
from models.facts import Fact, Facts
from models.parameters import Parameters, parameter

HOURS, MONTHS = 730.0, 12
LEAST_PEOPLE = 1.0  # somebody has to look after even one server
KILO = 1_000.0


@dataclass(frozen=True)
class RentOrOwn(Parameters):
    """Servers for some years, to own or to rent."""

    servers: int = parameter(
        100, unit="servers", low=1, high=10_000, scale="log", label="Servers at the peak"
    )
    busy: float = parameter(35.0, unit="%", low=1.0, high=100.0, step=1.0, label="Busy on average")
    years: int = parameter(5, unit="years", low=1, high=10, label="Years")
    public: float = parameter(
        1.0,
        unit="$/h",
        low=0.05,
        high=10.0,
        step=0.05,
        scale="log",
        label="Public price, when used",
    )
    price: float = parameter(
        8_000.0, unit="$", low=500.0, high=100_000.0, step=500.0, scale="log", label="A server"
    )
    salary: float = parameter(
        120_000.0, unit="$/year", low=0.0, high=400_000.0, step=10_000.0, label="An administrator"
    )
    per_person: int = parameter(
        200, unit="servers", low=5, high=5_000, scale="log", label="Servers an administrator minds"
    )
    electricity: float = parameter(
        0.12, unit="$/kWh", low=0.0, high=1.0, step=0.01, label="Electricity"
    )
    lifetime: int = parameter(5, unit="years", low=1, high=10, label="A server lasts")
    idle_watts: float = parameter(
        200.0, unit="W", low=0.0, high=2_000.0, step=10.0, label="Power when idle"
    )
    busy_watts: float = parameter(
        400.0, unit="W", low=0.0, high=4_000.0, step=10.0, label="Power when busy"
    )
    pue: float = parameter(1.5, low=1.0, high=3.0, step=0.05, label="Power of the building (PUE)")
    upkeep: float = parameter(
        10.0, unit="% a year", low=0.0, high=50.0, step=1.0, label="Upkeep, of the price"
    )
    discount: float = parameter(
        40.0, unit="%", low=0.0, high=80.0, step=5.0, label="Discount for reserving"
    )
    spot: float = parameter(
        70.0, unit="%", low=0.0, high=95.0, step=5.0, label="Discount of spot servers"
    )
    lost: float = parameter(
        20.0, unit="%", low=0.0, high=90.0, step=5.0, label="Spot work lost and done again"
    )
    fall: float = parameter(
        3.0, unit="% a year", low=0.0, high=30.0, step=1.0, label="Public prices fall"
    )
    interest: float = parameter(
        5.0, unit="% a year", low=0.0, high=20.0, step=1.0, label="Interest"
    )
    egress: float = parameter(
        0.0, unit="TB/month", low=0.0, high=10_000.0, step=10.0, label="Data sent out"
    )
    per_gigabyte: float = parameter(
        0.09, unit="$/GB", low=0.0, high=0.5, step=0.01, label="Sending data out"
    )

    def check(self) -> None:
        """A busy server draws no less than an idle one."""
        if self.busy_watts < self.idle_watts:
            raise ValueError(
                f"busy_watts: {self.busy_watts:g} W is less than idle; "
                f"allowed: from {self.idle_watts:g} W on"
            )


@dataclass(frozen=True)
class Totals:
    """What has been paid by the end of each month, in today's money.

    Attributes
    ----------
    parameters : RentOrOwn
    hardware, power, upkeep, people : ndarray, shape (months + 1,)
        Of one's own servers; what the last ones are still worth comes back at the end.
    demand, reserved, spot : ndarray, shape (months + 1,)
        The same work rented by the hour, as many servers reserved all the time, and the work on
        spot servers, what is lost done again; with the data sent out.
    """

    parameters: RentOrOwn
    hardware: Floats
    power: Floats
    upkeep: Floats
    people: Floats
    demand: Floats
    reserved: Floats
    spot: Floats

    @property
    def own(self) -> Floats:
        """All four parts of owning."""
        return self.hardware + self.power + self.upkeep + self.people

    @property
    def even(self) -> float:
        """Months after which owning stays the cheaper for good; infinite for never."""
        cheaper = self.own < self.demand
        if not cheaper[-1]:
            return float("inf")
        dearer = np.flatnonzero(~cheaper)
        return float(dearer[-1] + 1) if dearer.size else 0.0

    def hour(self, name: str) -> float:
        """Dollars for each hour that a server is at hand: of "own", "demand" or "reserved"."""
        p = self.parameters
        return float(getattr(self, name)[-1]) / (p.servers * HOURS * float(_worth(p)[1:].sum()))

    def part(self, name: str) -> float:
        """Share of one part in the cost of owning, in per cent."""
        return 100 * float(getattr(self, name)[-1] / self.own[-1])

    def facts(self) -> Facts:
        """What it comes to."""
        return Facts(
            Fact("Own, all in all", float(self.own[-1]) / KILO, "k$"),
            Fact("Rented on demand", float(self.demand[-1]) / KILO, "k$"),
            Fact("Rented, all reserved", float(self.reserved[-1]) / KILO, "k$"),
            Fact("Rented, all spot", float(self.spot[-1]) / KILO, "k$"),
            _when("Owning is the cheaper from month", self.even, ""),
            _when("Cheaper to own if busy for more than", self.busy_enough, "%"),
            Fact("An own server, used or not", self.hour("own"), "$/h", 2),
            Fact("of it people", self.part("people"), "%"),
            title=f"{self.parameters.servers:,} servers for {self.parameters.years} years",
        )

    @property
    def busy_enough(self) -> float:
        """The share of time, in per cent, from which owning is the cheaper.

        Infinite for never; 0 where owning is the cheaper even for servers that are never busy.
        """
        p = self.parameters
        spread = (p.busy_watts - p.idle_watts) * p.pue * p.electricity / KILO  # $/h, busy over idle
        worth = p.servers * HOURS * _worth(p)[1:]
        used = float((worth * (_prices(p) - spread)).sum())  # $ that each busy hour tips the scale
        always = float(self.own[-1]) - p.busy / 100 * spread * float(worth.sum())
        sent = float(self.demand[-1]) - p.busy / 100 * float((worth * _prices(p)).sum())
        share = (always - sent) / used if used > 0 else float("inf")
        return 100 * max(share, 0.0) if share <= 1 else float("inf")


def total_cost(parameters: RentOrOwn) -> Totals:
    """Month by month, from buying on."""
    p = parameters
    watts = p.idle_watts + (p.busy_watts - p.idle_watts) * p.busy / 100
    power = p.servers * watts / KILO * p.pue * p.electricity * HOURS
    people = max(p.servers / p.per_person, LEAST_PEOPLE) * p.salary / MONTHS
    sent = p.egress * KILO * p.per_gigabyte
    rented = p.servers * HOURS * _prices(p)
    return Totals(
        p,
        _hardware(p),
        _paid(p, np.full(p.years * MONTHS, power)),
        _paid(p, np.full(p.years * MONTHS, p.servers * p.price * p.upkeep / 100 / MONTHS)),
        _paid(p, np.full(p.years * MONTHS, people)),
        _paid(p, rented * p.busy / 100 + sent),
        _paid(p, rented * (1 - p.discount / 100) + sent),
        _paid(p, rented * p.busy / 100 * (1 - p.spot / 100) / (1 - p.lost / 100) + sent),
    )


def by_size(parameters: RentOrOwn, sizes: Iterable[int]) -> Floats:
    """Dollars an hour of an own server, for each size of the fleet."""
    fleets = (replace(parameters, servers=int(size)) for size in sizes)
    return np.array([total_cost(fleet).hour("own") for fleet in fleets])


def _when(name: str, value: float, unit: str) -> Fact:
    """A fact, or the word for what never happens."""
    return Fact(name, value, unit) if np.isfinite(value) else Fact(name, "never")


def _hardware(p: RentOrOwn) -> Floats:
    """Servers bought at the start and whenever they are worn out, less what is left at the end."""
    spent = np.zeros(p.years * MONTHS + 1)
    spent[: p.years * MONTHS : p.lifetime * MONTHS] = p.servers * p.price
    age = p.years % p.lifetime
    left = 1 - age / p.lifetime if age else 0.0
    spent[-1] -= left * p.servers * p.price
    return np.cumsum(spent * _worth(p))


def _paid(p: RentOrOwn, monthly: Floats) -> Floats:
    """Sums of what is paid at each month's end."""
    return np.concatenate([[0.0], np.cumsum(monthly * _worth(p)[1:])])


def _worth(p: RentOrOwn) -> Floats:
    """What a dollar of each month is worth today, shape (months + 1,)."""
    month = np.arange(p.years * MONTHS + 1.0)
    return (1 + p.interest / 100) ** (-month / MONTHS)


def _prices(p: RentOrOwn) -> Floats:
    """The public price in each month: it falls from year to year, shape (months,)."""
    year = np.arange(p.years * MONTHS) // MONTHS
    return p.public * (1 - p.fall / 100) ** year.astype(float)
