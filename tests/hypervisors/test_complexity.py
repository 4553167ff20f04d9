"""Lines counted: what a statement is, that imports are followed, and that types alone are not."""

import subprocess
import sys

import pytest

from models.hypervisors.complexity import (
    COMMON,
    ROOM,
    Technique,
    complexity,
    logical_lines,
    reached,
)

TECHNIQUES = list(Technique.declared("technique").choices)


TEXT = '''
"""Text."""
import a, b

def f(x):
    """Text."""
    # why
    return (x +
            1)
'''
LOADED = f"import sys, {ROOM}.{{}}; print(*(n for n in sys.modules if n.startswith('{ROOM}.')))"


def test_statements_count_and_docstrings_do_not():
    assert logical_lines(TEXT) == 3  # import, def, return
    assert logical_lines("a = 1; b = 2") == 2


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_what_is_counted_is_what_python_loads(technique):
    """The files found by reading are those that importing the technique brings, and no other."""
    run = complexity(Technique(technique))
    code = LOADED.format(run.parameters.module)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.removeprefix(f"{ROOM}.") for name in told.stdout.split()}
    assert run.parameters.module in run.own
    assert not set(run.own) & set(run.common)
    # `processor` and the like, which a technique needs only through the common files, are theirs.
    assert set(run.own) <= loaded <= set(run.own) | set(run.common)


def test_every_technique_stands_on_the_common_files():
    assert set(COMMON) <= reached(COMMON)
    assert "trap_and_emulate" in reached(("binary_translation",))
    assert "shadow_paging" not in reached(("hardware_assisted",))


def test_the_leanest_is_one_of_them():
    runs = [complexity(Technique(name)) for name in TECHNIQUES]
    assert min(run.ratio for run in runs) == 1
    assert {run.leanest for run in runs} == {min(run.lines for run in runs)}
