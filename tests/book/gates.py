"""What no page of the book may have. Each gate returns complaints; none means the page is well."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as Waited

from book._live import fetch

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Attributes by which a page loads something, as against a link that a reader may follow.
LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")}


# What a picture shows when it is not blank: Plotly's traces, or shapes in an SVG of our own.
DRAWN = (
    "svg.main-svg :is(.trace, .points, .slice), svg:not(.main-svg) :is(path, line, rect, circle)"
)


class Reader(HTMLParser):
    """Collects the ids, the addresses and the pictures of one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.unnamed: list[str] = []
        self.open_figure = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what the element names, links to, loads, and whether a picture has a text."""
        values = {name: value or "" for name, value in attributes}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        for name in ("href", "src"):
            if name not in values:
                continue
            loads = (tag, name) in LOADS
            (self.loads if loads else self.links).append(values[name])
        is_figure = tag == "figure" and "picture" in values.get("class", "").split()
        drawn = is_figure or values.get("role") == "img"
        if (tag == "img" and "alt" not in values) or (drawn and not values.get("aria-label")):
            self.unnamed.append(self.get_starttag_text() or tag)
            self.open_figure = is_figure
        if tag == "figcaption" and self.open_figure:
            self.unnamed.pop()
            self.open_figure = False


def pages(site: Path) -> list[Path]:
    """Every page of the site."""
    return sorted(site.rglob("*.html"))


def broken_links(site: Path) -> list[str]:
    """Links and loaded files that are not in the site, and fragments that no page has."""
    readers = {page: Reader(page.read_text("utf8")) for page in pages(site)}
    complaints = []
    for page, reader in readers.items():
        for address in reader.links + reader.loads:
            path, fragment = urldefrag(address)
            if urlsplit(address).scheme or address.startswith("//"):
                continue
            file = path.split("?")[0]
            target = (page.parent / unquote(file)).resolve() if file else page
            if target.is_dir():
                target = target / "index.html"
            if not target.is_file():
                complaints.append(f"{page.name}: {address} is not there")
            elif fragment and target in readers and unquote(fragment) not in readers[target].ids:
                complaints.append(f"{page.name}: {address} names no id")
    return complaints


def outside_loads(site: Path) -> list[str]:
    """Files that a page would load from another site."""
    return [
        f"{page.name}: {address}"
        for page in pages(site)
        for address in Reader(page.read_text("utf8")).loads
        if urlsplit(address).scheme in ("http", "https") or address.startswith("//")
    ]


def unnamed_pictures(site: Path) -> list[str]:
    """Pictures without a text for those who do not see them."""
    return [
        f"{page.name}: {text}"
        for page in pages(site)
        for text in Reader(page.read_text("utf8")).unnamed
    ]


def tracebacks(site: Path) -> list[str]:
    """Pages that publish an error's traceback."""
    sign = re.compile(r"Traceback \(most recent call last\)|\bclass=\"[^\"]*\btraceback\b")
    return [page.name for page in pages(site) if sign.search(page.read_text("utf8"))]


def without_policy(site: Path) -> list[str]:
    """Pages whose head does not open with a content security policy."""
    sign = re.compile(r"<head>\s*(<meta charset=[^>]*>\s*)?<meta http-equiv=\"Content-Security-P")
    return [page.name for page in pages(site) if not sign.search(page.read_text("utf8"))]


# --- in a browser --------------------------------------------------------------------------------


def axe(tab: Page) -> list[str]:
    """Violations of WCAG 2.2 AA that axe-core finds in the page as it stands."""
    source = (fetch.npm_packages() / "axe-core" / "axe.min.js").read_text("utf8")
    tab.evaluate(source)
    result = tab.evaluate("tags => axe.run({ runOnly: tags, resultTypes: ['violations'] })", WCAG)
    return [
        f"{found['id']}: {node['html'][:160]} ({node['failureSummary'][:300]})"
        for found in result["violations"]
        for node in found["nodes"]
    ]


def blank_pictures(tab: Page) -> list[str]:
    """Pictures that stay empty although they are in view."""
    complaints = []
    for picture in tab.locator("figure.picture").all():
        # An empty picture has no height, so it is not 'visible': laid out is what counts.
        if not picture.evaluate("each => each.getClientRects().length"):
            continue
        picture.evaluate("each => each.scrollIntoView()")
        try:
            picture.locator(DRAWN).first.wait_for(state="attached", timeout=8_000)
        except Waited:
            complaints.append(picture.get_attribute("aria-label") or "a picture without a name")
    return complaints


def weight(site: Path, urls: list[str], base: str) -> int:
    """Sum of what the addresses weigh: gzip -9, fonts as they are, each once."""
    total = 0
    for url in sorted({url.split("#")[0].split("?")[0] for url in urls if url.startswith(base)}):
        path = site / url.removeprefix(base)
        path = path / "index.html" if path.is_dir() else path
        content = path.read_bytes()
        is_font = path.suffix in (".woff2", ".woff", ".ttf")
        total += len(content) if is_font else len(gzip.compress(content, 9))
    return total


def facts(tab: Page) -> list[list[str]]:
    """The text of the tables that each shown cell puts out, cell by cell.

    Not of a machine to step: before the press it shows its first steps, after it the present state.
    """
    script = """() => JSON.stringify([...document.querySelectorAll('[id^=live-cell-]')].map(cell =>
        [...cell.querySelectorAll('.cell_output:not([hidden]) table')]
            .filter(table => !table.closest('.machine')).map(table =>
            [...table.rows].map(row => [...row.cells].map(c => c.textContent.trim()).join(' | '))
            .join('\\n')).join('\\n')))"""
    return json.loads(tab.evaluate(script))
