"""The landing page: light, self-contained, and at work before anything else is loaded."""

import base64
import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from models.performance.river import ENGINES, WORKLOADS, River, flow
from tests.conftest import ROOT, require_tool
from tools import landing

WEIGHT, SWEEP = 150_000, 40_000  # bytes; the page with gzip -9, the sweep as it is


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of contents with a part, a section and an appendix."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "part1").mkdir()
    shutil.copy(ROOT / "book/part1/02_how_many_servers.ipynb", folder / "part1")
    (folder / "terms.md").write_text("(t)=\n# Terms & words\n", encoding="utf8")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: contents\nparts:\n"
        "- caption: Part I\n  chapters:\n  - file: part1/02_how_many_servers\n"
        "    sections:\n    - file: terms\n",
        encoding="utf8",
    )
    return folder


@pytest.fixture(scope="module")
def file(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return landing.write(tmp_path_factory.mktemp("site"), book)


def test_it_is_light(file):
    assert len(gzip.compress(file.read_bytes(), 9)) <= WEIGHT
    assert len(stored_sweep(file)) <= SWEEP


def stored_sweep(file: Path) -> str:
    return re.search(r'id="sweep">(.*?)</script>', file.read_text("utf8"), re.S)[1]


def test_the_bars_are_what_the_engines_counted(file):
    data = json.loads(stored_sweep(file))
    for work, bars in zip(WORKLOADS, data["works"], strict=True):
        for engine, number in zip(ENGINES, bars["handled"], strict=True):
            assert abs(number - flow(River(engine, work)).handled("S")) <= 0.05
    asked = data["works"][data["asked"]]["handled"][data["engine"]]
    assert f"{asked:.0f} of 1,000" == data["prediction"]["truth"]


def test_it_needs_nothing_from_elsewhere(file):
    text = file.read_text("utf8")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert "$" not in re.sub(r"<script.*?</script>", "", text, flags=re.S)  # every hole is filled
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    for script in re.findall(r"<script>(.*?)</script>", text, re.S):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_the_contents_are_the_pages_that_exist(file):
    text = file.read_text("utf8")
    assert '<a href="part1/02_how_many_servers.html">How many servers?</a>' in text
    assert '<a href="terms.html">Terms &amp; words</a>' in text


def test_a_page_without_a_heading_is_refused(book, tmp_path):
    (tmp_path / "mute.md").write_text("No heading.\n", encoding="utf8")
    with pytest.raises(ValueError, match="mute: no first heading"):
        landing.title(tmp_path, "mute")


@pytest.fixture(scope="module")
def page(file: Path) -> Iterator[Page]:
    path = require_tool("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.goto(file.as_uri())
        yield page
        browser.close()
    assert errors == []


@pytest.mark.browser
def test_one_prediction_one_drag_one_surprise_one_link(page):
    bars = page.locator("#picture .handled")
    assert bars.count() == 1  # before any answer, what needs no counting
    page.locator("#guess").fill("hundred")
    page.get_by_role("button", name="Predict, then run").click()
    assert "numbers from 0 to 1,000" in page.get_by_role("alert").inner_text()
    page.locator("#guess").fill("900")
    assert "you: 900" in page.locator("#picture").text_content()  # the picture answers the typing
    page.keyboard.press("Enter")
    truth = round(flow(River()).handled("S"))
    assert f"The run says {truth} of 1,000" in page.locator("#reply").inner_text()
    assert bars.count() == len(ENGINES)
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext") == list(WORKLOADS.values())[-1]
    assert list(WORKLOADS.values())[-1] in page.locator("#said").inner_text()
    assert page.get_by_role("link", name="Run it live and break it").is_visible()


@pytest.mark.browser
def test_it_fits_a_phone_and_a_finger(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for target in page.locator("button, .button, nav a, .doors a, .parts a, input").all():
        if target.is_visible():
            assert target.bounding_box()["height"] >= 44
