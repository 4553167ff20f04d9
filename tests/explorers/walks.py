"""A prediction and the walk behind it on a page of their own, without Python."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from models.explorers import assets

# A page made of text has no storage of its own; the answer would be kept there.
STORAGE = """
Object.defineProperty(window, 'localStorage', {value: {
  getItem() { return null }, setItem() {}, removeItem() {}
}})
"""


@contextmanager
def predicted(browser: Browser, outputs: Sequence[Any], answer: str, end: str) -> Iterator[Page]:
    """The page with the prediction made; `end` is that of its address. Errors fail at the end."""
    body = "".join(output._repr_mimebundle_()["text/html"] for output in outputs)
    context = browser.new_context(viewport={"width": 900, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Walk</title>'
        f"<style>{assets.css()}</style><body>{body}</body>"
    )
    page.evaluate(STORAGE)
    page.evaluate("end => (location.hash = end)", end)
    page.add_script_tag(content=assets.page_script())
    page.get_by_label("Your answer").fill(answer)
    page.get_by_role("button", name="Keep my prediction").click()
    yield page
    context.close()
    assert errors == []
