"""Feed damaged inputs to every subject; print shares and error branches as JSON.

Examples
--------
::

    python -m tests.machine.robust --cases 1000000 --seed 3
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.machine.robust.fuzz import fuzz_with_coverage
from tests.machine.robust.subjects import SUBJECTS


def main() -> int:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.machine.robust")
    parser.add_argument("--cases", type=int, default=1000, help="of each subject (default 1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one subject's name")
    chosen = parser.parse_args()
    made = [subject() for subject in SUBJECTS]
    results = {
        subject.name: fuzz_with_coverage(subject, chosen.seed, cases=chosen.cases).to_dict()
        for subject in made
        if chosen.only in (None, subject.name)
    }
    json.dump(results, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
