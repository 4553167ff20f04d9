"""How fast every explorer answers in the page: while a slider is dragged, and on its release.

Needs `make book` first. Nothing here is asserted: run it on an idle machine and read it. The limits
of the book are 60 ms for the coarse answer of a drag and 300 ms for the full one.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.page import row
from tests.book.browser import chromium, go_live, serving, visit
from tools.notebooks import chapters
from tools.serve import SITE

# Moves the first slider of each explorer as a hand does. An answer is there when the facts are
# written and the picture is drawn; superseded answers are not waited for, so steps come singly.
MOVE = """async () => {
    const pause = (ms) => new Promise((done) => setTimeout(done, ms));
    const changed = (node, what) => new Promise((done) => new MutationObserver((_, seen) => {
        seen.disconnect();
        done();
    }).observe(node, what));
    const answered = (section) => {
        const facts = changed(section.querySelector('.facts-place'), { childList: true });
        const plot = section.querySelector('[data-drawn]');
        const drawn = plot && changed(plot, { attributeFilter: ['data-drawn'] });
        return Promise.race([Promise.all([facts, drawn]), pause(3000)]);
    };
    const moved = async (section, slider, direction, kinds) => {
        const answer = answered(section);
        const begun = performance.now();
        if (direction) direction > 0 ? slider.stepUp(12) : slider.stepDown(12);
        for (const kind of kinds) slider.dispatchEvent(new Event(kind, { bubbles: true }));
        await answer;
        return performance.now() - begun;
    };
    for (const fold of document.querySelectorAll('details')) fold.open = true;
    const found = {};
    for (const section of document.querySelectorAll('.live-output section.explorer.live')) {
        const slider = section.querySelector('input[type=range]');
        if (!slider || !section.querySelector('.facts-place').children.length) continue;
        section.scrollIntoView();
        await pause(500);
        await moved(section, slider, 1, ['change']);  // the first answer of a kind compiles
        // Never back to a setting whose answer some model may have kept.
        const away = slider.value < 750 ? 1 : -1;
        const coarse = [], full = [];
        for (let step = 0; step < 12; step += 1) {
            coarse.push(await moved(section, slider, away, ['input']));
            await pause(80);
        }
        for (let step = 0; step < 6; step += 1) {
            await moved(section, slider, away, ['input']);
            await pause(80);
            full.push(await moved(section, slider, 0, ['change']));  // let go where it is
            await pause(80);
        }
        found[section.getAttribute('aria-label')] = { coarse, full };
    }
    return found;
}"""


def rows() -> Iterator[dict]:
    with serving(SITE) as base, chromium() as browser:
        for chapter in chapters():
            page = chapter.relative_to(chapter.parents[1]).with_suffix(".html")
            with visit(browser, base, bypass_csp=True) as visitor:
                tab = visitor.open(str(page))
                go_live(tab, timeout=180_000)
                for title, times in tab.evaluate(MOVE).items():
                    for kind, taken in times.items():
                        name = f"{page.stem}: {title}, {kind}"
                        yield row(f"{name}, median", statistics.median(taken), "ms")
                        yield row(f"{name}, longest", max(taken), "ms")
