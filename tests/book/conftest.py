"""The sites that the page tests look at, and one Chromium for all of them."""

import os
from pathlib import Path

import pytest

from tests.book.browser import chromium, serving
from tools import book

HERE = Path(__file__).parent
BOOK = book.ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def fixture_site(tmp_path_factory) -> Path:
    """A two-page book, built as the real one is."""
    out = tmp_path_factory.mktemp("fixture")
    book.fetch_all()
    assert book.build(HERE / "fixture_book", out) == 0
    return out / "_build" / "html"


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
