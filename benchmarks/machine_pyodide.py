"""How fast the emulated hart computes in the browser's Python, beside CPython in the same run.

Needs the Pyodide files that `make book` fetches into `.cache/live`, and Node.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.machine_compute import board_run, prepared, program

REPOSITORY = Path(__file__).parent.parent
CACHE = REPOSITORY / ".cache" / "live"
PYODIDE = CACHE / "npm" / "node_modules" / "pyodide"
ROUNDS, TURNS = 10, 11


def node():
    """Find Node: beside this Python, or on the path."""
    beside = Path(sys.executable).with_name("node")
    return str(beside) if beside.exists() else shutil.which("node")


def rows():
    """Measure in turns; nothing where Pyodide or Node is missing."""
    wheels = sorted(CACHE.glob("official/numpy-*.whl"))
    if not (PYODIDE / "pyodide.mjs").exists() or not wheels or node() is None:
        print("machine.compute.pyodide: left out; `make book` fetches Pyodide, and Node is needed")
        return []
    address, image, symbols = program()
    board = prepared(address, image, "python")
    board_run(board, address, ROUNDS)
    script = Path(__file__).with_name("_pyodide_compute.mjs")
    command = [node(), *map(str, (script, PYODIDE, wheels[0], REPOSITORY))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as browser:
        here, there = [], []
        for _ in range(TURNS):
            here.append(board_run(board, symbols["supervisor"], ROUNDS)[0])
            browser.stdin.write(f"{ROUNDS}\n")
            browser.stdin.flush()
            there.append(float(browser.stdout.readline()))
        browser.stdin.close()
    return [
        {
            "name": "machine.compute.pyodide",
            "value": median(there),
            "unit": "instructions/s",
            "against": "machine.compute.cpython",
            "ratio": median(b / a for a, b in zip(here, there, strict=True)),
        }
    ]
