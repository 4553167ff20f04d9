"""The River and the guest that finds out: what Python answers, and what a browser does."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from models.explorers import failures
from models.explorers.exits import OneCall
from models.explorers.find_out import FindOutView, find_out_explorer, silent_hole
from models.explorers.river import TOLD, RiverView, handled, river
from models.hypervisors.find_out import DEFAULT
from tests.explorers.alone import alone


def data(output):
    html = output._repr_mimebundle_()["text/html"]
    return json.loads(re.search(r'json">(.*?)</script>', html, re.S)[1].replace("<\\/", "</"))


def test_every_reason_has_its_words():
    stored = data(river)
    reasons = {group[2] for flow in stored["flows"].values() for group in flow["groups"]} - {""}
    assert reasons <= set(TOLD)


def test_run_it_now_runs_the_engine_and_a_wrong_name_is_told():
    view = RiverView("")
    view.receive(None, {"engine": "trap-and-emulate", "workload": "hello", "seq": 1})
    assert "What differs</th><td>nothing" in view.answer["facts"]
    assert view.answer["seq"] == 1
    view.receive(None, {"engine": "hardware", "workload": "hello", "seq": 2})
    assert view.answer["facts"] == ""
    assert "'hardware' is unknown; allowed: one of interpret" in view.answer["alarm"]
    assert view.answer["seq"] == 2
    assert failures.RECORD.pop().startswith("RiverView: {'engine': 'hardware'")


def test_predictions_come_from_runs():
    assert 0 < handled.truth().value < 500
    assert silent_hole.truth() == "silent"


def test_replies_to_what_a_reader_writes():
    view = FindOutView("")
    good = view.reply({"lines": "\n".join(DEFAULT), "holes": True, "rule": "none"})
    assert good["refusal"] == ""
    assert good["duel"]["steps"][0]["differs"] == ["a0"]
    for lines, told in (("add a0, b1, a2", "not a register"), ("nop\n" * 4, "allowed: up to 3"),
                        ("n" * 500, "allowed: up to 400")):  # fmt: skip
        refused = view.reply({"lines": lines, "holes": True, "rule": "none"})
        assert refused["duel"] is None
        assert told in refused["refusal"]
    view.receive(None, {"seq": 3})
    assert view.answer["duel"] is None
    assert "KeyError: 'lines'" in view.answer["refusal"]
    assert view.answer["seq"] == 3
    assert failures.RECORD.pop().startswith("FindOutView: {'seq': 3}")


def test_a_call_that_is_not_made_or_does_not_return():
    for call in (0, 6):
        with pytest.raises(ValueError, match="allowed: 1 to 5"):
            _ = OneCall(call).log
    with pytest.raises(ValueError, match="never returns; allowed: 1 to 4"):
        _ = OneCall(5).log


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    outputs, size = (river, find_out_explorer), {"width": 360, "height": 800}
    with alone(browser, outputs, "River", viewport=size, reduced_motion="reduce") as page:
        for summary in page.locator("details.guarded > summary").all():
            summary.click()
        yield page


@pytest.mark.browser
def test_both_work_before_anything_is_pressed_by_keyboard_on_a_phone(page):
    told = page.locator(".river-told")
    picture = page.locator(".river-picture")
    assert "by way of the hypervisor" in picture.get_attribute("aria-label")
    page.get_by_label("Engine").select_option("interpret")
    assert "1000 by way of the hypervisor" in told.inner_text()
    page.get_by_label("Engine").select_option("trap-and-emulate")
    page.get_by_role("button", name="One exit").focus()
    page.keyboard.press("Enter")
    assert told.inner_text().startswith("Exit 1 of 98")
    page.get_by_label("Show").select_option("2012")
    assert "cycles" in told.inner_text()
    assert page.get_by_text("Cycles that are the guest's own").is_visible()
    assert page.get_by_role("button", name="Run it now").count() == 0  # only when live

    page.get_by_label("The processor has holes").check()
    step = page.get_by_role("button", name="Step ▶")
    step.focus()
    page.keyboard.press("Enter")
    assert page.locator(".duel-lamp").inner_text() == "≠ not equal since csrr a0, sstatus"
    assert "Nothing trapped" in page.locator(".duel-told").inner_text()
    page.get_by_label("Replace").select_option("sstatus")
    page.get_by_role("button", name="Run", exact=True).click()
    assert page.locator(".duel-lamp").inner_text() == "= equal"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
