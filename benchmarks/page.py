"""How long a page takes to go live, what it weighs, how fast it answers, in Chromium.

Needs `make book` first. Nothing here is asserted: run it on an idle machine and read it. The
processor time of all of the browser's processes stands beside each wait: it says what the wait
would be about when the machine has something else to do.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from playwright.sync_api import Browser, Page

from tests.book import gates
from tests.book.browser import ENDED, chromium, serving, visit
from tools.serve import SITE, Handler

PAGE = "part1/02_how_many_servers.html"
SECOND = "part1/02_4_rapid_elasticity.html"
MEGABIT = 125_000  # bytes a second


def row(name: str, value: float, unit: str, against: str = "", ratio: float | None = None) -> dict:
    return {"name": name, "value": value, "unit": unit, "against": against, "ratio": ratio}


def processes(browser: Browser) -> list[dict]:
    """The browser's processes: `type`, `id` and the seconds of processor time, `cpuTime`."""
    session = browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return found


def spent(browser: Browser) -> float:
    """Seconds of processor time that the browser has used so far."""
    return sum(each["cpuTime"] for each in processes(browser))


def memory(browser: Browser, kind: str) -> float:
    """Megabytes of the largest renderer: the page with its worker and its scripts.

    `RssAnon` is what the page itself occupies, as the browser's own task manager shows it; `VmRSS`
    also counts the browser's program, which all of its processes share. `performance.memory` knows
    nothing of a worker, and measureUserAgentSpecificMemory wants headers that no static host sends.
    """
    pids = [each["id"] for each in processes(browser) if each["type"] == "renderer"]
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return max(int(line.split()[1]) for line in lines if line.startswith(kind)) * 1024 / 1e6


def occupied(browser: Browser, when: str) -> Iterator[dict]:
    """Two rows: the page's own memory, and with the browser's program in it."""
    yield row(f"memory {when}", memory(browser, "RssAnon"), "MB")
    yield row(f"memory {when}, with the browser's program", memory(browser, "VmRSS"), "MB")


def press(tab: Page) -> tuple[float, float]:
    """Seconds from the press to all cells live, and seconds of processor time meanwhile."""
    browser = tab.context.browser
    button = tab.get_by_role("button", name="Run live", exact=True)
    button.wait_for()
    tab.wait_for_timeout(3000)  # what opening the page sets off is over
    busy, begun = spent(browser), time.perf_counter()
    button.click()
    tab.wait_for_function(ENDED, timeout=180_000, polling=20)
    taken = time.perf_counter() - begun
    if tab.evaluate("document.documentElement.dataset.live") != "live":
        raise RuntimeError(tab.locator("#live-status").text_content())
    return taken, spent(browser) - busy


# Sets the slider as a hand does and waits until the picture has been drawn anew.
DRAG = """async () => {
    const cell = [...document.querySelectorAll('.cell')].find(
        each => each.querySelector('.live-output input[type=range]'));
    for (const fold of cell.querySelectorAll('details')) fold.open = true;
    const slider = cell.querySelector('.live-output input[type=range]');
    const picture = () => cell.querySelector('.live-output [data-drawn]');
    const drawnAnew = () => new Promise((done) => new MutationObserver((_, seen) => {
        seen.disconnect();
        done();
    }).observe(picture(), { attributeFilter: ['data-drawn'] }));
    while (!picture()) await new Promise(done => setTimeout(done, 50));
    const times = [];
    for (let step = 0; step < 40; step += 1) {
        const drawn = drawnAnew();
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


def measured(name: str, taken: tuple[float, float], first: tuple[float, float] | None = None):
    """Two rows, the wait and its processor time, against those of the first press."""
    for suffix, now, before in zip(("", ", processor"), taken, first or (None, None), strict=True):
        against = f"press to live{suffix}" if before else ""
        yield row(name + suffix, now, "s", against, now / before if before else None)


def rows() -> Iterator[dict]:
    with serving(SITE) as base, chromium() as browser:
        with visit(browser, base) as visitor:
            visitor.open("index.html").wait_for_load_state("networkidle")
            yield row("landing page", gates.weight(SITE, visitor.loaded, base) / 1e3, "kB gzip")
        with visit(browser, base) as visitor:
            tab = visitor.open(PAGE)
            tab.wait_for_load_state("networkidle")
            seen = gates.weight(SITE, visitor.loaded, base)
            yield row("chapter, first view", seen / 1e3, "kB gzip")
            first = press(tab)
            yield from measured("press to live", first)
            pressed = gates.weight(SITE, visitor.loaded, base) - seen
            yield row("first press", pressed / 1e6, "MB gzip")
            yield from occupied(browser, "once live")
            times = drag(tab)
            yield row("slider to picture, median", statistics.median(times), "ms")
            yield row("slider to picture, p95", times[int(0.95 * len(times))], "ms")
            yield from occupied(browser, "after dragging")
            tab.goto(base + SECOND)
            yield from measured("second page", press(tab), first)
        with serving(SITE, Slow) as behind, visit(browser, behind) as visitor:
            slow = press(visitor.open(PAGE))
            yield from measured("press to live, 20 Mbit/s", slow, first)
