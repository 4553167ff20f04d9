"""What a reader has tried at an exercise: kept between visits, and taken along as a notebook."""

import json

import nbformat
import pytest
from playwright.sync_api import expect

from models.grading.feedback import RECEIPT
from tests.book.browser import go_live, visit
from tests.book.test_live import output, retype

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TASK = "from models.grading import exercise, journal\ntask = exercise('02-1')\n"
ANSWER = TASK + "task.check(200.0, 10.23)"  # right for the printed numbers
ATTEMPTS = 'f\'{journal.record("02-1").attempts} in all, round {exercise("02-1").round}\''


@pytest.fixture
def answered(browser, fixture_base):
    """The fixture's first page, live, an exercise passed in its last cell."""
    with visit(browser, fixture_base, accept_downloads=True) as visitor:
        tab = visitor.open("one.html")
        go_live(tab)
        retype(tab, 2, ANSWER)
        expect(output(tab, 2)).to_contain_text("passed")
        yield tab
        assert visitor.complaints == []


def test_attempts_outlive_the_visit_and_going_live_counts_none(answered):
    answered.reload()
    go_live(answered)
    expect(output(answered, 2)).to_contain_text("passed")  # the kept answer, its own numbers
    retype(answered, 0, ATTEMPTS)
    expect(output(answered, 0)).to_contain_text("1 in all, round 2")


def test_attempts_that_cannot_be_read_do_not_stop_the_page(answered):
    answered.evaluate(
        "localStorage.setItem(`live-attempts:${location.pathname}`, '{\"other\": 1}')"
    )
    answered.reload()
    go_live(answered)
    expect(output(answered, 2)).to_contain_text("passed")


def test_my_notebook_holds_my_code_its_outputs_and_a_receipt(answered, tmp_path):
    with answered.expect_download() as saved:
        answered.get_by_role("button", name="Download my notebook").click()
    assert saved.value.suggested_filename == "my_one.ipynb"
    saved.value.save_as(tmp_path / "my.ipynb")
    notebook = nbformat.read(tmp_path / "my.ipynb", as_version=4)
    nbformat.validate(notebook)
    text, printing, widget, answer = notebook.cells
    assert text.source.startswith("# One")
    assert printing.outputs[0].text == "numpy 3\n"
    assert answer.source == ANSWER
    receipt = answer.outputs[0].data[RECEIPT]
    assert (receipt["exercise"], receipt["outcome"]) == ("02-1", "passed")
    assert "widget-view" not in json.dumps(widget)
