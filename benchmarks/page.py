"""How long a page takes to go live, what it weighs, how fast it answers, in Chromium.

Needs `make book` first. Nothing here is asserted: run it on an idle machine and read it.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from typing import IO

from playwright.sync_api import Page

from tests.book import gates
from tests.book.browser import ENDED, chromium, serving, visit
from tools.serve import SITE, Handler

PAGE = "part1/02_how_many_servers.html"
MEGABIT = 125_000  # bytes a second


def row(name: str, value: float, unit: str, against: str = "", ratio: float | None = None) -> dict:
    return {"name": name, "value": value, "unit": unit, "against": against, "ratio": ratio}


def press(tab: Page) -> float:
    """Seconds from the press to all cells live."""
    button = tab.get_by_role("button", name="Run live", exact=True)
    button.wait_for()
    tab.wait_for_timeout(1000)
    begun = time.perf_counter()
    button.click()
    tab.wait_for_function(ENDED, timeout=180_000, polling=20)
    taken = time.perf_counter() - begun
    if tab.evaluate("document.documentElement.dataset.live") != "live":
        raise RuntimeError(tab.locator("#live-status").text_content())
    return taken


# Sets the slider as a hand does and waits until the picture has been drawn anew.
DRAG = """async () => {
    const cell = [...document.querySelectorAll('.cell')].find(
        each => each.querySelector('.live-output input[type=range]'));
    for (const fold of cell.querySelectorAll('details')) fold.open = true;
    const slider = cell.querySelector('.live-output input[type=range]');
    const picture = () => cell.querySelector('.live-output .js-plotly-plot');
    while (!picture()) await new Promise(done => setTimeout(done, 50));
    const times = [];
    for (let step = 0; step < 40; step += 1) {
        const drawn = new Promise(done => picture().once('plotly_afterplot', done));
        const begun = performance.now();
        slider.stepUp(step % 2 ? -1 : 1);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await Promise.race([drawn, new Promise(done => setTimeout(done, 2000))]);
        times.push(performance.now() - begun);
        await new Promise(done => setTimeout(done, 50));
    }
    return times;
}"""


def drag(tab: Page) -> list[float]:
    """Milliseconds from each slider step to the new picture."""
    return sorted(tab.evaluate(DRAG))


class Slow(Handler):
    """A server behind a line of 20 Mbit/s that all connections share."""

    line = threading.Lock()

    def copyfile(self, source: IO[bytes], outputfile: IO[bytes]) -> None:
        """Send the body no faster than the line allows."""
        while chunk := source.read(16_384):
            with self.line:
                time.sleep(len(chunk) / (20 * MEGABIT))
            outputfile.write(chunk)


def memory(tab: Page) -> float:
    """Megabytes that the page and its worker hold."""
    script = "async () => (await performance.measureUserAgentSpecificMemory?.())?.bytes ?? 0"
    heap = tab.evaluate("performance.memory.usedJSHeapSize")
    return (tab.evaluate(script) or heap) / 1e6


def rows() -> Iterator[dict]:
    with serving(SITE) as base, chromium() as browser:
        with visit(browser, base) as visitor:
            visitor.open("index.html").wait_for_load_state("networkidle")
            yield row("landing page", gates.weight(SITE, visitor.requests, base) / 1e3, "kB gzip")
        with visit(browser, base) as visitor:
            tab = visitor.open(PAGE)
            tab.wait_for_load_state("networkidle")
            seen = gates.weight(SITE, visitor.requests, base)
            yield row("chapter, first view", seen / 1e3, "kB gzip")
            first = press(tab)
            yield row("press to live", first, "s")
            pressed = gates.weight(SITE, visitor.requests, base) - seen
            yield row("first press", pressed / 1e6, "MB gzip")
            yield row("memory once live", memory(tab), "MB")
            times = drag(tab)
            yield row("slider to picture, median", statistics.median(times), "ms")
            yield row("slider to picture, p95", times[int(0.95 * len(times))], "ms")
            tab.close()
            second = press(visitor.open(PAGE))
            yield row("second page, press to live", second, "s", "press to live", second / first)
        with serving(SITE, Slow) as behind, visit(browser, behind) as visitor:
            slow = press(visitor.open(PAGE))
            yield row("press to live, 20 Mbit/s", slow, "s", "press to live", slow / first)
