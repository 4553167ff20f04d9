"""Run random programs on QEMU and on our board; print the report as JSON.

Examples
--------
::

    python -m tests.machine.differential --programs 4096 --seed 1
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.machine.differential.report import Report
from tests.machine.differential.run import PLAIN, WITH_FLOATS, WITH_H, run


def main() -> int:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.machine.differential")
    parser.add_argument("--programs", type=int, default=1024, help="how many (default 1024)")
    parser.add_argument("--first", type=int, default=0, help="the first one's number, n x 1024")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--tiers", default="closures,python,webassembly,step", help="'' for QEMU alone"
    )
    parser.add_argument("--keep", type=Path, help="folder of batches' reports, to go on later")
    parser.add_argument("--hypervisor", action="store_true", help="programs with the H extension")
    parser.add_argument("--floats", action="store_true", help="programs with F and D")
    chosen = parser.parse_args()
    kind = WITH_H if chosen.hypervisor else WITH_FLOATS if chosen.floats else PLAIN
    tiers = tuple(chosen.tiers.split(",")) if chosen.tiers else ()
    numbers = chosen.seed, chosen.first, chosen.programs
    report = run(*numbers, tiers=tiers, keep=chosen.keep, progress=_say, kind=kind)
    json.dump(report.to_dict(kind.known), sys.stdout, indent=1)
    print()
    return 1 if report.unexplained else 0


def _say(report: Report) -> None:
    """Tell standard error how far it is."""
    print(f"{report.programs} programs, {len(report.unexplained)} unexplained", file=sys.stderr)
    for difference in report.unexplained[-3:]:
        print(f"  {difference}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
