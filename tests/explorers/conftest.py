"""A page as the book's, small: static forms and the page's script, or one live widget."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from plotly.offline import get_plotlyjs

from models.explorers import assets
from models.explorers.servers import servers, ten_times
from models.explorers.view import Widget
from tests.conftest import require_tool
from tests.explorers.test_gate import SOUND


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
    (folder / "stub.js").write_text(STUB, encoding="utf8")
    (folder / "explorers.js").write_text(assets.page_script(), encoding="utf8")
    (folder / "explorers.css").write_text(assets.css(), encoding="utf8")
    chapter = (ten_times, servers, ten_times.surprise())
    native = tuple(replace(SOUND, name=name, preview=name) for name in ("law", "shown"))
    _page(folder / "plotly.html", "plotly.js", chapter)
    _page(folder / "stub.html", "stub.js", chapter)
    _page(folder / "native.html", "stub.js", native)
    return folder


def _page(path: Path, plotly: str, outputs: Sequence[Any]) -> None:
    """Write the static forms of some outputs as a page."""
    body = "".join(output._repr_mimebundle_()["text/html"] for output in outputs)
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test</title>'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="stylesheet" href="explorers.css"><body style="background: var(--paper)">'
        f'{body}<script defer src="explorers.js" data-plotly="{plotly}"></script>',
        encoding="utf8",
    )


# Has nothing to move, and says at once that it has moved.
STUB = """
const _fullLayout = { _visibleModules: [], _basePlotModules: [], _plots: {} };
globalThis.Plotly = { react(area, data) {
  Object.assign(area, { data, _fullData: data.map(() => ({})), _fullLayout });
} };
"""

# What anywidget hands to a widget's script, with Python behind `send`.
HOST = """
const traits = JSON.parse(await python(JSON.stringify({})));
const listeners = [];
const model = {
  get: (name) => traits[name],
  set: (name, value) => (traits[name] = value),
  save_changes() {},
  on: (event, call) => listeners.push([event, call]),
  off: (event, call) => listeners.splice(listeners.findIndex((l) => l[1] === call), 1),
  async send(message, _, buffers = []) {
    window.asked = (window.asked || 0) + 1;
    if (window.slow) await new Promise((done) => setTimeout(done, window.slow));
    const parts = await Promise.all(buffers.map((part) => new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(",")[1]);
      reader.readAsDataURL(new Blob([part]));
    })));
    traits.answer = JSON.parse(await python(JSON.stringify(message), parts)).answer;
    for (const [event, call] of [...listeners]) if (event === "change:answer") call();
  },
};
const { default: widget } = await import("./module.js");
widget.render({ model, el: document.getElementById("place") });
"""
LIVE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Live</title>'
    '<meta name="viewport" content="width=device-width">'
    '<link rel="stylesheet" href="explorers.css"><script src="stub.js"></script>'
    f'<body style="background: var(--paper)"><div id="place"></div>'
    f'<script type="module">{HOST}</script>'
)


@pytest.fixture
def host(browser: Browser, pages: Path) -> Iterator[Callable[..., Page]]:
    """A function that opens a widget in a page of its own, answered by its Python.

    Its arguments: the widget, and what follows the page's address.
    """
    context = browser.new_context(viewport={"width": 1000, "height": 1000})
    context.set_default_timeout(10_000)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    errors: list[str] = []

    def open_live(view: Widget, fragment: str = "") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))

        def python(text: str, parts: Sequence[str] = ()) -> str:
            message = json.loads(text)
            if message:
                view.receive(None, message, [b64decode(part) for part in parts])
            return json.dumps({"spec": view.spec, "answer": view.answer})

        page.expose_function("python", python)
        texts = {"live": (LIVE, "text/html"), "module.js": (str(view._esm), "text/javascript")}

        # Modules want an origin, which a file does not have: every file is served by the test.
        def serve(route) -> None:
            name = route.request.url.split("#")[0].rsplit("/", 1)[1]
            if name in texts:
                route.fulfill(body=texts[name][0], content_type=texts[name][1])
            elif (pages / name).exists():
                route.fulfill(path=pages / name)
            else:
                route.fulfill(status=404)

        page.route("https://book.test/**", serve)
        page.goto(f"https://book.test/live{fragment}")
        page.wait_for_selector(".explorer.live", state="attached")
        return page

    yield open_live
    context.close()
    assert errors == []
