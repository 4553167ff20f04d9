"""Set-up on a fresh machine: it installs, goes on after an interruption, and says what is wrong."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

NOWHERE = "http://127.0.0.1:9/simple"  # the discard port: nothing listens there


def tiny_wheel(folder: Path) -> str:
    """A wheel with one empty module; returns its sha256."""
    path = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny.py", "")
        wheel.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0"
        )
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A clone in small: the set-up tool and one pinned requirement."""
    root = tmp_path_factory.mktemp("clone")
    (root / "tools").mkdir()
    shutil.copy(ROOT / "tools/setup.py", root / "tools/setup.py")
    pin(root, tiny_wheel(root))
    return root


def pin(root: Path, sha256: str) -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        (root / name).write_text(f"tiny==1.0 --hash=sha256:{sha256}\n")


def set_up(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run the tool as `make` does, with pip shut off from any index but the test's."""
    environment = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(root),
        **environment,
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    return subprocess.run(
        [sys.executable, "tools/setup.py", *arguments],
        cwd=root,
        env={**kept, **environment},
        capture_output=True,
        text=True,
    )


def test_it_installs_once_and_tests_settle_the_book(checkout):
    first = set_up(checkout, "test")
    assert first.returncode == 0, first.stderr
    assert "Installing requirements-test.txt" in first.stdout
    again = set_up(checkout, "book")
    assert (again.returncode, again.stdout) == (0, "")
    python = checkout / ".venv/bin/python"
    seen = subprocess.check_output([python, "-c", "import sys, tiny; print(sys.path)"], text=True)
    assert str(checkout) in seen  # `models` would be imported from the checkout


def test_a_changed_pin_that_fails_its_hash_is_one_sentence(checkout):
    wheel = (checkout / "tiny-1.0-py3-none-any.whl").read_bytes()
    subprocess.run([checkout / ".venv/bin/python", "-m", "pip", "uninstall", "-qy", "tiny"])
    pin(checkout, "0" * 64)
    try:
        done = set_up(checkout, "book")
    finally:
        pin(checkout, hashlib.sha256(wheel).hexdigest())
    assert done.returncode == 1
    assert "does not match the hash in requirements.txt" in done.stderr
    assert set_up(checkout, "book").returncode == 0, "it did not recover"


def test_no_network_is_one_sentence(checkout):
    subprocess.run([checkout / ".venv/bin/python", "-m", "pip", "uninstall", "-qy", "tiny"])
    (checkout / ".venv/installed-book").unlink()
    offline = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": NOWHERE}
    done = set_up(checkout, "book", **offline, PIP_RETRIES="1")
    assert done.returncode == 1
    assert "No package index could be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_venv_module_is_one_sentence(checkout, tmp_path):
    shutil.copytree(checkout / "tools", tmp_path / "tools")
    (tmp_path / "ensurepip.py").write_text("raise ImportError\n")
    done = set_up(tmp_path, "book", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_old_a_python_is_one_sentence(checkout):
    code = "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv = ['setup.py'];"
    code += "runpy.run_path('tools/setup.py', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=checkout, env={"PATH": ""}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed and this is 3.9" in done.stderr


def test_an_unknown_set_is_refused(checkout):
    done = set_up(checkout, "everything")
    assert done.returncode == 1
    assert "allowed: book, test" in done.stderr
