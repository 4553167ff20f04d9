"""How fast the emulated hart runs in the browser's Python, beside CPython in the same run.

Needs the Pyodide files that `make book` fetches into `.cache/live`, and Node.
"""

import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.machine_compute import board_run, prepared, program

REPOSITORY = Path(__file__).parent.parent
CACHE = REPOSITORY / ".cache" / "live"
PYODIDE = CACHE / "npm" / "node_modules" / "pyodide"
IMAGES = Path("/usr/lib")
ROUNDS, TURNS = 10, 11


def node():
    """Find Node: beside this Python, or on the path."""
    beside = Path(sys.executable).with_name("node")
    return str(beside) if beside.exists() else shutil.which("node")


def available():
    """Whether Pyodide, its numpy and Node are here."""
    wheels = sorted(CACHE.glob("official/numpy-*.whl"))
    return (PYODIDE / "pyodide.mjs").exists() and wheels and node() is not None


@contextmanager
def pyodide():
    """Start Pyodide; give a function that runs one workload there: instructions a second."""
    (wheel,) = sorted(CACHE.glob("official/numpy-*.whl"))
    script = Path(__file__).with_name("_pyodide_machine.mjs")
    command = [node(), *map(str, (script, PYODIDE, wheel, REPOSITORY, IMAGES))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as browser:

        def run(*words):
            browser.stdin.write(" ".join(map(str, words)) + "\n")
            browser.stdin.flush()
            return float(browser.stdout.readline())

        yield run
        browser.stdin.close()


def rows():
    """Measure in turns; nothing where Pyodide or Node is missing."""
    if not available():
        print("machine.compute.pyodide: left out; `make book` fetches Pyodide, and Node is needed")
        return []
    address, image, symbols = program()
    board = prepared(address, image, "python")
    board_run(board, address, ROUNDS)
    with pyodide() as there_runs:
        here, there = [], []
        for _ in range(TURNS):
            here.append(board_run(board, symbols["supervisor"], ROUNDS)[0])
            there.append(there_runs("compute", "python", ROUNDS))
    return [
        {
            "name": "machine.compute.pyodide",
            "value": median(there),
            "unit": "instructions/s",
            "against": "machine.compute.cpython",
            "ratio": median(b / a for a, b in zip(here, there, strict=True)),
        }
    ]
