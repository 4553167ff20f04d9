"""Explorers on a page of their own, without Python; a walk behind its prediction."""

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
def alone(
    browser: Browser, outputs: Sequence[Any], title: str, end: str = "", **options: Any
) -> Iterator[Page]:
    """The page of these outputs; `end` is that of its address. Errors fail at the end."""
    body = "".join(output._repr_mimebundle_()["text/html"] for output in outputs)
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{assets.css()}</style><body>{body}</body>"
    )
    page.evaluate(STORAGE)
    page.evaluate("end => (location.hash = end)", end)
    page.add_script_tag(content=assets.page_script())
    yield page
    context.close()
    assert errors == []


@contextmanager
def predicted(browser: Browser, outputs: Sequence[Any], answer: str, end: str) -> Iterator[Page]:
    """The page of a walk with the prediction made."""
    with alone(browser, outputs, "Walk", end, viewport={"width": 900, "height": 900}) as page:
        page.get_by_label("Your answer").fill(answer)
        page.get_by_role("button", name="Keep my prediction").click()
        yield page
