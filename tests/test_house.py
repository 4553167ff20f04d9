"""The house's own rules: lint, types, one-way imports, pins, and what no commit may hold."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

TOOLS = Path(sys.executable).parent


def run(*command: str, folder: Path = ROOT) -> subprocess.CompletedProcess:
    """Run a tool of the environment, keeping what it says."""
    return subprocess.run(
        [str(TOOLS / command[0]), *command[1:]], cwd=folder, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports",)],
    ids=" ".join,
)
def test_the_tool_has_no_complaint(command):
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


PLANTED_IMPORTS = {
    "models/machine/decode.py": ("models.explorers", "models.machine is not allowed to import"),
    "models/performance/costs.py": (
        "models.machine",
        "models.performance is not allowed to import",
    ),
    "models/cloud/demand.py": ("ipywidgets", "models.cloud is not allowed to import ipywidgets"),
}


@pytest.mark.parametrize("place", PLANTED_IMPORTS)
def test_an_import_against_the_direction_is_caught(place, tmp_path):
    shutil.copytree(ROOT / "models", tmp_path / "models", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    imported, complaint = PLANTED_IMPORTS[place]
    with (tmp_path / place).open("a", encoding="utf8") as file:
        file.write(f"\nimport {imported}\n")
    done = run("lint-imports", folder=tmp_path)
    assert done.returncode != 0
    assert complaint in done.stdout


def pins(name: str) -> dict[str, set[str]]:
    """Package -> pinned versions (several where they depend on the Python)."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.M):
        found.setdefault(package, set()).add(version)
    return found


def test_the_tests_install_what_the_book_pins():
    book, tests = pins("requirements.txt"), pins("requirements-test.txt")
    assert book
    assert {name: tests.get(name) for name in book} == book


def test_every_pin_has_a_hash_and_no_address():
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        blocks = re.split(r"\n(?=[\w.-]+==)", text)
        assert [b.split()[0] for b in blocks if "==" in b and "--hash=sha256:" not in b] == []


def direct(name: str) -> set[str]:
    """The packages that we ask for ourselves."""
    return set(re.findall(r"^(\w[\w.-]*)", (ROOT / name).read_text(), re.M))


def test_every_dependency_has_its_reason_in_contributing():
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
    wanted = direct("requirements.in") | direct("requirements-test.in")
    assert [name for name in sorted(wanted) if f"`{name}`" not in reasons] == []


def test_models_ask_for_no_more_than_the_page_has():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["dependencies"] == ["numpy>=2.0.2"]


MACHINE_PATH = re.compile(r"(?<![\w.~/])/(?:work|tmp|root|home|farm)/[\w.-]+")
PYODIDE_HOME = "/home/pyodide"  # a path inside the page's own file system


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def machine_paths(text: str) -> list[str]:
    return [path for path in MACHINE_PATH.findall(text) if not path.startswith(PYODIDE_HOME)]


def test_no_file_names_a_path_of_one_machine():
    offences = {}
    for path in tracked():
        if path.is_file() and path != Path(__file__) and path.suffix not in {".png", ".woff2"}:
            found = machine_paths(path.read_text(encoding="utf8", errors="ignore"))
            if found:
                offences[path.name] = found
    assert offences == {}


def test_a_path_of_one_machine_is_caught():
    assert machine_paths("open('/tmp/x')") == ["/tmp/x"]
    assert machine_paths("see _build/tmp/x and /home/pyodide/a") == []
