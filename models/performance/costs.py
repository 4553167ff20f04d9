"""Cycles are counts times a declared cost, and the cost has a band.

The machine counts exits; what one of them costs is a published measurement of one generation of
hardware. The product is a *share of one core's cycles*, always shown with the band that the
sources leave: nothing here was measured on the reader's computer.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from models import stored
from models.events import Counters
from models.facts import Fact, Facts
from models.parameters import Parameters, parameter


@dataclass(frozen=True)
class Measurement:
    """One published figure.

    Attributes
    ----------
    cycles : int
        Of the hardware's round trip: exit and entry again, without the handling between.
    source : str
    certainty : str
        "primary" if read in the source itself, "secondary" if in a transcription.
    """

    cycles: int
    source: str
    certainty: str


@dataclass(frozen=True)
class Generation:
    """One generation of hardware and what one exit costs on it, in cycles.

    Attributes
    ----------
    name, label : str
    year : int
    measurements : tuple of Measurement
        The first is the figure to use; the others widen the band.
    low, high : float
        The band: from the least to the greatest source, or, of a single source, as far to both
        sides as two sources on one generation were ever seen apart.
    """

    name: str
    label: str
    year: int
    measurements: tuple[Measurement, ...]
    low: float
    high: float

    @property
    def cycles(self) -> int:
        """The figure to use."""
        return self.measurements[0].cycles


def _measurements(row: dict[str, Any], sources: dict[str, str]) -> tuple[Measurement, ...]:
    return tuple(
        Measurement(one["cycles"], sources[one["source"]], one["certainty"]) for one in row["exit"]
    )


def disagreement(measured: list[tuple[Measurement, ...]]) -> float:
    """The largest ratio between two sources on the same generation, at least 1."""
    spreads = [[one.cycles for one in row] for row in measured]
    return max(max(row) / min(row) for row in spreads)


@cache
def generations() -> dict[str, Generation]:
    """Every generation by name, oldest first."""
    text = stored.text("models.performance", "data/costs.toml")
    table = tomllib.loads(text)
    measured = [_measurements(row, table["sources"]) for row in table["generation"]]
    factor = disagreement(measured)
    found = {}
    for row, several in zip(table["generation"], measured, strict=True):
        cycles = [one.cycles for one in several]
        single = len(cycles) == 1
        low = cycles[0] / factor if single else min(cycles)
        high = cycles[0] * factor if single else max(cycles)
        found[row["name"]] = Generation(row["name"], row["label"], row["year"], several, low, high)
    return found


def generation(name: str) -> Generation:
    """One generation by its name.

    Raises
    ------
    ValueError
        For a name that is not in the table.
    """
    known = generations()
    if name not in known:
        raise ValueError(f"generation: {name!r} is unknown; allowed: {', '.join(known)}")
    return known[name]


@dataclass(frozen=True)
class ExitBudget(Parameters):
    """How often a guest leaves for the hypervisor, and what one leave costs."""

    exits: int = parameter(
        20_000, unit="exits/s", low=1, high=10_000_000, step=1_000, label="Exits", scale="log"
    )
    cycles: int = parameter(
        1_500, unit="cycles/exit", low=10, high=100_000, step=10, label="Cost of one", scale="log"
    )
    gigahertz: float = parameter(3.0, unit="GHz", low=0.1, high=10.0, step=0.1, label="Clock")


@dataclass(frozen=True)
class Overhead:
    """What exits take of one core.

    Attributes
    ----------
    share, low, high : float
        Of the core's cycles, with its band; 1 and above means that the core does nothing else.
    """

    share: float
    low: float
    high: float

    @property
    def slowdown(self) -> float:
        """How much longer the guest's own work takes: 1 / (1 - share), infinite from share 1 on."""
        return 1 / (1 - self.share) if self.share < 1 else float("inf")

    def facts(self) -> Facts:
        """Share, band and slow-down."""
        return Facts(
            Fact("share of one core", 100 * self.share, "%", 2),
            Fact("band, low", 100 * self.low, "%", 2),
            Fact("band, high", 100 * self.high, "%", 2),
            Fact("the guest's own work takes", self.slowdown, "x as long", 3),
            title="Overhead of exits",
        )


def budget(parameters: ExitBudget) -> Overhead:
    """Overhead of a given rate at a given cost; the band is that of the cost's sources."""
    share = parameters.exits * parameters.cycles / (parameters.gigahertz * 1e9)
    factor = disagreement([one.measurements for one in generations().values()])
    return Overhead(share, share / factor, share * factor)


def overhead(counts: Counters, costs: Generation, cpi: float = 1.0) -> Overhead:
    """Overhead of a counted run on one generation of hardware.

    Parameters
    ----------
    counts : Counters
        Its exits, and the instructions that the guest retired: all modes but "firmware", the
        book's stand-in for a hypervisor.
    costs : Generation
    cpi : float
        Cycles per guest instruction, an assumption that the machine cannot measure.

    Returns
    -------
    Overhead
        Share of all cycles, the guest's and the exits' together.

    Raises
    ------
    ValueError
        If no instruction retired, or for a cpi that is not positive.
    """
    exits = counts.total("exits")
    instructions = counts.total("retired") - counts["retired"].get("firmware", 0)
    if instructions < 1:
        raise ValueError(
            "counts: no guest instruction retired, so there is nothing to compare with"
        )
    if not cpi > 0:
        raise ValueError(f"cpi: {cpi} is not positive")

    def share(cycles: float) -> float:
        taken = exits * cycles
        return taken / (taken + instructions * cpi)

    return Overhead(share(costs.cycles), share(costs.low), share(costs.high))
