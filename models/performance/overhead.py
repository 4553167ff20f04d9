"""Overhead of every technique in every workload: what was counted times what it costs.

    overhead[workload, technique] = sum over handlings of  count x cycles  /  (instructions x cpi)

Costs are bands. So the product is one as well, and a ranking of techniques is a conclusion only as
far as it holds over the band: many tables of costs are drawn from it, and in each everything is
ranked anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.facts import Fact, Facts
from models.performance.handling import WAYS, Preset, handling, preset
from models.performance.induced import NATIVE, Run, run, techniques, workloads

#: Chance from which on a conclusion is said to hold over the band.
SURE = 0.95


def handlings(counted: Run) -> dict[tuple[str, str], int]:
    """How often which handling occurs in a run, by (way, kind)."""
    found: dict[tuple[str, str], int] = {}
    if counted.technique in WAYS:
        for exit_, number in counted.exits.items():
            key = handling(counted.technique, exit_)
            found[key] = found.get(key, 0) + number
        found["walk", "reference"] = counted.added_references
    elif counted.technique != NATIVE:
        found["interpret", "instruction"] = counted.instructions
    return found


@dataclass(frozen=True)
class Counts:
    """How often everything is handled: W workloads, T techniques, X kinds of handling.

    Attributes
    ----------
    workloads, techniques : tuple of str
    handlings : tuple of (way, kind)
    per_instruction : ndarray, shape (W, T, X)
        Handlings for one instruction of the guest.
    """

    workloads: tuple[str, ...]
    techniques: tuple[str, ...]
    handlings: tuple[tuple[str, str], ...]
    per_instruction: np.ndarray


def counts(beyond_start: bool = True) -> Counts:
    """Counts of everything that was run, without the kernel's start unless it is wanted."""
    names, engines = workloads(), techniques()
    found = {(w, t): run(w, t, beyond_start) for w in names for t in engines}
    by_run = {key: handlings(one) for key, one in found.items()}
    kinds = tuple(sorted({kind for one in by_run.values() for kind in one}))
    numbers = [
        [[by_run[w, t].get(k, 0) / found[w, t].instructions for k in kinds] for t in engines]
        for w in names
    ]
    return Counts(names, engines, kinds, np.array(numbers))


def draw(costs: Preset, counted: Counts, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draw tables of costs from a preset's bands, each cost on its own.

    Half of the draws lie below the figure to use, half above, each half evenly in the logarithm.

    Returns
    -------
    ndarray, shape (draws, X)
        Cycles.
    """
    low, mid, high = _bands(costs, counted)
    u = 2 * rng.random((draws, len(mid)))
    return np.where(u < 1, low * (mid / low) ** u, mid * (high / mid) ** (u - 1))


def _bands(costs: Preset, counted: Counts) -> np.ndarray:
    """Low, mid and high by kind of handling: shape (3, X); not-a-number where there is no cost."""
    rows = [costs.costs.get(key) for key in counted.handlings]
    none = (np.nan,) * 3
    return np.array([(one.low, one.mid, one.high) if one else none for one in rows]).T


@dataclass(frozen=True)
class Overheads:
    """The overhead of each technique in each workload on one preset.

    Attributes
    ----------
    preset : str
    workloads, techniques : tuple of str
        Techniques that exist on the preset.
    low, mid, high : ndarray, shape (W, T)
        Added cycles for each cycle of the guest's own: 1 means twice as long.
    drawn : ndarray, shape (draws, W, T)
        The same with costs drawn from the band.
    """

    preset: str
    workloads: tuple[str, ...]
    techniques: tuple[str, ...]
    low: np.ndarray
    mid: np.ndarray
    high: np.ndarray
    drawn: np.ndarray

    def _at(self, workload: str, technique: str) -> tuple[int, int]:
        for name, known, value in (
            ("workload", self.workloads, workload),
            ("technique", self.techniques, technique),
        ):
            if value not in known:
                allowed = ", ".join(known)
                raise ValueError(f"{name}: {value!r} is not priced here; allowed: {allowed}")
        return self.workloads.index(workload), self.techniques.index(technique)

    def band(self, workload: str, technique: str) -> tuple[float, float, float]:
        """Low, mid and high of one cell."""
        at = self._at(workload, technique)
        return float(self.low[at]), float(self.mid[at]), float(self.high[at])

    def cheaper(self, workload: str, one: str, other: str) -> float:
        """Share of the draws in which one technique adds less than another."""
        w, first = self._at(workload, one)
        second = self._at(workload, other)[1]
        return float(np.mean(self.drawn[:, w, first] < self.drawn[:, w, second]))

    def best(self, workload: str) -> dict[str, float]:
        """Share of the draws in which each technique adds least; native does not compete."""
        w = self.workloads.index(workload)
        engines = [n for n, name in enumerate(self.techniques) if name != NATIVE]
        won = np.argmin(self.drawn[:, w, engines], axis=1)
        shares = np.bincount(won, minlength=len(engines)) / len(won)
        return {self.techniques[n]: float(s) for n, s in zip(engines, shares, strict=True)}

    def facts(self, workload: str) -> Facts:
        """Each technique's overhead with its band, and how often it is the least."""
        best = self.best(workload)
        rows: list[Fact] = []
        for name in best:
            low, mid, high = self.band(workload, name)
            rows.append(Fact(name, mid, f"x added, band {low:.2f} to {high:.2f}", 2))
        rows += [Fact(f"{name} is the least", 100 * s, "% of draws", 0) for name, s in best.items()]
        return Facts(*rows, title=f"{workload}, costs of {self.preset}")


def overheads(
    name: str, counted: Counts | None = None, cpi: float = 1.0, draws: int = 2000, seed: int = 1
) -> Overheads:
    """Price what was counted by one preset.

    Parameters
    ----------
    name : str
        Of the preset.
    counted : Counts
        By default what the workloads induce beyond the kernel's start.
    cpi : float
        Cycles of one instruction of the guest, an assumption: the machine counts instructions.
    draws, seed : int
        Tables of costs drawn from the band.

    Raises
    ------
    ValueError
        For an unknown preset, or a cpi or number of draws that is not positive.
    """
    costs, counted = preset(name), counted or counts()
    if not cpi > 0 or draws < 1:
        raise ValueError(f"cpi, draws: {cpi}, {draws}; allowed: above 0, from 1 up")
    rng = np.random.Generator(np.random.PCG64(seed))
    there = [n for n, t in enumerate(counted.techniques) if t in costs.techniques]
    each = counted.per_instruction[:, there, :] / cpi
    # a handling without a cost occurs under no technique that is there, see the test
    tables = np.nan_to_num(np.vstack([_bands(costs, counted), draw(costs, counted, draws, rng)]))
    priced = np.einsum("wtx,dx->dwt", each, tables)
    names = tuple(counted.techniques[n] for n in there)
    low, mid, high = priced[:3]
    return Overheads(name, counted.workloads, names, low, mid, high, priced[3:])


def conclusions(
    pairs: tuple[tuple[str, str, str], ...], over: Overheads
) -> Iterator[tuple[str, float]]:
    """Say who adds less, for each (workload, one, other): words, and the share of draws."""
    for workload, one, other in pairs:
        share = over.cheaper(workload, one, other)
        winner, loser = (one, other) if share >= 0.5 else (other, one)
        sure = max(share, 1 - share)
        word = "adds less than" if sure >= SURE else "may add less than"
        yield f"{workload}, {over.preset}: {winner} {word} {loser}", sure
