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
