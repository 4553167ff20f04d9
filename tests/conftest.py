"""What all tests share: a missing tool skips on a desk, and fails in CI."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def require_tool(name: str, package: str) -> str:
    """The path of a program that a test needs; without it, skip (fail under CI=true)."""
    path = shutil.which(name)
    if path is None:
        say = f"{name} is missing (Debian package {package})"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    return path


def require_file(path: str, package: str) -> Path:
    """Like `require_tool`, for a file that a Debian package brings."""
    if not Path(path).exists():
        say = f"{path} is missing (Debian package {package})"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    return Path(path)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the tests that take minutes to hours")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the soak tests out of an ordinary run without counting them as skipped."""
    if config.getoption("--soak"):
        return
    soak = [item for item in items if item.get_closest_marker("soak")]
    if soak:
        config.hook.pytest_deselected(items=soak)
        items[:] = [item for item in items if item not in set(soak)]
