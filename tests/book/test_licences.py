"""THIRD-PARTY.txt names each shipped file, with the text of its licence."""

import pytest

from book._live import licences

pytestmark = pytest.mark.xdist_group("browser")  # the worker that builds the fixture


def test_every_file_of_the_site_is_covered(fixture_site):
    known = licences.components()
    assert licences.uncovered(fixture_site, known) == []
    written = (fixture_site / licences.NAME).read_text("utf8")
    for foreign in ("pyodide.asm.wasm", "numpy-", "session-", "_static/basic.css"):
        assert foreign in written


def test_a_file_of_unknown_origin_is_caught(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "somebody.min.js").write_text("/* who wrote this? */", "utf8")
    (tmp_path / "page.html").write_text("", "utf8")
    assert licences.uncovered(tmp_path, []) == ["_static/somebody.min.js"]


def test_each_component_has_a_licence_with_its_text():
    for each in licences.components():
        assert each.licence
        assert len(each.text) > 300, each.name
