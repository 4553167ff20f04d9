"""A reader walks the page table in a real browser, without Python: by mouse and by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from models.explorers.page_walk import PageWalk, page_walk_explorer, told, walk_count
from models.guests.page_table import PAGES
from models.guests.page_walk import Paging, page_walk
from tests.explorers.alone import predicted


@pytest.fixture
def page(request, browser: Browser) -> Iterator[Page]:
    """The prediction and the explorer, the prediction made; a parameter is the address's end."""
    outputs = (walk_count, page_walk_explorer)
    with predicted(browser, outputs, answer="4", end=getattr(request, "param", "")) as page:
        yield page


def cells(page: Page):
    return page.locator(".walk-cells button")


@pytest.mark.browser
def test_the_walk_in_order_ends_at_the_data_with_the_boards_count(page):
    assert not page.locator(".walk table.facts").is_visible()
    for i in range(5):
        cells(page).nth(i).click()
    assert "counted 4 references" in page.locator(".walk-told").inner_text()
    assert page.locator(".walk table.facts").is_visible()
    page.get_by_role("button", name="Load the next eight bytes").click()
    assert "counted 0 references" in page.locator(".walk-told").inner_text()


@pytest.mark.browser
def test_a_reference_out_of_order_is_answered_and_not_made(page):
    cells(page).nth(2).click()
    assert "has not been read yet" in page.locator(".walk-told").inner_text()
    cells(page).nth(4).click()
    assert "has not been read yet" in page.locator(".walk-told").inner_text()
    assert page.locator(".walk-read").count() == 0
    cells(page).nth(0).click()
    cells(page).nth(0).click()
    assert "has been read" in page.locator(".walk-told").inner_text()
    assert page.locator(".walk-read").count() == 1


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["sv39", "sv48"])
@pytest.mark.parametrize("size", list(PAGES))
def test_by_keyboard_at_every_setting(page, scheme, size):
    page.get_by_label("Scheme").select_option(scheme)
    page.get_by_label("Page size").select_option(size)
    counted = page_walk(Paging(scheme, size)).counted
    step = page.get_by_role("button", name="Make the next reference")
    step.focus()
    for _ in range(counted + 1):
        page.keyboard.press("Enter")
    assert f"counted {counted} reference" in page.locator(".walk-told").inner_text()
    assert step.is_disabled()
    assert page.locator(".walk-unread").count() == PAGES[size]
    page.get_by_role("button", name="Start again").click()
    assert page.locator(".walk-read").count() == 0


@pytest.mark.browser
def test_a_leaf_ends_the_walk_before_the_last_level(page):
    page.get_by_label("Page size").select_option("2 MiB")
    for i in range(3):
        cells(page).nth(i).click()
    cells(page).nth(3).click()
    assert "was a leaf" in page.locator(".walk-told").inner_text()
    cells(page).nth(4).click()
    assert "larger page saves 1" in page.locator(".walk-told").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("page", ["page-walk?scheme=sv39&page=2+MiB"], indirect=True)
def test_a_link_carries_the_settings_there_and_back(page):
    assert page.get_by_label("Scheme").input_value() == "sv39"
    assert page.get_by_label("Page size").input_value() == "2 MiB"
    assert cells(page).count() == 4  # three levels and the data
    page.get_by_label("Page size").select_option("4 KiB")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("#page-walk?scheme=sv39&page=4+KiB").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize(
    "page", ["page-walk?scheme=sv57&page=<img src=x>", "stepper?scheme=sv39"], indirect=True
)
def test_a_link_to_what_there_is_not_changes_nothing(page):
    assert page.get_by_label("Scheme").input_value() == Paging().scheme
    assert page.get_by_label("Page size").input_value() == Paging().page


def test_the_live_form_and_the_static_one_are_the_same():
    explorer = PageWalk()
    bundle = explorer._repr_mimebundle_()
    assert bundle["text/html"] == explorer.view.html
    assert 'data-explorer="page-walk"' in explorer.view.html
    assert bundle["text/plain"] == page_walk(Paging()).facts().text()


def test_entries_are_told_in_words():
    root, *_, leaf = page_walk(Paging()).references
    assert told(root) == f"names the next table, at {root.entry >> 10 << 12:#x}"
    assert told(leaf) == "is a leaf: a page of 4 KiB at 0x80207000, rights RWX"
