"""The live widget: its script in a real browser, answered by a real session in Python."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from models.explorers.explorer import Explorer
from models.explorers.servers import servers
from models.explorers.view import View
from tests.explorers.test_gate import SOUND, Grown

pytestmark = pytest.mark.browser


@pytest.fixture
def live(host) -> Callable[..., tuple[Page, View]]:
    """A function that opens an explorer live and gives its page and its widget."""

    def open_live(explorer: Explorer, fragment: str = "") -> tuple[Page, View]:
        view = View(explorer)
        return host(view, fragment), view

    return open_live


def test_every_control_has_a_name_and_obeys_the_keyboard(live):
    page, view = live(SOUND)
    slider = page.get_by_role("slider", name="Items")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.changed').textContent.includes('→')")
    assert page.locator(".changed").inner_text() == "Items 3 → 4: last 9 → 16."
    assert slider.get_attribute("aria-valuetext") == "4 items"
    for key, value in (("End", 9), ("Home", 1), ("PageUp", 9), ("PageDown", 1)):
        page.keyboard.press(key)
        page.wait_for_function(f"document.activeElement.ariaValueText === '{value} items'")
    page.get_by_label("Law").select_option("cube")
    page.wait_for_function("document.querySelector('.changed').textContent.includes('Cube')")
    assert view.answer["values"] == {"n": 1, "law": "cube", "shown": True}


# A second widget on the page: its scripts are loaded once more, as anywidget does.
SECOND = """async () => {
  const traits = JSON.parse(await python("{}"));
  const text = await (await fetch("./module.js")).text();
  const script = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { default: widget } = await import(script);
  const el = document.body.appendChild(document.createElement("div"));
  const none = () => {};
  const model = { get: (name) => traits[name], set: none, save_changes: none, on: none, off: none,
    send: none };
  widget.render({ model, el });
}"""


def test_two_widgets_on_a_page_share_no_id(live):
    """Else the second one's labels name the first one's controls."""
    page, _ = live(SOUND)
    page.evaluate(SECOND)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    second = page.locator(".explorer").nth(1)
    assert second.get_by_label("Law").count() == 1


@pytest.mark.parametrize("typed", ["10", "many", "2.5", ""])
def test_bad_input_is_told_beside_the_control_and_the_picture_stays(live, typed):
    page, view = live(SOUND)
    field = page.get_by_label("Items, typed")
    field.fill(typed)
    field.press("Enter")
    alert = page.locator(".control .refusal").first
    alert.wait_for(state="visible")
    assert "allowed: whole numbers from 1 to 9 items" in alert.inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    assert "9" in page.locator("table.facts").inner_text()
    field.fill("5")
    field.press("Enter")
    alert.wait_for(state="hidden")
    assert view.answer["values"]["n"] == 5


def test_values_that_are_superseded_while_dragging_are_dropped(live):
    page, view = live(SOUND)
    page.evaluate("window.slow = 100; window.asked = 0")
    page.evaluate(
        """() => {
          const slider = document.querySelector("input[type=range]");
          for (let position = 300; position <= 1000; position += 10) {
            slider.value = position;
            slider.dispatchEvent(new Event("input"));
          }
          slider.dispatchEvent(new Event("change"));
        }"""
    )
    page.wait_for_function("document.querySelector('.changed').textContent.includes('→')")
    assert page.evaluate("window.asked") == 2  # the first and the last of 72
    assert view.answer["values"]["n"] == 9


def test_presets_more_and_reset(live):
    page, view = live(SOUND)
    page.get_by_role("button", name="Five").click()
    page.wait_for_function("document.querySelector('.changed').textContent.includes('→ 5')")
    page.get_by_text("More").click()
    page.get_by_label("Shown").uncheck()
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("document.querySelector('.changed').textContent.includes('→ 3')")
    assert view.answer["values"] == SOUND.defaults()
    assert page.get_by_label("Shown").is_checked()


def test_a_link_carries_settings_there_and_back(live):
    page, _ = live(SOUND)
    page.get_by_role("button", name="Five").click()
    page.wait_for_function("document.querySelector('.changed').textContent.includes('→ 5')")
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.changed').textContent.includes('copied')")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == "https://book.test/live#sound?n=5&law=square&shown=true"
    again, view = live(SOUND, "#" + link.split("#")[1])
    again.wait_for_function("document.querySelector('.changed').textContent.includes('→ 5')")
    assert view.answer["values"]["n"] == 5


def test_a_link_carries_the_seed(live):
    drawn = replace(SOUND, model=lambda p, rng: Grown(p), seed=1)
    page, _ = live(drawn, "#sound?n=5&%7Eseed=7")
    page.get_by_text("Seed 7").wait_for()
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.changed').textContent.includes('copied')")
    assert page.evaluate("navigator.clipboard.readText()").endswith("&%7Eseed=7")
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("Seed 1").wait_for()


@pytest.mark.parametrize("hostile", ["n=__import__('os')", "n=<img src=x onerror=alert(1)>"])
def test_nothing_in_a_link_is_run(live, hostile):
    page, view = live(SOUND, f"#sound?{hostile}")
    page.locator(".control .refusal").first.wait_for(state="visible")
    assert page.locator(".refusal img").count() == 0
    assert view.answer["values"] == SOUND.defaults()


def test_the_guard_opens_for_whoever_has_predicted(live):
    page, _ = live(servers)
    assert not page.locator("table.facts").is_visible()
    page.locator("summary").first.click()
    page.wait_for_selector(".picture-area[data-drawn]")
    page.evaluate("localStorage['models.prediction.ten-times'] = '{\"value\": 90}'")
    page.reload()
    page.wait_for_selector(".picture-area[data-drawn]")
    page.get_by_role("button", name="A web shop").click()
    page.wait_for_function("document.querySelector('.changed').textContent.includes('→ 84')")


def test_a_rehearsal_shows_what_is_shown():
    view = replace(SOUND, name="rehearsed").view
    view.receive(None, {"set": {"n": 5}, "settled": True, "seq": 1})
    before, session = view.answer, view.session
    view.receive(None, {"rehearse": True})
    assert view.answer == before | {"settled": False, "seq": 0}  # moves no control, ends no wait
    assert (session.values["n"], session.settled_values["n"]) == (5, 5)


def test_an_explorer_rehearses_once_when_it_is_seen(live):
    page, view = live(SOUND)
    page.wait_for_function("window.asked === 1")
    page.wait_for_timeout(200)
    assert page.evaluate("window.asked") == 1
    assert view.answer["settled"] is False
