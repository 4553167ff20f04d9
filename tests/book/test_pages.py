"""Every page of the built book: what a reader gets before and after the press."""

import json

import pytest
from playwright.sync_api import expect

from book._live import firmware
from tests.book import gates
from tests.book.browser import go_live, visit
from tests.book.conftest import BOOK

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = [str(page.relative_to(BOOK)) for page in sorted(BOOK.rglob("*.html"))] or ["index.html"]
LIVE = [name for name in PAGES if 'id="live-config"' in (BOOK / name).read_text("utf8")]
# The theme waits 300 ms after a resize before it looks again what has to be reached by keyboard;
# a later timer of the same page ends after it however busy the machine is.
SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 600)))"
# Light and dark, desktop and phone, before the press and after it: each pair of the three is looked
# at, each triple in `make soak` (axe-core is two thirds of these tests' time).
BEFORE = [("light", 1280), ("dark", 360)]
AFTER = [("dark", 1280), ("light", 360)]


def unfold(tab) -> None:
    """Open what a reader would open: results behind predictions, self-checks, further controls."""
    tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


def violations(tab, looks) -> list[str]:
    """axe-core's findings in each of the looks: a colour scheme and a width."""
    found = []
    for scheme, width in looks:
        tab.emulate_media(color_scheme=scheme)
        tab.set_viewport_size({"width": width, "height": 900})
        tab.wait_for_function("width => innerWidth === width", arg=width)
        tab.evaluate(SETTLED)
        found += [f"{scheme}, {width} px: {each}" for each in gates.axe(tab)]
        wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found.append(f"{scheme}, {width} px: the page is {wide} px wider than the window")
    return found


def test_the_pages_as_files(book_site):
    assert gates.broken_links(book_site) == []
    assert gates.outside_loads(book_site) == []
    assert gates.unnamed_pictures(book_site) == []
    assert gates.tracebacks(book_site) == []
    assert gates.without_policy(book_site) == []


def look_at(tab, visitor, looks) -> None:
    """What holds for a page in every state: pictures, accessibility, nothing outside or missing."""
    unfold(tab)
    assert gates.blank_pictures(tab) == []
    assert violations(tab, looks) == []
    assert visitor.outside == []
    assert visitor.missing == []
    assert visitor.complaints == []


@pytest.mark.parametrize("name", [name for name in PAGES if name not in LIVE])
def test_a_page_without_cells(browser, book_base, book_site, name):
    with visit(browser, book_base) as visitor:
        tab = visitor.open(name)
        visitor.all_loaded(tab)
        look_at(tab, visitor, BEFORE + AFTER)
        if name == "index.html":
            assert gates.weight(book_site, visitor.loaded, book_base) <= 150_000


def boot_programs(tab) -> None:
    """Boot the console's programs: a kernel of ours, and OpenSBI from the site."""
    for program, said in {"hello": "hello from user mode", "opensbi": "OpenSBI v"}.items():
        if program == "hello" or firmware.ships():
            tab.get_by_label("Program:").select_option(program)
            tab.get_by_role("button", name="Boot", exact=True).click()
            expect(tab.locator(".terminal")).to_contain_text(said, timeout=30_000)


#: What is tried of a page that is live, besides looking at it.
USES = {"appendix/console.html": boot_programs}


def press(browser, base, site, name, before, after) -> None:
    """Open a page that has cells, look, go live, compare the facts, look again."""
    with visit(browser, base) as visitor:
        tab = visitor.open(name)
        visitor.all_loaded(tab)
        stored = gates.facts(tab)
        look_at(tab, visitor, before)
        assert (site / name).stat().st_size <= 300_000
        assert gates.weight(site, visitor.loaded, base) <= 1_500_000
        config = json.loads(tab.locator("#live-config").text_content())
        assert sum(sent for _, sent in config["files"].values()) <= 25_000_000
        go_live(tab)
        expect(tab.locator(".live-error")).to_have_count(0)
        assert gates.facts(tab) == stored, "the page computes other facts than the notebook stores"
        USES.get(name, lambda tab: None)(tab)
        look_at(tab, visitor, after)


@pytest.mark.parametrize("name", LIVE)
def test_a_page_before_and_after_the_press(browser, book_base, book_site, name):
    press(browser, book_base, book_site, name, BEFORE, AFTER)


@pytest.mark.soak
@pytest.mark.parametrize("name", LIVE)
def test_a_page_in_every_look(browser, book_base, book_site, name):
    press(browser, book_base, book_site, name, BEFORE + AFTER, BEFORE + AFTER)


def test_a_stale_fact_is_seen(browser, fixture_site, fixture_base):
    """The planted defect: the fixture's second page stores a sum that the run does not give."""
    with visit(browser, fixture_base) as visitor:
        tab = visitor.open("stale.html")
        stored = gates.facts(tab)
        go_live(tab)
        assert stored == [["Sum | 46"]] or stored == ["Sum | 46"]
        assert gates.facts(tab) != stored
