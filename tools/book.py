"""Build the book and everything its live pages load into _build/html: python -m tools.book.

What is fetched is checked against committed hashes and kept in .cache; a second build fetches
nothing. Two builds of the same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from book._live import fetch, python_side
from tools import landing

ROOT = Path(__file__).resolve().parent.parent
# Dates in archives: the earliest one that a zip file can hold, so that no build depends on today.
EPOCH = "315532800"


def fetch_all() -> None:
    """Get every file first: what is wrong with one is then a sentence, not a traceback."""
    fetch.npm_packages()
    fetch.pyodide_files()
    fetch.pure_wheels(list(python_side.ADDED))


def build(source: Path, out: Path) -> int:
    """Build one book into `out/_build/html`, warnings being errors; the builder's exit code."""
    shutil.rmtree(out / "_build" / "html", ignore_errors=True)
    command = [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        str(source),
        "-q",
        "--all",
    ]
    command += ["-W", "-n", "--keep-going", "--config", str(ROOT / "_config.yml")]
    command += ["--path-output", str(out)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode


def main(arguments: list[str] | None = None) -> int:
    """Fetch, build, and say where the book is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, nargs="?", default=ROOT / "book")
    parser.add_argument("--out", type=Path, default=ROOT, help="holds _build (default: here)")
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    try:
        fetch_all()
    except fetch.FetchError as error:
        print(f"book: {error}", file=sys.stderr)
        return 1
    print("book: building the pages ...", flush=True)
    if code := build(options.source, options.out.resolve()):
        print("book: the build failed; the lines above say where", file=sys.stderr)
        return code
    site = options.out.resolve() / "_build" / "html"
    if options.source.resolve() == ROOT / "book":
        landing.write(site)
    print(f"book: {site / 'index.html'} ({time.monotonic() - begun:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("book: interrupted; run it again, what is downloaded is kept")
