"""Batch after batch through both engines."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.machine.differential import engines, explained
from tests.machine.differential.explained import Known
from tests.machine.differential.floats import explained as floats
from tests.machine.differential.floats.generate import FloatProgram
from tests.machine.differential.generate import Program, image
from tests.machine.differential.hypervisor import explained as hypervisor
from tests.machine.differential.hypervisor.generate import HypervisorProgram
from tests.machine.differential.report import Report


@dataclass(frozen=True)
class Kind:
    """A kind of programs: how they are made, run and compared."""

    program: type[Program]
    known: Known
    hypervisor: bool = False
    floats: bool = False

    @property
    def letter(self) -> str:
        """What the names of its reports begin with."""
        return "h-" if self.hypervisor else "f-" if self.floats else ""


PLAIN = Kind(Program, explained.PLAIN)
WITH_H = Kind(HypervisorProgram, hypervisor.WITH_H, hypervisor=True)
WITH_FLOATS = Kind(FloatProgram, floats.WITH_FLOATS, floats=True)


def run(
    seed: int,
    first: int,
    programs: int,
    *,
    tiers: tuple[str, ...] = ("closures", "python", "webassembly", "step"),
    keep: Path | None = None,
    progress: Callable[[Report], None] = lambda report: None,
    kind: Kind = PLAIN,
) -> Report:
    """Generate, run and compare `programs` programs from number `first` on.

    Batches take the tiers in turn; without any, only QEMU runs. With a folder to keep them in, each
    batch's report is written there, and a batch whose report is there does not run again: a long
    run can be parted among processes, and taken up again.
    """
    report, batch = Report(), kind.program.layout.batch
    for start in range(first, first + programs, batch):
        count = min(batch, first + programs - start)
        name = f"{kind.letter}{seed}-{start}-{count}.pickle"
        kept = keep / name if keep else None
        if kept and kept.exists():
            part = pickle.loads(kept.read_bytes())
        else:
            tier = tiers[start // batch % len(tiers)] if tiers else None
            part = _batch(seed, start, count, tier, kind)
            if kept:
                kept.write_bytes(pickle.dumps(part))
        report.merge(part)
        progress(report)
    return report


def _batch(seed: int, start: int, count: int, tier: str | None, kind: Kind) -> Report:
    """One image on both engines."""
    part, layout = Report(), kind.program.layout
    ram, batch = image(seed, start, count, kind.program)
    has = {"hypervisor": kind.hypervisor, "floats": kind.floats}
    expected = engines.qemu(ram, layout=layout, **has)
    actual = engines.board(ram, tier, **has) if tier else None
    for program in batch:
        part.add(program, expected, actual, kind.known)
    return part
