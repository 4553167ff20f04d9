"""What a reader meets before anything is pressed, in a real browser and without Python."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.explorers.theme import colours

pytestmark = pytest.mark.browser
DRAWN = ".picture-area[data-drawn]"


@pytest.fixture
def visit(browser: Browser, pages: Path) -> Iterator:
    """A function that opens the page, by default without Plotly's weight."""
    context = browser.new_context(viewport={"width": 900, "height": 900}, color_scheme="light")
    context.set_default_timeout(10_000)
    errors: list[str] = []

    def open_page(name: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.goto((pages / name).as_uri())
        return page

    yield open_page
    context.close()
    assert errors == []


@pytest.fixture
def page(visit) -> Page:
    return visit("stub.html")


@pytest.fixture
def drawn(visit) -> Page:
    """With Plotly, the prediction made and the picture drawn."""
    page = visit("plotly.html")
    predict(page, "100")
    page.wait_for_selector(DRAWN)
    return page


def predict(page: Page, number: str) -> None:
    page.get_by_label("Your answer").fill(number)
    page.get_by_text("70 %").click()
    page.get_by_role("button", name="Keep my prediction").click()


def ink(page: Page) -> str:
    """The colour of the picture's text, as drawn."""
    return page.locator(".picture-area .xtick text").first.evaluate("e => getComputedStyle(e).fill")


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def test_the_result_waits_for_the_prediction_and_then_both_stand(page):
    assert not page.locator("table.facts").is_visible()
    predict(page, "100")
    feedback = page.locator(".feedback")
    assert "You said 100 servers (70 % sure)" in feedback.inner_text()
    assert "The run says 84 servers" in feedback.inner_text()
    assert "In proportion" in feedback.inner_text()
    assert page.locator(".surprise .said").inner_text() == "100 servers"
    assert page.locator("table.facts").is_visible()


def test_the_picture_is_drawn(drawn):
    assert drawn.locator(".picture .scatterlayer .trace").count() >= 4


@pytest.mark.parametrize("text", ["", "many", "0", "1e9", "NaN"])
def test_what_is_no_answer_is_refused_beside_the_field(page, text):
    predict(page, text)
    assert "numbers from 1 to 1,000 servers" in page.get_by_role("alert").first.inner_text()
    assert not page.locator("table.facts").is_visible()


def test_the_answer_is_kept_over_a_reload_until_asked_again(page):
    predict(page, "90")
    page.reload()
    assert "You said 90 servers" in page.locator(".feedback").inner_text()
    assert page.locator("table.facts").is_visible()
    page.get_by_role("button", name="Ask me again").click()
    assert page.locator(".feedback").inner_text() == ""
    assert not page.locator("table.facts").is_visible()


def test_whoever_will_not_predict_opens_it_by_keyboard(page):
    page.locator("details.guarded summary").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(DRAWN)
    assert page.locator("table.facts").is_visible()


def test_the_slider_works_before_the_press_and_leaves_a_ghost(drawn):
    slider = drawn.get_by_role("slider", name="Customers")
    assert slider.get_attribute("aria-valuetext") == "1 ×"
    slider.fill("7")
    assert slider.get_attribute("aria-valuetext") != "1 ×"
    needed = drawn.locator("table.facts td").first.inner_text()
    assert int(needed) > 10
    assert needed in drawn.locator(".changed").inner_text()
    ghost = drawn.locator(".picture .scatterlayer .trace").first
    assert ghost.evaluate("e => getComputedStyle(e).opacity") == "0.4"


def test_a_list_and_a_box_work_before_the_press_too(visit):
    page = visit("native.html")
    page.get_by_label("Law").select_option("cube")
    first, second = page.locator(".changed").all()
    assert first.inner_text() == "Law Cube. A curve that ends at 27."
    assert page.locator("table.facts td").first.inner_text() == "27"
    page.get_by_label("Shown").uncheck()
    assert second.inner_text() == "Shown off. A curve that ends at 9."
    assert page.locator(".control.flag label").bounding_box()["height"] >= 44


def test_the_picture_follows_the_theme(drawn):
    assert ink(drawn) == rgb(colours("light")["ink"])
    drawn.evaluate("document.documentElement.dataset.theme = 'dark'")
    drawn.wait_for_function(f"document.querySelector('{DRAWN}').dataset.drawn > 1")
    assert ink(drawn) == rgb(colours("dark")["ink"])


def test_a_phone_gets_a_picture_of_its_own(drawn):
    wide = drawn.locator(".picture-area .main-svg").first.bounding_box()
    drawn.set_viewport_size({"width": 390, "height": 800})
    drawn.wait_for_timeout(200)
    narrow = drawn.locator(".picture-area .main-svg").first.bounding_box()
    assert narrow["height"] > wide["height"]  # the two panels stand above each other
    assert narrow["width"] < 390
    assert drawn.evaluate("document.documentElement.scrollWidth") <= 390


def test_targets_are_large_enough_for_a_finger(page):
    targets = page.locator("button:visible, summary:visible, input[type=range]:visible")
    heights = [target.bounding_box()["height"] for target in targets.all()]
    assert heights, "the form to predict with"
    predict(page, "100")
    page.wait_for_selector(DRAWN)
    after = [target.bounding_box()["height"] for target in targets.all()]
    assert len(after) > 1, "the slider that works before the press, and what unfolds"
    assert min(heights + after) >= 44
