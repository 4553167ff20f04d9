"""The sites that the page tests look at, and one Chromium for all of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.book.browser import chromium, serving
from tools import book

BOOK = book.ROOT / "_build" / "html"


def build(snapshot: Path, source: Path, out: Path) -> Path:
    """Build a book with the tools and the models of a copy of the project; the site."""
    command = [sys.executable, "-m", "tools.book", str(source), "--out", str(out)]
    done = subprocess.run(command, cwd=snapshot, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "_build" / "html"


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory) -> Path:
    """A copy of the project: whoever edits meanwhile does not change what is built from it."""
    copy = tmp_path_factory.mktemp("snapshot") / "project"
    leave = shutil.ignore_patterns(".*", "_build", "__pycache__", "*.egg-info")
    shutil.copytree(book.ROOT, copy, ignore=leave)
    cache = book.ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    (copy / ".cache").symlink_to(cache)
    return copy


@pytest.fixture(scope="session")
def fixture_site(snapshot, tmp_path_factory) -> Path:
    """A two-page book, built as the real one is."""
    return build(snapshot, snapshot / "tests/book/fixture_book", tmp_path_factory.mktemp("fixture"))


@pytest.fixture(scope="session")
def book_site() -> Path:
    """The book that `make book` has built."""
    if not (BOOK / "index.html").is_file():
        say = "the book is not built; run 'make book' first"
        pytest.fail(say) if os.environ.get("CI") == "true" else pytest.skip(say)
    return BOOK


@pytest.fixture(scope="session")
def browser():
    with chromium() as program:
        yield program


@pytest.fixture(scope="session")
def fixture_base(fixture_site):
    with serving(fixture_site) as base:
        yield base


@pytest.fixture(scope="session")
def book_base(book_site):
    with serving(book_site) as base:
        yield base
