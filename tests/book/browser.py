"""A headless Chromium on the built book, cut off from outside; every request is listed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    TimeoutError,
    expect,
    sync_playwright,
)

from tests.conftest import require_tool
from tools.serve import Handler, server

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Not by Playwright's routes: those switch the browser's cache off and slow every download.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
expect.set_options(timeout=30_000)  # a busy machine is slow; nothing here is a measurement
ENDED = "() => ['live', 'failed'].includes(document.documentElement.dataset.live)"


@contextmanager
def serving(site: Path, handler: type[Handler] = Handler) -> Iterator[str]:
    """Serve the folder while the block runs; its address."""
    web = server(site, handler=handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{web.server_address[1]}/"
    finally:
        web.shutdown()
        web.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """One Chromium for as long as the block runs."""
    program = require_tool("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A fresh browser profile: what it asked for and what its pages complained about."""

    context: BrowserContext
    base: str
    requests: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    pending: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.context.on("request", self._request)
        self.context.on("response", self._response)
        for over in ("requestfinished", "requestfailed"):
            self.context.on(over, lambda request: self.pending.subtract([request.url]))
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, request) -> None:
        self.requests.append(request.url)
        self.pending[request.url] += 1
        if request.method == "GET":  # a HEAD asks what a file would weigh and does not load it
            self.loaded.append(request.url)

    def _response(self, response) -> None:
        if response.status >= 400:
            self.missing.append(response.url)

    def _console(self, message) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    @property
    def outside(self) -> list[str]:
        """Requests to anywhere but the site."""
        own = (self.base, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]

    def open(self, page: str) -> Page:
        """Open a page of the site and wait until it is there."""
        tab = self.context.new_page()
        tab.set_default_timeout(60_000)
        tab.goto(self.base + page)
        return tab

    def all_loaded(self, tab: Page) -> None:
        """Wait until the page loads nothing any more."""
        try:
            tab.wait_for_load_state("networkidle")
        except TimeoutError as error:
            raise AssertionError(f"still loading: {list(self.pending.elements())}") from error


def go_live(tab: Page, timeout: float = 60_000) -> None:
    """Press 'Run live' and wait until all cells have run."""
    tab.get_by_role("button", name="Run live", exact=True).click()
    tab.wait_for_function(ENDED, timeout=timeout)
    state = tab.evaluate("document.documentElement.dataset.live")
    assert state == "live", tab.locator("#live-status").text_content()


@contextmanager
def visit(browser: Browser, base: str, **options) -> Iterator[Visit]:
    """A fresh profile on the site."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, **options)
    try:
        yield Visit(context, base)
    finally:
        context.close()
