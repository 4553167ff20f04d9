"""What four generations of hardware cost one guest: counts of a unit of work times costs.

The counts are those of `python -m models.hypervisors generations`; the costs, each with its band,
those of `handling`. The kernel's tick is counted apart, since how often it comes is no property of
the work: the teaching kernel's comes every 10,000 instructions, a server's some hundred times less
often.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from models import stored
from models.events import Counters
from models.facts import Beside, Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.handling import handling, preset, presets
from models.performance.induced import NATIVE, Run
from models.performance.overhead import SURE, Counts, handlings, overheads

#: Generations by name, and the technique as which each is priced.
PRICED_AS = {
    "translation": "binary-translation",
    "first": "hardware-assisted-shadow",
    "second": "hardware-assisted",
    "third": "hardware-assisted",
}
LABELS = {
    "translation": "No mode for guests: binary translation",
    "first": "First: a mode for guests",
    "second": "Second: and nested paging",
    "third": "Third: and a timer without exits",
}
WORKLOADS = {
    "compute": "Compute",
    "syscall": "System calls",
    "mapping": "Map, touch, unmap",
    "fork": "Fork and exit",
    "switch": "Processes take turns",
    "disk": "Disk, virtio",
    "disk by registers": "Disk, register by register",
}
#: What an exit is about, by its reason; calls are the guest's own, of its SBI.
CLASSES = {
    "kernel": ("csr", "trap-return", "wait", "exception", "translation"),
    "system calls": (),  # environment calls of user mode
    "page tables": ("hidden-fault", "guest-fault", "table-write", "code-write", "fence"),
    "timer": ("timer",),
    "devices": ("device",),
    "calls": ("environment-call",),
}
TICK = "tick"


def class_of(exit_: str) -> str:
    """What an exit ("mode:reason") is about.

    Raises
    ------
    ValueError
        For a reason that belongs to no class.
    """
    mode, reason = exit_.split(":")
    if (mode, reason) == ("U", "environment-call"):
        return "system calls"
    for name, reasons in CLASSES.items():
        if reason in reasons or reason.removesuffix("-call") in reasons:
            return name
    raise ValueError(f"exit: reason {reason!r} belongs to no class")


@cache
def _kept() -> dict[str, Any]:
    text = stored.text("models.performance", "data/generations.json")
    kept: dict[str, Any] = json.loads(text)
    return kept


@cache
def counted(work: str, generation: str) -> tuple[Run, int]:
    """What a generation induces in a work, and in how many units of it.

    Raises
    ------
    ValueError
        For a work or generation that was not run.
    """
    kept = _kept()
    for what, name, known in (
        ("work", work, tuple(kept)),
        ("generation", generation, tuple(PRICED_AS)),
    ):
        if name not in known:
            raise ValueError(f"{what}: {name!r} was not run; allowed: {', '.join(known)}")
    runs = kept[work]
    counters, native = (Counters.from_json(runs[name]) for name in (generation, NATIVE))
    return Run(work, PRICED_AS[generation], counters, native), runs["units"]


@dataclass(frozen=True)
class Guest(Parameters):
    """A guest, the hardware below it, and the years whose costs count."""

    generation: str = choice("first", LABELS, label="Hardware")
    workload: str = choice("fork", WORKLOADS, label="The guest does nothing but")
    costs: str = choice("2006", {n: p.label for n, p in presets().items()}, label="Costs of")
    ticks: int = parameter(1_000, unit="/s", low=0, high=10_000, step=100, label="Timer ticks")
    gigahertz: float = parameter(3.0, unit="GHz", low=0.5, high=6.0, step=0.1, label="Clock")
    cpi: float = parameter(
        1.0, unit="cycles", low=0.3, high=5.0, step=0.1, label="One instruction of the guest"
    )

    @property
    def ticks_each(self) -> float:
        """Ticks for one instruction of the guest."""
        return self.ticks * self.cpi / (self.gigahertz * 1e9)


@dataclass(frozen=True)
class Lost:
    """What a guest loses on one generation.

    Attributes
    ----------
    exits : dict
        For 1000 instructions of the guest, by class.
    low, mid, high : float or None
        Added cycles for each of the guest's own; None where the hardware was not built yet in the
        years of the costs.
    """

    exits: Mapping[str, float]
    low: float | None
    mid: float | None
    high: float | None

    @property
    def total(self) -> float:
        """Exits for 1000 instructions."""
        return sum(self.exits.values())


@dataclass(frozen=True)
class Generations:
    """A guest on all four generations.

    Attributes
    ----------
    parameters : Guest
    lost : dict
        By generation.
    drawn : dict
        By generation that was there: the overhead with costs drawn from their bands, draw by draw.
    """

    parameters: Guest
    lost: Mapping[str, Lost]
    drawn: Mapping[str, np.ndarray]

    def cheaper(self, one: str, other: str) -> float:
        """Share of the draws in which one generation adds less than another."""
        return float(np.mean(self.drawn[one] < self.drawn[other]))

    def facts(self) -> Facts:
        """Of the generation asked for, beside binary translation."""
        p = self.parameters
        here, bt = self.lost[p.generation], self.lost["translation"]
        return Facts(
            Fact("Exits per 1000 instructions", here.total, "", 2),
            Fact("with binary translation", bt.total, "", 2),
            Fact("Time added", _percent(here.mid), "%"),
            Fact("band", f"{_percent(here.low)} to {_percent(here.high)}", "%"),
            Fact("with binary translation, time added", _percent(bt.mid), "%"),
            Fact("Adds less than binary translation", self._sure(), "of draws from the band"),
            title=f"{WORKLOADS[p.workload]}: {LABELS[p.generation].split(':')[0].lower()}",
        )

    def _sure(self) -> str:
        name = self.parameters.generation
        if name == "translation":
            return "(itself)"
        if name not in self.drawn:
            return "(not built yet)"
        return f"{100 * self.cheaper(name, 'translation'):.0f} %"


def _percent(added: float | None) -> str:
    """Three digits that count; thousands with a comma."""
    if added is None:
        return "not built yet"
    return f"{100 * added:,.0f}" if added >= 1 else f"{100 * added:.3g}"


def exits(guest: Guest, generation: str) -> dict[str, float]:
    """Exits for 1000 instructions by class, those of the timer's ticks among them."""
    found = dict.fromkeys(CLASSES, 0.0)
    work, _ = counted(guest.workload, generation)
    tick, ticks = counted(TICK, generation)
    for one, each in ((work, 1 / work.instructions), (tick, guest.ticks_each / ticks)):
        for exit_, number in one.exits.items():
            found[class_of(exit_)] += 1000 * number * each
    return found


def _counts(guest: Guest) -> Counts:
    """Handlings for one instruction on every generation, the ticks' among them."""
    by_generation = []
    for name in PRICED_AS:
        work, _ = counted(guest.workload, name)
        tick, ticks = counted(TICK, name)
        found: dict[tuple[str, str], float] = {}
        for one, each in ((work, 1 / work.instructions), (tick, guest.ticks_each / ticks)):
            for kind, number in handlings(one).items():
                found[kind] = found.get(kind, 0.0) + number * each
        by_generation.append(found)
    kinds = tuple(sorted({kind for found in by_generation for kind in found}))
    numbers = [[found.get(kind, 0.0) for kind in kinds] for found in by_generation]
    return Counts((guest.workload,), tuple(PRICED_AS.values()), kinds, np.array([numbers]))


def generations(guest: Guest) -> Generations:
    """Count and price one guest on all four generations."""
    priced = overheads(guest.costs, _counts(guest), guest.cpi)
    there = [name for name, as_ in PRICED_AS.items() if as_ in preset(guest.costs).techniques]
    lost = {}
    for name in PRICED_AS:
        bands = (priced.low, priced.mid, priced.high)
        low, mid, high = (
            (float(band[0, there.index(name)]) for band in bands)
            if name in there
            else (None, None, None)
        )
        lost[name] = Lost(exits(guest, name), low, mid, high)
    drawn = {name: priced.drawn[:, 0, n] for n, name in enumerate(there)}
    return Generations(guest, lost, drawn)


def by_class(workload: str, ticks: int = 0) -> Beside:
    """Exits of all generations by class, for 1000 instructions, side by side."""
    columns = {}
    for name in PRICED_AS:
        found = exits(Guest(workload=workload, ticks=ticks), name)
        rows = [Fact(kind.capitalize(), number, "", 2) for kind, number in found.items()]
        total = Fact("Together", sum(found.values()), "", 2)
        columns[name.capitalize()] = Facts(*rows, total)
    return Beside(columns, title=f"{WORKLOADS[workload]}: exits per 1,000 instructions")


def prices(costs: str) -> Beside:
    """What one handling costs by the way on which the hypervisor is reached, with its band."""
    found = preset(costs).costs
    columns = {}
    for way, heading in (("call", "By a call"), ("trap", "By a trap"), ("exit", "By an exit")):
        rows = []
        for kind in ("privileged", "fault", "table-write", "device"):
            one = found.get((way, kind))
            shown = f"{one.mid:,.0f} ({one.low:,.0f} to {one.high:,.0f})" if one else "is none"
            rows.append(Fact(kind.capitalize(), shown, "cycles"))
        columns[heading] = Facts(*rows)
    return Beside(columns, title=f"One handling, {preset(costs).label}")


def verdicts(one: str = "first", other: str = "translation") -> Beside:
    """Which of two generations adds less, in which share of the draws, by workload and costs."""
    columns = {}
    for costs, label in ((name, p.label) for name, p in presets().items()):
        rows = []
        for workload, title in WORKLOADS.items():
            found = generations(Guest(workload=workload, costs=costs))
            rows.append(Fact(title, _verdict(found, one, other)))
        columns[label] = Facts(*rows)
    return Beside(columns, title=f"Adds less: {one} generation or {other}?")


def _verdict(found: Generations, one: str, other: str) -> str:
    if not {one, other} <= set(found.drawn):
        return "not built yet"
    share = found.cheaper(one, other)
    most = max(share, 1 - share)
    word = "in" if most >= SURE else "open:"
    return f"{one if share >= 0.5 else other}, {word} {int(100 * most)} %"


def one_tick(costs: str) -> Beside:
    """What one tick of the timer induces on each generation: exits, and cycles with their band."""
    found, columns = preset(costs).costs, {}
    for name in PRICED_AS:
        run, ticks = counted(TICK, name)
        kinds = [handling(run.technique, one) for one in run.exits for _ in range(run.exits[one])]
        low, mid, high = (
            sum(getattr(found[kind], band) for kind in kinds) / ticks
            for band in ("low", "mid", "high")
        )
        rate = 1000 * mid / 3e9
        columns[name.capitalize()] = Facts(
            Fact("Exits", sum(run.exits.values()) / ticks, "", 1),
            Fact("Cycles", mid),
            Fact("band", f"{low:,.0f} to {high:,.0f}"),
            Fact("Of a core of 3 GHz, 1,000 ticks a second", 100 * rate, "%", 3),
        )
    return Beside(columns, title=f"One tick, costs of {preset(costs).label}")
