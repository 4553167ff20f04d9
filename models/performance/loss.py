"""What a guest loses in a second of work: events a second times what each induces times its cost.

Exits a second decide, not the word "full". The events are ticks and disk requests; what one induces
on which hardware was counted (`generations`), what that costs is a preset with its band.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.facts import Beside, Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.generations import LABELS, TICK, counted
from models.performance.handling import preset, presets
from models.performance.induced import Run
from models.performance.overhead import handlings

DISKS = {"none": "no disk", "disk by registers": "emulated", "disk": "virtio"}
REQUESTS_A_ROUND = 2  # the workload reads a sector and writes it back


@dataclass(frozen=True)
class Load(Parameters):
    """A guest that computes, with a tick and a disk, on some hardware."""

    generation: str = choice("second", LABELS, label="Hardware")
    costs: str = choice("2020", {n: p.label for n, p in presets().items()}, label="Costs of")
    disk: str = choice("none", DISKS, label="Disk")
    requests: int = parameter(
        2_000, unit="sectors/s", low=0, high=100_000, step=100, label="Disk requests"
    )
    ticks: int = parameter(1_000, unit="/s", low=0, high=10_000, step=100, label="Timer ticks")
    gigahertz: float = parameter(3.0, unit="GHz", low=0.5, high=6.0, step=0.1, label="Clock")


@dataclass(frozen=True)
class Loss:
    """What it loses.

    Attributes
    ----------
    parameters : Load
    exits : float
        A second.
    low, mid, high : float
        Share of one core's cycles; above 1 it cannot be done at all.
    """

    parameters: Load
    exits: float
    low: float
    mid: float
    high: float

    def facts(self) -> Facts:
        """Exits and the share of a core, with its band."""
        return Facts(
            Fact("Exits a second", self.exits),
            Fact("Of one core", 100 * self.mid, "%", 2),
            Fact("band, low", 100 * self.low, "%", 2),
            Fact("band, high", 100 * self.high, "%", 2),
            title="Lost to the hypervisor",
        )


def _events(load: Load) -> Iterator[tuple[Run, float]]:
    """Runs that were counted, and how many of each a second is worth."""
    tick, ticks = counted(TICK, load.generation)
    yield tick, load.ticks / ticks
    if load.disk != "none":
        work, rounds = counted(load.disk, load.generation)
        yield work, load.requests / (REQUESTS_A_ROUND * rounds)


def loss(load: Load) -> Loss:
    """Price a second.

    Raises
    ------
    ValueError
        For hardware that was not built yet in the years of the costs.
    """
    costs, exits, cycles = preset(load.costs), 0.0, [0.0, 0.0, 0.0]
    for run, times in _events(load):
        if run.technique not in costs.techniques:
            raise ValueError(f"generation: {load.generation!r} was not built yet in {costs.name}")
        exits += times * sum(run.exits.values())
        for kind, number in handlings(run).items():
            one = costs.costs[kind]
            for n, price in enumerate((one.low, one.mid, one.high)):
                cycles[n] += times * number * price
    low, mid, high = (one / (load.gigahertz * 1e9) for one in cycles)
    return Loss(load, exits, low, mid, high)


#: Then and now: the ledger's three conditions.
ERAS = {
    "shadow paging, emulated I/O": Load(generation="first", costs="2006", disk="disk by registers"),
    "nested paging, compute": Load(),
    "nested paging, paravirtual I/O": Load(disk="disk"),
}


def eras() -> Beside:
    """The three side by side."""
    return Beside(
        {name: loss(load).facts() for name, load in ERAS.items()},
        title="One core of 3 GHz; 1,000 ticks and, where there is a disk, 2,000 sectors a second",
    )
