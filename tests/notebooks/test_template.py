"""Every page of a chapter has all parts of the template; a part that is gone is missed."""

import copy
import re

import nbformat
import pytest

from tools.notebooks import chapters
from tools.template import KEPT, LINES, PARTS, missing

PAGES = [path for path in chapters() if path.parent.name.startswith("part")]


def first() -> nbformat.NotebookNode:
    return nbformat.read(PAGES[0], as_version=4)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_has_every_part(path):
    assert list(missing(nbformat.read(path, as_version=4))) == []


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_gone_is_missed(name):
    page = copy.deepcopy(first())
    for cell in page.cells:
        begins = re.compile(PARTS[name].replace(" ", r"\s"), re.M | re.S)
        cell.source = begins.sub("gone", cell.source)
    assert f"has not: {name}" in list(missing(page))


def test_a_sixth_line_and_unlinked_terms_are_seen():
    page = copy.deepcopy(first())
    for cell in page.cells:
        cell.source = KEPT.sub(lambda kept: kept[0].rstrip() + "\n- one more\n", cell.source)
        cell.source = cell.source.replace("{term}", "")
    assert list(missing(page)) == [
        f"keeps {LINES + 1} lines, not {LINES}",
        "links none of its terms to the glossary",
    ]
