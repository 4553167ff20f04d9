"""The live widget: its script in a real browser, answered by a real session in Python."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.explorers import assets
from models.explorers.explorer import Explorer
from models.explorers.servers import servers
from models.explorers.view import View
from tests.explorers.test_gate import SOUND, Grown

pytestmark = pytest.mark.browser

# What anywidget hands to a widget's script, with Python behind `send`.
HOST = """
const traits = JSON.parse(await python(JSON.stringify({})));
const listeners = [];
const model = {
  get: (name) => traits[name],
  set: (name, value) => (traits[name] = value),
  save_changes() {},
  on: (event, call) => listeners.push([event, call]),
  off: (event, call) => listeners.splice(listeners.findIndex((l) => l[1] === call), 1),
  async send(message) {
    window.asked = (window.asked || 0) + 1;
    if (window.slow) await new Promise((done) => setTimeout(done, window.slow));
    traits.answer = JSON.parse(await python(JSON.stringify(message))).answer;
    for (const [event, call] of [...listeners]) if (event === "change:answer") call();
  },
};
const { default: widget } = await import("./module.js");
widget.render({ model, el: document.getElementById("place") });
"""


@pytest.fixture
def live(browser: Browser, pages: Path) -> Iterator:
    """A function that opens an explorer live and gives its page and its widget."""
    context = browser.new_context(viewport={"width": 900, "height": 900})
    context.set_default_timeout(10_000)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    errors: list[str] = []

    def open_live(explorer: Explorer, fragment: str = "") -> tuple[Page, View]:
        view = View(explorer)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))

        def python(text: str) -> str:
            message = json.loads(text)
            if message:
                view.receive(None, message)
            return json.dumps({"spec": view.spec, "answer": view.answer})

        page.expose_function("python", python)
        html = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Live</title>'
            '<link rel="stylesheet" href="explorers.css"><script src="stub.js"></script>'
            f'<div id="place"></div><script type="module">{HOST}</script>'
        )
        # Modules want an origin, which a file does not have: every file is served by the test.
        page.route("https://book.test/**", lambda route: _serve(route, pages, html))
        page.goto(f"https://book.test/live{fragment}")
        page.wait_for_selector(".explorer.live", state="attached")
        return page, view

    yield open_live
    context.close()
    assert errors == []


def _serve(route, folder: Path, html: str) -> None:
    name = route.request.url.split("#")[0].rsplit("/", 1)[1]
    if name == "live":
        route.fulfill(body=html, content_type="text/html")
    elif name == "module.js":
        route.fulfill(body=assets.explorer_module(), content_type="text/javascript")
    elif (folder / name).exists():
        route.fulfill(path=folder / name)
    else:
        route.fulfill(status=404)


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
