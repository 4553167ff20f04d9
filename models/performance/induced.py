"""What each technique induces in each workload: the counts that `models.hypervisors count` keeps.

The teaching kernel ran every workload under every technique, and everything was counted. Here the
counts are read, never made: exits by reason for 1000 instructions, references of page walks, where
the guest's instructions ran.

Each run begins with the kernel's start: five hundred pages touched for the first time. Alone it is
the workload "hello". `run(..., beyond_start=True)` takes it off, and leaves what the workload does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from models import stored
from models.events import TITLES, Counters
from models.facts import Beside, Fact, Facts

NATIVE = "native"
#: The workload that is the kernel's start and nothing else.
START = "hello"
FAMILIES = ("retired", "emulated", "exits", "walk_references", "tlb_misses", "traps", "injected")


@cache
def _file() -> dict[str, dict[str, Any]]:
    text = stored.text("models.performance", "data/induced.json")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


@cache
def _kept() -> dict[str, dict[str, Counters]]:
    runs = _file()["runs"]
    return {w: {t: Counters.from_json(c) for t, c in by.items()} for w, by in runs.items()}


def workloads() -> tuple[str, ...]:
    """Every workload that was run, in the order of the file; the first is `START`."""
    return tuple(_kept())


def techniques() -> tuple[str, ...]:
    """Every technique, `NATIVE` first."""
    return tuple(_kept()[START])


def _guest(counters: Counters, family: str) -> int:
    """Instructions of a family; the book's firmware is the hypervisor's stand-in, not the guest."""
    return counters.total(family) - counters[family].get("firmware", 0)


def without(counters: Counters, start: Counters) -> Counters:
    """Counts less those of another run, family by family, never below 0."""
    left = Counters(counters.engine)
    for family in FAMILIES:
        for key, number in counters[family].items():
            more = number - start[family].get(key, 0)
            if more > 0:
                left.count(family, key, more)
    return left


@dataclass(frozen=True)
class Run:
    """One workload under one technique.

    Attributes
    ----------
    workload, technique : str
    counters : Counters
        What was counted.
    native : Counters
        The same workload's on the bare board.
    """

    workload: str
    technique: str
    counters: Counters
    native: Counters

    @property
    def instructions(self) -> int:
        """The guest's instructions, the same under every technique."""
        return _guest(self.native, "retired")

    @property
    def equal(self) -> bool:
        """Whether all that the guest could see ended as on the bare board (digests of both)."""
        ends = _file()["ends"][self.workload]
        return bool(ends[self.technique] == ends[NATIVE])

    @property
    def taken(self) -> int:
        """Instructions that the hypervisor took over, each counted once.

        What it did for the guest, and what would have trapped on the bare board too: an `ecall`, an
        access that the guest's own table refuses. For these it enters the guest's handler.
        """
        return _guest(self.counters, "emulated")

    @property
    def counted(self) -> int:
        """Instructions that the processor completed or the hypervisor took over.

        Where a program's trap leads to its own kernel without an exit, nobody counts it.
        """
        return _guest(self.counters, "retired") + self.taken

    @property
    def exits(self) -> dict[str, int]:
        """Exits by reason, "mode:reason" with the virtual mode that was left."""
        return dict(self.counters["exits"])

    def rate(self, reason: str | None = None) -> float:
        """Exits for 1000 instructions, of one reason ("hidden-fault", in all modes) or of all."""
        chosen = (n for key, n in self.exits.items() if reason in (None, key.split(":")[1]))
        return 1000 * sum(chosen) / self.instructions

    @property
    def rates(self) -> dict[str, float]:
        """Exits for 1000 instructions by reason, modes added up, the most frequent first."""
        reasons = {key.split(":")[1] for key in self.exits}
        return dict(sorted(((r, self.rate(r)) for r in reasons), key=lambda row: (-row[1], row[0])))

    @property
    def references(self) -> int:
        """Page-table entries read by walks, of all stages."""
        return self.counters.total("walk_references")

    @property
    def added_references(self) -> int:
        """Page-table entries read beyond those that the bare board reads."""
        return max(self.references - self.native.total("walk_references"), 0)

    @property
    def where(self) -> dict[str, float]:
        """Share of the guest's instructions "direct", "translated" and "emulated".

        Direct and translated ones ran on the processor; translated are those of a kernel under
        binary translation, all that the processor ran beyond the user's.
        """
        ran, done = _guest(self.counters, "retired"), self.taken
        user = self.native["retired"].get("U", 0) - self.counters["emulated"].get("U", 0)
        translated = max(ran - user, 0) if self.technique == "binary-translation" else 0
        shares = {"direct": ran - translated, "translated": translated, "emulated": done}
        return {name: number / (ran + done) for name, number in shares.items()}

    @property
    def direct(self) -> float:
        """Share of the guest's instructions that the processor ran, without the hypervisor."""
        return 1 - self.where["emulated"]

    def facts(self) -> Facts:
        """Exits, walks and where the instructions ran."""
        return Facts(
            Fact("instructions", self.instructions),
            Fact("exits per 1000 instructions", self.rate(), "", 2),
            Fact("walk references per 1000 instructions", self._per_1000(self.references), "", 1),
            Fact("run by the processor itself", 100 * self.direct, "%", 2),
            title=f"{self.workload}, {TITLES[self.technique]}",
        )

    def _per_1000(self, number: int) -> float:
        return 1000 * number / self.instructions


def run(workload: str, technique: str, beyond_start: bool = False) -> Run:
    """One run that was counted.

    Parameters
    ----------
    workload, technique : str
    beyond_start : bool
        Take the kernel's start off (of `START` itself nothing is taken off).

    Raises
    ------
    ValueError
        For a workload or technique that was not run.
    """
    kept = _kept()
    if workload not in kept:
        raise ValueError(f"workload: {workload!r} is unknown; allowed: {', '.join(kept)}")
    if technique not in kept[workload]:
        raise ValueError(f"technique: {technique!r} is unknown; allowed: {', '.join(techniques())}")
    counters, native = kept[workload][technique], kept[workload][NATIVE]
    if beyond_start and workload != START:
        counters = without(counters, kept[START][technique])
        native = without(native, kept[START][NATIVE])
    return Run(workload, technique, counters, native)


def beside(workload: str, *names: str, beyond_start: bool = False) -> Beside:
    """One workload under the named techniques, or under every one, side by side."""
    chosen = {TITLES[n]: run(workload, n, beyond_start) for n in names or techniques()}
    return Beside({n: one.facts() for n, one in chosen.items()}, title=f"Workload {workload}")


def efficiency() -> Beside:
    """Popek and Goldberg's third property: what share of the instructions the processor ran.

    Workloads by techniques. A hypervisor has to let "a statistically dominant subset" of the
    guest's instructions run without it; interpretation lets none.
    """
    columns = {}
    for technique in techniques():
        shares = [(w, 100 * run(w, technique).direct) for w in workloads()]
        columns[TITLES[technique]] = Facts(*(Fact(w, share, "%", 2) for w, share in shares))
    return Beside(columns, title="Run by the processor itself")
