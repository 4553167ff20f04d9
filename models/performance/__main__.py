"""Command line: ``python -m models.performance [WORKLOAD ...]``.

Says where each technique wins and loses; of workloads that are named, everything that was counted.
"""

from __future__ import annotations

import argparse

from models.performance.tables import table
from models.performance.verdicts import report


def main(arguments: list[str] | None = None) -> None:
    """Carry out a command line."""
    parser = argparse.ArgumentParser(prog="python -m models.performance", description=__doc__)
    parser.add_argument("workload", nargs="*", metavar="WORKLOAD", help="what was run")
    try:
        lines = [table(name).text() for name in parser.parse_args(arguments).workload]
    except ValueError as error:
        parser.error(str(error))
    for line in lines or report():
        print(line)


if __name__ == "__main__":
    main()
