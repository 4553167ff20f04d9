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

from tests.machine.differential.run import run


def main() -> int:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.machine.differential")
    parser.add_argument("--programs", type=int, default=1024, help="how many (default 1024)")
    parser.add_argument("--first", type=int, default=0, help="the first one's number, n x 1024")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--qemu-only", action="store_true", help="only what the programs reach")
    chosen = parser.parse_args()
    report = run(chosen.seed, chosen.first, chosen.programs, compare=not chosen.qemu_only)
    json.dump(report.to_dict(), sys.stdout, indent=1)
    print()
    return 1 if report.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
