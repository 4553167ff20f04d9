"""Of 1000 instructions of a guest: where each one ran, and what that took.

::

    hypervisor     (done)   (visited)          done: the hypervisor did the instruction itself
    ------------------|---------|-----         visited: it was called, then the processor did it
    guest           ..o.........o.....
    ------------------|---------|-----
    processor      direct    visited           direct: nobody was called

Counted over a whole run beyond the kernel's start (which is a workload of its own: in these short
runs it would outweigh the others), and scaled to 1000 by largest remainders, so that the parts are
whole and add up. Costs are those of `handling`; their bands stay with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.events import TITLES, Counters
from models.facts import Fact, Facts
from models.parameters import Parameters, choice
from models.performance import induced
from models.performance.handling import handling, preset, presets

THOUSAND = 1000
INTERPRETER = "interpret"
#: After these the processor does the instruction; after all others the hypervisor has done it.
VISITS = frozenset({"hidden-fault", "second-stage-fault", "timer", "translation"})
COUNT = "count"
ENGINES = {name: title for name, title in TITLES.items() if name != induced.NATIVE}
WORKLOADS = {
    "hello": "The kernel's start alone",
    "compute": "Computing",
    "syscall": "System calls",
    "mapping": "Mapping memory",
    "walk": "Walking through memory",
    "disk": "Disk",
    "network": "Network",
    "switch": "Switching processes",
    "selfmodifying": "Code that writes code",
    "fork": "Forking processes",
}


def _shown() -> dict[str, str]:
    costs = {name: f"Cost, {one.label}" for name, one in presets().items()}
    return {COUNT: "Count: every dot the same"} | costs


@dataclass(frozen=True)
class River(Parameters):
    """Who runs which guest, and whether a dot is an instruction or what it takes."""

    engine: str = choice("trap-and-emulate", ENGINES, label="Engine")
    workload: str = choice("syscall", WORKLOADS, label="The guest's work")
    shown: str = choice(COUNT, _shown(), label="Show")


@dataclass(frozen=True)
class Group:
    """Instructions that went the same way.

    Attributes
    ----------
    mode : {"S", "U"}
        The guest's kernel or its program.
    way : {"direct", "translated", "visited", "done"}
    reason : str
        Of the exit; empty where there was none.
    number : int
        Of the whole run.
    """

    mode: str
    way: str
    reason: str
    number: int

    @property
    def exit(self) -> str:
        """Its key among exits."""
        return f"{self.mode}:{self.reason}"


def groups(counters: Counters, attempts: Counters) -> list[Group]:
    """Sort what was counted.

    Parameters
    ----------
    counters
        Of the run under an engine.
    attempts
        Of the same run under the interpreter, which tries every instruction itself.
    """
    found = []
    tried = attempts["emulated"]
    left = {mode: tried.get(mode, 0) for mode in ("S", "U")}
    if counters.engine == INTERPRETER:
        return [Group(mode, "done", "interpreted", number) for mode, number in left.items()]
    for key, number in sorted(counters["exits"].items()):
        mode, reason = key.split(":")
        found.append(Group(mode, "visited" if reason in VISITS else "done", reason, number))
        left[mode] -= number
    kernel = "translated" if counters.engine == "binary-translation" else "direct"
    return [Group("S", kernel, "", left["S"]), Group("U", "direct", "", left["U"]), *found]


def of_1000(numbers: list[int]) -> list[int]:
    """Scale counts to a sum of 1000, each rounded down or up by the largest remainders."""
    total = sum(numbers)
    shares = [THOUSAND * number / total for number in numbers]
    whole = [int(share) for share in shares]
    missing = THOUSAND - sum(whole)
    last = sorted(range(len(shares)), key=lambda n: (whole[n] - shares[n], n))
    for n in last[:missing]:
        whole[n] += 1
    return whole


@dataclass(frozen=True)
class Flow:
    """What became of the guest's instructions.

    Attributes
    ----------
    parameters : River
    run : induced.Run
    groups : tuple of Group
    dots : tuple of int
        Of 1000, for each group.
    """

    parameters: River
    run: induced.Run
    groups: tuple[Group, ...]
    dots: tuple[int, ...]

    @property
    def instructions(self) -> int:
        """All that were tried."""
        return sum(group.number for group in self.groups)

    def direct(self, mode: str | None = None) -> float:
        """Share of the instructions, of one mode or of all, for which nobody was called."""
        chosen = [group for group in self.groups if mode in (None, group.mode)]
        free = sum(group.number for group in chosen if not group.reason)
        return free / sum(group.number for group in chosen)

    def handled(self, mode: str | None = None) -> float:
        """The others, of 1000."""
        return THOUSAND * (1 - self.direct(mode))

    def exits(self) -> dict[str, int]:
        """How many by reason, the most frequent first."""
        found: dict[str, int] = {}
        for key, number in self.run.exits.items():
            reason = key.split(":")[1]
            found[reason] = found.get(reason, 0) + number
        return dict(sorted(found.items(), key=lambda row: (-row[1], row[0])))

    def cycles(self, costs: str, end: str = "mid") -> tuple[list[float], float] | None:
        """What one instruction of each group takes, beyond one cycle, and all longer walks.

        Parameters
        ----------
        costs
            Name of a preset.
        end : {"low", "mid", "high"}
            Of the band.

        Returns
        -------
        tuple or None
            None if the preset's processor has no such engine.
        """
        table, name = preset(costs), self.parameters.engine
        if name not in table.techniques:
            return None
        priced = table.costs

        def of(group: Group) -> float:
            if group.reason == "interpreted":
                return float(getattr(priced["interpret", "instruction"], end))
            return float(getattr(priced[handling(name, group.exit)], end)) if group.reason else 0.0

        walks = self.run.added_references * getattr(priced["walk", "reference"], end)
        return [of(group) for group in self.groups], float(walks)

    def own(self, costs: str, end: str = "mid") -> float | None:
        """Share of all cycles that is the guest's own, at one cycle for each instruction."""
        taken = self.cycles(costs, end)
        if taken is None:
            return None
        each, walks = taken
        added = sum(c * g.number for c, g in zip(each, self.groups, strict=True)) + walks
        return self.instructions / (self.instructions + added)

    def summary(self) -> Facts:
        """The few facts that every engine has, for side-by-side tables."""
        names = ("Nobody was called", "Handled, of the kernel's 1,000")
        rows = [fact for fact in self._facts() if fact.name in names]
        exits = Fact("Exits per 1,000", self._per_1000(sum(self.exits().values())), "", 2)
        walks = Fact("Page-table reads per 1,000", self._per_1000(self.run.references), "", 1)
        return Facts(*rows, exits, walks, title=ENGINES[self.parameters.engine])

    def ways(self) -> Facts:
        """Shares of the guest's instructions by the way that they took."""
        names = {
            "direct": "As they are",
            "translated": "Translated",
            "visited": "As they are, after a call",
            "done": "By the hypervisor",
        }
        rows = []
        for way, name in names.items():
            number = sum(group.number for group in self.groups if group.way == way)
            rows.append(Fact(name, 100 * number / self.instructions, "%", 2))
        return Facts(*rows, title=WORKLOADS[self.parameters.workload])

    def facts(self) -> Facts:
        """Direct share, exits by reason, walks; with a preset, the share of cycles."""
        return Facts(*self._facts(), title="Of 1,000 instructions")

    def _facts(self) -> Iterator[Fact]:
        yield Fact("Instructions that were counted", self.instructions)
        yield Fact("Nobody was called", 100 * self.direct(), "%", 2)
        yield Fact("Handled, of the kernel's 1,000", self.handled("S"), "", 1)
        yield Fact("Handled, of the program's 1,000", self.handled("U"), "", 1)
        for reason, number in self.exits().items():
            yield Fact(f"Exits per 1,000: {reason}", self._per_1000(number), "", 2)
        yield Fact("Page-table reads per 1,000", self._per_1000(self.run.references), "", 1)
        bare = self.run.native.total("walk_references")
        yield Fact("On the bare board", self._per_1000(bare), "", 1)
        yield Fact("State equal to native", "yes" if self.run.equal else "no")
        if self.parameters.shown != COUNT:
            yield self._cost(self.parameters.shown)

    def _cost(self, costs: str) -> Fact:
        shares = [self.own(costs, end) for end in ("high", "mid", "low")]
        low, mid, high = (-1.0 if share is None else 100 * share for share in shares)
        if mid < 0:
            return Fact("Cycles that are the guest's own", "this processor has no such mode")
        return Fact(
            "Cycles that are the guest's own", mid, f"% (band {low:.2g} to {high:.2g} %)", 1
        )

    def _per_1000(self, number: int) -> float:
        return THOUSAND * number / self.instructions


def flow(parameters: River) -> Flow:
    """Where the instructions of a kept run went."""
    run = induced.run(parameters.workload, parameters.engine, beyond_start=True)
    attempts = induced.run(parameters.workload, INTERPRETER, beyond_start=True).counters
    found = tuple(groups(run.counters, attempts))
    return Flow(parameters, run, found, tuple(of_1000([group.number for group in found])))
