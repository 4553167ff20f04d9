"""Two builds of one small book give the same bytes."""

import hashlib
import shutil

import pytest

from book._live import python_side
from tests.book.conftest import build

pytestmark = pytest.mark.xdist_group("browser")  # the worker that builds the fixture


def digests(site) -> dict[str, str]:
    return {
        str(path.relative_to(site)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def differing(one, other) -> list[str]:
    """Files that are not the same in both sites, or are in one alone."""
    left, right = digests(one), digests(other)
    return sorted(name for name in left | right if left.get(name) != right.get(name))


def test_two_builds_give_the_same_bytes(fixture_site, snapshot, tmp_path):
    """The sources in another folder, another output folder, the same project."""
    shutil.copytree(snapshot / "tests/book/fixture_book", tmp_path / "elsewhere")
    assert differing(fixture_site, build(snapshot, tmp_path / "elsewhere", tmp_path)) == []


def test_the_memory_that_python_starts_from_is_the_same_every_time(fixture_site):
    """Taken anew, and not from what an earlier build kept."""
    (packages,) = fixture_site.glob("live-*/packages-*.zip")
    (memory,) = fixture_site.glob("live-*/memory-*.bin")
    again = python_side.snapshot(packages)
    assert hashlib.sha256(again).digest() == hashlib.sha256(memory.read_bytes()).digest()


def test_a_build_that_writes_the_time_is_caught(tmp_path):
    for name, text in (("one", "built at 12:00:01"), ("other", "built at 12:00:02")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.html").write_text(text, "utf8")
        (tmp_path / name / "same.css").write_text("a {}", "utf8")
    (tmp_path / "other" / "extra.js").write_text("", "utf8")
    assert differing(tmp_path / "one", tmp_path / "other") == ["extra.js", "page.html"]
