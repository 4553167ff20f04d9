"""How fast the machine of chapter 6 answers in the page, in Chromium.

Needs `make book` first. Nothing here is asserted: run it on an idle machine and read it.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from playwright.sync_api import Page

from benchmarks.page import row
from tests.book.browser import chromium, go_live, serving, visit
from tools.serve import SITE

PAGE = "part2/06_1_the_machine.html"

# Presses 'Step' and 'Back' in turn; from each press until the next picture of the new state.
STEPS = """async () => {
    const place = document.querySelector('.live-output .machine');
    const status = place.querySelector('.machine-status');
    const named = (name) => [...place.querySelectorAll('button')].find(
        each => each.textContent === name);
    const press = async (button) => {
        const begun = performance.now();
        const told = new Promise(done => new MutationObserver((_, watch) => {
            watch.disconnect();
            requestAnimationFrame(() => done(performance.now() - begun));
        }).observe(status, { childList: true }));
        button.click();
        return told;
    };
    const times = { forward: [], back: [] };
    for (let n = 0; n < 60; n += 1) {
        const way = n % 6 < 4 ? 'forward' : 'back';
        times[way].push(await press(named(way === 'forward' ? 'Step ▶' : '◀ Back')));
        await new Promise(done => setTimeout(done, 30));
    }
    return times;
}"""

# Runs the example of a million instructions: until its end, and the longest silence meanwhile.
RUN = """async () => {
    const place = document.querySelector('.live-output .machine');
    const list = place.querySelector('select');
    const status = place.querySelector('.machine-status');
    const now = place.querySelector('.machine-now');
    list.value = 'million';
    list.dispatchEvent(new Event('change'));
    while (!status.textContent.startsWith('After step 0;'))
        await new Promise(done => setTimeout(done, 20));
    const begun = performance.now();
    const told = [begun];
    const watch = new MutationObserver(() => told.push(performance.now()));
    watch.observe(now, { childList: true });
    const ended = new Promise(done => new MutationObserver((_, own) => {
        if (!status.textContent.includes('ended')) return;
        own.disconnect();
        done(performance.now());
    }).observe(status, { childList: true }));
    [...place.querySelectorAll('button')].find(each => each.textContent === 'Run').click();
    const end = await ended;
    watch.disconnect();
    const silence = told.slice(1).map((time, i) => time - told[i]);
    const steps = Number(status.textContent.match(/After step ([0-9,]+)/)[1].replaceAll(',', ''));
    return { seconds: (end - begun) / 1000, steps, silence: Math.max(...silence) };
}"""


def steps(tab: Page) -> Iterator[dict]:
    """Rows of single steps."""
    for way, times in tab.evaluate(STEPS).items():
        yield row(f"step {way}, median", statistics.median(times), "ms")
        yield row(f"step {way}, longest", max(times), "ms")


def run(tab: Page, which: str) -> Iterator[dict]:
    """Rows of one long run."""
    taken = tab.evaluate(RUN)
    yield row(f"{taken['steps']:,} instructions, {which}", taken["seconds"], "s")
    yield row(f"a million of them, {which}", taken["seconds"] * 1e6 / taken["steps"], "s")
    yield row(f"longest silence, {which}", taken["silence"], "ms")


def rows() -> Iterator[dict]:
    with serving(SITE) as base, chromium() as browser, visit(browser, base) as visitor:
        tab = visitor.open(PAGE)
        go_live(tab)
        for fold in tab.locator("details.guarded").all():
            fold.evaluate("each => each.open = true")
        tab.wait_for_timeout(2000)
        yield from steps(tab)
        yield from run(tab, "first run")
        yield from run(tab, "again")
