"""`make bench`: run every benchmark, print one table, write benchmarks/latest.json.

A benchmark is a module of this package with `rows() -> list[dict]`; a row has name, value, unit,
against (what it was measured beside, in the same run) and ratio.
"""

import importlib
import json
import pkgutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = ("name", "value", "unit", "against", "ratio")


def benchmark_modules(wanted: list[str]) -> list[str]:
    """The modules that offer `rows`, or those of them that are named on the command line."""
    names = sorted(m.name for m in pkgutil.iter_modules([str(HERE)]) if not m.name.startswith("_"))
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(
            f"bench: no benchmark named {', '.join(sorted(unknown))}; there are: {', '.join(names)}"
        )
    return wanted or names


def line(row: dict) -> str:
    """One row of the table."""
    ratio = "-" if row["ratio"] is None else f"{row['ratio']:.3g}"
    against = row["against"] or "-"
    return f"{row['name']:<34}{row['value']:>14.4g}  {row['unit']:<22}{against:<30}{ratio:>9}"


def main() -> None:
    """Run the benchmarks and keep what they print."""
    rows: list[dict] = []
    print(f"{'name':<34}{'value':>14}  {'unit':<22}{'against':<30}{'ratio':>9}")
    for name in benchmark_modules(sys.argv[1:]):
        module = importlib.import_module(f"benchmarks.{name}")
        for row in module.rows() if hasattr(module, "rows") else []:
            rows.append({column: row[column] for column in COLUMNS})
            print(line(row), flush=True)
    (HERE / "latest.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
