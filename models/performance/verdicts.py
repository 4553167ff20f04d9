"""Where each technique wins and loses, in words, and whether the words hold over the band.

``python -m models.performance`` prints all of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.events import TITLES
from models.facts import Fact, Facts
from models.performance.handling import forkwait, preset, presets
from models.performance.induced import NATIVE, START, run
from models.performance.overhead import SURE, Overheads, handlings, overheads

TRANSLATION, SHADOW = "binary-translation", "hardware-assisted-shadow"
#: Those that let the processor run the guest.
EXECUTING = ("trap-and-emulate", TRANSLATION, SHADOW, "hardware-assisted")
#: In words, what a handling is.
WORDS = {
    ("call", "privileged"): "calls for a privileged instruction",
    ("call", "device"): "calls for a device",
    ("call", "table-write"): "calls to change a page table",
    ("call", "fault"): "calls that were not needed",
    ("trap", "privileged"): "traps of privileged instructions and system calls",
    ("trap", "device"): "traps at devices",
    ("trap", "table-write"): "traps at write-protected page tables",
    ("trap", "fault"): "faults that fill the shadow table",
    ("exit", "privileged"): "exits of privileged instructions and timers",
    ("exit", "device"): "exits to devices",
    ("exit", "table-write"): "exits at write-protected page tables",
    ("exit", "fault"): "exits that fill a table",
    ("walk", "reference"): "longer page walks",
    ("interpret", "instruction"): "interpreted instructions",
}


def parts(name: str, workload: str, technique: str) -> dict[tuple[str, str], float]:
    """What an overhead is made of: added cycles for one instruction by (way, kind), most first.

    Parameters
    ----------
    name : str
        Of the preset.
    workload, technique : str
        Counted beyond the kernel's start.
    """
    one, costs = run(workload, technique, beyond_start=True), preset(name).costs
    each = {key: n * costs[key].mid / one.instructions for key, n in handlings(one).items() if n}
    return dict(sorted(each.items(), key=lambda part: -part[1]))


def winner(over: Overheads, workload: str) -> tuple[str, float]:
    """Who adds least among those that execute, and in which share of the draws."""
    there = [name for name in EXECUTING if name in over.techniques]
    first = min(there, key=lambda name: over.band(workload, name)[1])
    beaten = [over.cheaper(workload, first, other) for other in there if other != first]
    return first, min(beaten)


def sentence(over: Overheads, workload: str) -> str:
    """Say who wins a workload on a preset, how surely, and what the others lose by."""
    first, share = winner(over, workload)
    low, mid, high = over.band(workload, first)
    sure = "over the whole band" if share >= SURE else f"in {share:.0%} of the draws only"
    text = (
        f"{workload}, {over.preset}: {first} adds least, {mid:.2f} "
        f"({low:.2f} to {high:.2f}) cycles to each of the guest's, {sure}."
    )
    losers = [t for t in EXECUTING if t in over.techniques and t != first]
    for loser in sorted(losers, key=lambda name: over.band(workload, name)[1]):
        (most, cycles), *_ = parts(over.preset, workload, loser).items()
        total = over.band(workload, loser)[1]
        text += f" {loser} {total:.2f}, {cycles / total:.0%} of it {WORDS[most]}."
    return text


def sentences(over: Overheads) -> Iterator[str]:
    """Say it for each workload but the kernel's start."""
    for workload in over.workloads:
        if workload != START:
            yield sentence(over, workload)


def summary(over: Overheads, technique: str) -> str:
    """Say in which workloads a technique wins surely, wins perhaps, or loses."""
    won: dict[str, list[str]] = {"surely": [], "perhaps": [], "not": []}
    for workload in over.workloads:
        if workload != START:
            first, share = winner(over, workload)
            how = "not" if first != technique else "surely" if share >= SURE else "perhaps"
            won[how].append(workload)
    told = {how: ", ".join(names) or "nothing" for how, names in won.items()}
    return (
        f"{technique}, {over.preset}: wins {told['surely']}; "
        f"perhaps {told['perhaps']}; loses {told['not']}."
    )


def result_of_2006(over: Overheads | None = None) -> Facts:
    """First-generation hardware against binary translation, and how sure the result is.

    Adams and Agesen found that hardware wins where a guest calls its kernel, and loses where it
    changes its page tables. The counts are of this book's engines, the costs of their processor.
    """
    over = over or overheads("2006")
    rows = []
    for workload, claimed in (("syscall", SHADOW), ("mapping", TRANSLATION)):
        other = TRANSLATION if claimed == SHADOW else SHADOW
        for technique in (TRANSLATION, SHADOW):
            low, mid, high = over.band(workload, technique)
            rate = run(workload, technique, beyond_start=True).rate()
            unit = (
                f"cycles to each of the guest's, {low:.1f} to {high:.1f}; {rate:.1f} exits per 1000"
            )
            rows.append(Fact(f"{workload}: {technique} adds", mid, unit, 1))
        share = 100 * over.cheaper(workload, claimed, other)
        rows.append(Fact(f"{workload}: {claimed} wins", share, "% of draws", 0))
    return Facts(*rows, title=f"The result of 2006, costs of {over.preset}")


def forkwait_of_2006(over: Overheads | None = None) -> Facts:
    """A published program that does nothing but fork and wait, beside the workload "fork".

    No cost was fitted to it. It is another kernel's fork, so more than the band is not asked for.
    """
    over, took = over or overheads("2006"), forkwait()
    rows = []
    for technique in (TRANSLATION, SHADOW):
        low, mid, high = over.band("fork", technique)
        published = took[technique] / took[NATIVE] - 1
        rows.append(
            Fact(
                f"{TITLES[technique]}, measured in 2006",
                published,
                "cycles to each of the guest's",
                1,
            )
        )
        rows.append(
            Fact(
                f"{TITLES[technique]}, here",
                mid,
                f"cycles to each of the guest's, {low:.1f} to {high:.1f}",
                1,
            )
        )
    return Facts(*rows, title="Fork and wait")


def report() -> Iterator[str]:
    """Everything, line by line."""
    yield result_of_2006().text()
    yield forkwait_of_2006().text()
    for name in presets():
        over = overheads(name)
        yield f"\n{preset(name).label}"
        for technique in EXECUTING:
            if technique in over.techniques:
                yield f"  {summary(over, technique)}"
        for line in sentences(over):
            yield f"  {line}"
