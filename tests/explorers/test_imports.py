"""Importing an explorer runs no model: readers wait for imports, also for those of other pages."""

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import models.explorers

PLANTED = """
from dataclasses import replace
from models.explorers.servers import ten_times
eager = replace(ten_times, name="eager")
eager.spec()
"""


def ran_at_import(*modules: str, place: Path | None = None) -> list[str]:
    """What ran in a Python of its own, where nothing was imported before."""
    paths = [str(place), os.environ.get("PYTHONPATH", "")] if place else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "tests.explorers.at_import", *modules]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


def test_importing_explorers_runs_no_model():
    found = pkgutil.iter_modules(models.explorers.__path__, "models.explorers.")
    assert ran_at_import(*(module.name for module in found)) == []


def test_a_truth_computed_at_import_is_caught(tmp_path):
    (tmp_path / "planted_truth.py").write_text(PLANTED, "utf8")
    assert "eager: truth" in ran_at_import("planted_truth", place=tmp_path)
