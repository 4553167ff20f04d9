"""Batch after batch through both engines."""

from __future__ import annotations

from collections.abc import Callable

from tests.machine.differential import engines
from tests.machine.differential.generate import BATCH, image
from tests.machine.differential.report import Report


def run(
    seed: int,
    first: int,
    programs: int,
    *,
    tiers: tuple[str, ...] = ("closures", "python", "step"),
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Generate, run and compare `programs` programs from number `first` on.

    Batches take the tiers in turn; without any, only QEMU runs.
    """
    report = Report()
    for start in range(first, first + programs, BATCH):
        ram, batch = image(seed, start, min(BATCH, first + programs - start))
        expected = engines.qemu(ram)
        tier = tiers[start // BATCH % len(tiers)] if tiers else None
        actual = engines.board(ram, tier) if tier else None
        for program in batch:
            report.add(program, expected, actual)
        progress(report)
    return report
