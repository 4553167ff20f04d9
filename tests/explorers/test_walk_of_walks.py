"""A reader walks two page tables in a real browser, without Python: by mouse and by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from models.explorers.walk_of_walks import (
    WalksOfWalks,
    nested_count,
    told,
    walk_of_walks_explorer,
)
from models.guests.walk_of_walks import Stages, walk_of_walks
from tests.explorers.alone import predicted


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The prediction and the explorer, the prediction made."""
    with predicted(browser, (nested_count, walk_of_walks_explorer), answer="8", end="") as page:
        yield page


def cell(page: Page, row: int, column: int):
    return page.locator(".walks-grid tbody tr").nth(row).locator("button").nth(column)


def said(page: Page) -> str:
    return page.locator(".walk-told").inner_text()


@pytest.mark.browser
def test_the_grid_row_by_row_ends_at_the_data_with_the_boards_count(page):
    assert not page.locator(".walks table.facts").is_visible()
    for row in range(5):
        for column in range(5):
            cell(page, row, column).click()
    assert "counted 24 references: 4 to the guest's table and 20 to the host's" in said(page)
    assert page.locator(".walks table.facts").is_visible()
    assert page.locator(".walk-unread").count() == 0


@pytest.mark.browser
def test_a_reference_out_of_order_is_answered_and_not_made(page):
    for (row, column), answer in {
        (0, 1): "has not been read yet",
        (0, 4): "only in its own numbers",
        (1, 0): "has not been read yet",
        (4, 4): "has not been read yet",
    }.items():
        cell(page, row, column).click()
        assert answer in said(page)
    assert page.locator(".walks .walk-read").count() == 0
    cell(page, 0, 0).click()
    cell(page, 0, 0).click()
    assert "has been read" in said(page)


@pytest.mark.browser
@pytest.mark.parametrize("pages", list(Stages.declared("pages").choices))
def test_by_keyboard_with_every_choice_of_pages(page, pages):
    page.get_by_label("Guest's table").select_option("sv39")
    page.get_by_label("Pages").select_option(pages)
    walk = walk_of_walks(Stages("sv39", "sv48", pages))
    step = page.get_by_role("button", name="Make the next reference")
    step.focus()
    for _ in range(walk.counted + 1):
        page.keyboard.press("Enter")
    assert f"counted {walk.counted} references" in said(page)
    assert step.is_disabled()
    assert page.locator(".walk-unread").count() == 4 * 5 - 1 - walk.counted
    page.get_by_role("button", name="Start again").click()
    assert page.locator(".walks .walk-read").count() == 0
    cell(page, 0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert "Reference 1, of the host's table" in said(page)


@pytest.mark.browser
def test_a_large_page_of_the_host_ends_each_row_early(page):
    page.get_by_label("Pages").select_option("host")
    page.get_by_role("button", name="Make the next reference").click(click_count=3)
    cell(page, 0, 3).click()
    assert "was a leaf" in said(page)
    for _ in range(5):
        page.get_by_role("button", name="Make the rest of the row").click()
    assert "counted 19 references" in said(page)


def test_the_live_form_and_the_static_one_are_the_same():
    explorer = WalksOfWalks()
    bundle = explorer._repr_mimebundle_()
    assert bundle["text/html"] == explorer.view.html
    assert 'data-explorer="walk-of-walks"' in explorer.view.html
    assert bundle["text/plain"] == walk_of_walks(Stages()).facts().text()
    assert len(bundle["text/html"]) < 80_000


def test_entries_are_told_in_words():
    walk = walk_of_walks(Stages())
    host, guest = walk.references[0], walk.references[4]
    assert told(host) == f"names the host's next table, at {host.entry >> 10 << 12:#x}"
    assert "next table, at guest physical 0x8" in told(guest)
    assert told(walk.references[3]).startswith("is a leaf: the page lies at 0x80")
    assert "Where that is, the host has to say" in told(walk.references[19])
