"""What one handling of a guest costs: three presets, each cost with its sources and its band.

The counts say how often a hypervisor is reached and what for; a preset says what that takes, in
cycles of one generation of processors. Every figure is somebody's published measurement, or a sum
of such (`data/handling.toml`). Nothing was measured on the reader's computer, and none of the
machines is the book's: so a cost is a band, and what does not survive the band is no conclusion.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from models import stored
from models.performance.costs import disagreement, generations

#: What has to be done at an exit, by its reason.
KINDS = {
    "csr": "privileged",
    "trap-return": "privileged",
    "fence": "privileged",
    "wait": "privileged",
    "environment-call": "privileged",
    "exception": "privileged",
    "timer": "privileged",
    "hidden-fault": "fault",
    "guest-fault": "fault",
    "second-stage-fault": "fault",
    # No paper says what translating a block takes: as much work as a fault, and done once.
    "translation": "fault",
    "table-write": "table-write",
    "code-write": "table-write",
    "device": "device",
}
#: Reasons that translated code of the guest's kernel brings about by a call.
CALLED = frozenset({"csr", "trap-return", "fence", "wait", "environment-call", "exception"})
#: How a hypervisor is reached under each technique.
WAYS = {
    "trap-and-emulate": "trap",
    "binary-translation": "trap",
    "hardware-assisted-shadow": "exit",
    "hardware-assisted": "exit",
}


def handling(technique: str, exit_: str) -> tuple[str, str]:
    """Way and kind of an exit.

    Parameters
    ----------
    technique : str
    exit_ : str
        "mode:reason". A reason with "-call" behind it is one that translated code calls for
        where other techniques trap.

    Raises
    ------
    ValueError
        For a technique without exits, or a reason that nobody has priced.
    """
    if technique not in WAYS:
        raise ValueError(f"technique: {technique!r} has no exits; allowed: {', '.join(WAYS)}")
    mode, reason = exit_.split(":")
    called = technique == "binary-translation" and mode != "U" and reason in CALLED
    if reason.endswith("-call") and reason not in KINDS:
        reason, called = reason.removesuffix("-call"), True
    if reason not in KINDS:
        raise ValueError(f"exit: reason {reason!r} is unknown; allowed: {', '.join(KINDS)}")
    return "call" if called else WAYS[technique], KINDS[reason]


@dataclass(frozen=True)
class Cost:
    """Cycles of one handling.

    Attributes
    ----------
    low, mid, high : float
        The band, and the figure to use.
    sources : tuple of str
    certainty : str
        The least of its figures': "primary", "secondary" or "memory".
    why : str
        What the figure to use is.
    """

    low: float
    mid: float
    high: float
    sources: tuple[str, ...]
    certainty: str
    why: str


@dataclass(frozen=True)
class Preset:
    """The costs of one generation.

    Attributes
    ----------
    name, label : str
    techniques : tuple of str
        Those that existed on it.
    costs : dict
        `Cost` by (way, kind).
    """

    name: str
    label: str
    techniques: tuple[str, ...]
    costs: Mapping[tuple[str, str], Cost]


class _Table:
    """The file, as long as it is read."""

    def __init__(self, table: dict[str, Any]):
        self.figures, self.sources = table["figures"], table["sources"]
        self.spread = disagreement([one.measurements for one in generations().values()])
        self._ranks = ("primary", "secondary", "memory")

    def sum(self, terms: list[str]) -> float:
        return float(sum(self.figures[t.lstrip("-")]["cycles"] * self._sign(t) for t in terms))

    @staticmethod
    def _sign(term: str) -> int:
        return -1 if term.startswith("-") else 1

    def cost(self, row: dict[str, Any]) -> Cost:
        mid = self.sum(row["mid"])
        low = self.sum(row["low"]) if "low" in row else mid / self.spread
        high = self.sum(row["high"]) if "high" in row else mid * self.spread
        terms = [t.lstrip("-") for part in ("mid", "low", "high") for t in row.get(part, [])]
        used = [self.figures[term] for term in terms]
        sources = tuple(dict.fromkeys(self.sources[one["source"]] for one in used))
        certainty = max((one["certainty"] for one in used), key=self._ranks.index)
        return Cost(low, mid, high, sources, certainty, row["why"])

    def carried(self, rule: dict[str, Any], older: Preset) -> dict[tuple[str, str], Cost]:
        """Costs of an older preset: perhaps they fell as something that was measured did."""
        new, old = (self.figures[name]["cycles"] for name in rule["gain"])
        return {
            key: replace(cost, low=cost.low * new / old, why=f"{cost.why}, in {older.name}")
            for key, cost in older.costs.items()
            if key[0] in rule["ways"]
        }


@cache
def _data() -> dict[str, Any]:
    text = stored.text("models.performance", "data/handling.toml")
    return tomllib.loads(text)


def forkwait() -> dict[str, float]:
    """What a program that forks and waits took on the machine of 2006, by technique, in seconds."""
    return {name: took for name, took in _data()["forkwait"].items() if isinstance(took, float)}


@cache
def presets() -> dict[str, Preset]:
    """Every preset by name, oldest first."""
    data = _data()
    table, found = _Table(data), dict[str, Preset]()
    for row in data["preset"]:
        costs = {(one["way"], one["kind"]): table.cost(one) for one in data["everywhere"]}
        if "carried" in row:
            costs |= table.carried(row["carried"], found[row["carried"]["from"]])
        costs |= {(one["way"], one["kind"]): table.cost(one) for one in row["cost"]}
        found[row["name"]] = Preset(row["name"], row["label"], tuple(row["techniques"]), costs)
    return found


def preset(name: str) -> Preset:
    """One preset by its name.

    Raises
    ------
    ValueError
        For a name that is not in the table.
    """
    known = presets()
    if name not in known:
        raise ValueError(f"preset: {name!r} is unknown; allowed: {', '.join(known)}")
    return known[name]
