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
    compare: bool = True,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Generate, run and compare `programs` programs from number `first` on."""
    report = Report()
    for start in range(first, first + programs, BATCH):
        ram, batch = image(seed, start, min(BATCH, first + programs - start))
        expected = engines.qemu(ram)
        actual = engines.board(ram) if compare else None
        for program in batch:
            report.add(program, expected, actual)
        progress(report)
    return report
