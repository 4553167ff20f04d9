"""Workload by technique: exits by reason, walks, who ran it, and the overhead on each preset."""

from __future__ import annotations

from models.facts import Beside, Fact, Facts
from models.performance.handling import presets
from models.performance.induced import run, techniques
from models.performance.overhead import overheads


def table(workload: str, beyond_start: bool = True) -> Beside:
    """Everything that was counted of a workload, and what it comes to.

    Parameters
    ----------
    workload : str
    beyond_start : bool
        Without the kernel's start; the overheads always are.

    Returns
    -------
    Beside
        A column for each technique. An overhead is added cycles for each of the guest's own, with
        its band; "-" where the technique did not exist.

    Raises
    ------
    ValueError
        For a workload that was not run.
    """
    runs = {technique: run(workload, technique, beyond_start) for technique in techniques()}
    reasons = list(dict.fromkeys(reason for one in runs.values() for reason in one.rates))
    priced = {name: overheads(name, draws=1) for name in presets()}
    columns = {}
    for technique, one in runs.items():
        rows = [Fact(f"exits: {r}", one.rates.get(r, 0.0), "per 1000", 2) for r in reasons]
        rows.append(Fact("exits, all", one.rate(), "per 1000", 2))
        rows.append(
            Fact("walk references", 1000 * one.references / one.instructions, "per 1000", 1)
        )
        rows.append(Fact("run by the processor itself", 100 * one.direct, "%", 2))
        for name, over in priced.items():
            shown = "-"
            if technique in over.techniques:
                low, mid, high = over.band(workload, technique)
                shown = f"{mid:.2f} ({low:.2f} to {high:.2f})"
            rows.append(Fact(f"overhead, {name}", shown))
        columns[technique] = Facts(*rows, title=technique)
    return Beside(columns, title=f"Workload {workload}")
