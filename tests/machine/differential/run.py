"""Batch after batch through both engines."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

from tests.machine.differential import engines
from tests.machine.differential.generate import BATCH, image
from tests.machine.differential.report import Report


def run(
    seed: int,
    first: int,
    programs: int,
    *,
    tiers: tuple[str, ...] = ("closures", "python", "webassembly", "step"),
    keep: Path | None = None,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Generate, run and compare `programs` programs from number `first` on.

    Batches take the tiers in turn; without any, only QEMU runs. With a folder to keep them in, each
    batch's report is written there, and a batch whose report is there does not run again: a long
    run can be parted among processes, and taken up again.
    """
    report = Report()
    for start in range(first, first + programs, BATCH):
        count = min(BATCH, first + programs - start)
        kept = keep / f"{seed}-{start}-{count}.pickle" if keep else None
        if kept and kept.exists():
            part = pickle.loads(kept.read_bytes())
        else:
            tier = tiers[start // BATCH % len(tiers)] if tiers else None
            part = _batch(seed, start, count, tier)
            if kept:
                kept.write_bytes(pickle.dumps(part))
        report.merge(part)
        progress(report)
    return report


def _batch(seed: int, start: int, count: int, tier: str | None) -> Report:
    """One image on both engines."""
    part = Report()
    ram, batch = image(seed, start, count)
    expected = engines.qemu(ram)
    actual = engines.board(ram, tier) if tier else None
    for program in batch:
        part.add(program, expected, actual)
    return part
