"""A page as the book's, small: the static forms, the page's script, Plotly beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from plotly.offline import get_plotlyjs

from models.explorers import assets
from models.explorers.servers import servers, ten_times
from tests.conftest import require_tool


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = require_tool("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "plotly.js").write_text(get_plotlyjs(), encoding="utf8")
    # Plotly's 5 MB take a second to parse: tests that look at no picture load a stand-in.
    (folder / "stub.js").write_text("globalThis.Plotly = { react() {} };", encoding="utf8")
    (folder / "explorers.js").write_text(assets.page_script(), encoding="utf8")
    (folder / "explorers.css").write_text(assets.css(), encoding="utf8")
    outputs = (ten_times, servers, ten_times.surprise())
    body = "".join(output._repr_mimebundle_()["text/html"] for output in outputs)
    for name in ("plotly", "stub"):
        (folder / f"{name}.html").write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test</title>'
            '<meta name="viewport" content="width=device-width">'
            '<link rel="stylesheet" href="explorers.css"><body style="background: var(--paper)">'
            f'{body}<script defer src="explorers.js" data-plotly="{name}.js"></script>',
            encoding="utf8",
        )
    return folder
