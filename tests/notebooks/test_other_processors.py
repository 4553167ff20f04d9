"""The stored numbers are those of any processor: run again without the wide vector units.

NumPy's exp and power (with AVX-512) and tanh (with FMA) differ in the last bits between processors;
a chapter rounds what it shows.
The same run counts the widgets, which strict nbval leaves out of its comparison.
"""

import copy
import os
import subprocess
import sys

import nbformat
import pytest

from tools import notebook_gates as gates
from tools.notebooks import chapters, execute

WITHOUT = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"}
DIGEST = """
import hashlib, numpy as np
x = np.linspace(0.001, 40, 100_003)
for function in (np.exp(-x), np.power(x, 1.7), np.tanh(x / 10)):
    print(hashlib.sha256(function.tobytes()).hexdigest())
"""


def digest(environment: dict[str, str]) -> str:
    """Digests of full-precision exp, power and tanh in a child with this environment."""
    return subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.fixture(scope="session")
def other_processor() -> dict[str, str]:
    """The environment of a lesser processor, once it is seen to make a difference."""
    if digest({}) == digest(WITHOUT):
        pytest.skip("exp, power and tanh are the same with and without wide vectors here")
    return WITHOUT


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_a_chapter_gives_its_stored_outputs_without_wide_vectors(path, other_processor):
    stored = nbformat.read(path, as_version=4)
    run = execute(copy.deepcopy(stored), path.parent, other_processor)
    assert list(gates.outputs_that_differ(stored, run)) == []
    assert list(gates.widgets_missing(run)) == []


def test_full_precision_numbers_are_caught(tmp_path, other_processor):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(DIGEST)])
    here = execute(copy.deepcopy(notebook), tmp_path)
    there = execute(copy.deepcopy(notebook), tmp_path, other_processor)
    assert list(gates.outputs_that_differ(here, there)) != []
