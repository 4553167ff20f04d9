"""A page of a small book, from the press of 'Run live' to the stop; as a reader does it."""

import shutil

import pytest
from playwright.sync_api import expect

from tests.book.browser import go_live, serving, visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LOOP = "while True:\n    pass"


def state(tab) -> str:
    return tab.evaluate("document.documentElement.dataset.live")


def becomes(tab, wanted: str) -> None:
    expect(tab.locator("html")).to_have_attribute("data-live", wanted, timeout=60_000)


def retype(tab, cell: int, code: str) -> None:
    """Replace a live cell's code and run it with Shift+Enter."""
    editor = tab.locator(f"#live-cell-{cell} .cm-content")
    editor.click()
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text(code)
    tab.keyboard.press("Shift+Enter")


def output(tab, cell: int):
    return tab.locator(f"#live-cell-{cell} .cell_output:visible")


@pytest.fixture(scope="module")
def profile(browser, fixture_base):
    """One profile for the tests that do not count downloads: its cache saves a minute."""
    with visit(browser, fixture_base) as visitor:
        yield visitor
        assert visitor.complaints == [], "also when sessions were stopped and reset"


@pytest.fixture(scope="module")
def tab(profile):
    """One page for the tests that need no fresh one."""
    return profile.open("one.html")


@pytest.fixture
def live(tab):
    """The fixture's first page, live and unedited; started anew only where a test ended it."""
    if tab.evaluate("document.documentElement.dataset.live") != "live":
        tab.evaluate("localStorage.clear()")
        tab.reload()
        go_live(tab)
    yield tab
    for undo in tab.get_by_role("button", name="Undo edits", exact=True).all():
        if undo.is_visible():
            undo.click()
            tab.keyboard.press("Shift+Enter")
    expect(tab.locator("[aria-busy=true]")).to_have_count(0)


def test_one_press_runs_every_cell_and_a_slider_moves_its_label(browser, fixture_base):
    with visit(browser, fixture_base) as visitor:
        tab = visitor.open("one.html")
        assert state(tab) == "off"
        expect(tab.locator("#live-status")).to_contain_text("MB")
        go_live(tab)
        expect(output(tab, 0)).to_contain_text("numpy 3")
        expect(output(tab, 2)).to_contain_text("'models'")
        handle = tab.locator("#live-cell-1 .noUi-handle")
        handle.focus()
        for _ in range(3):  # quickly: what Python echoes meanwhile must not undo the next one
            tab.keyboard.press("ArrowRight")
        expect(tab.locator("#live-cell-1 .widget-label").last).to_have_text("square 36")
        assert visitor.outside == []
        assert visitor.missing == []
        assert visitor.complaints == []


def test_the_next_page_starts_python_ahead_and_runs_nothing_of_its_own(browser, fixture_base):
    with visit(browser, fixture_base) as visitor:
        tab = visitor.open("one.html")
        go_live(tab)
        with tab.expect_worker() as started:
            tab.goto(fixture_base + "two.html")
        expect(tab.locator("#live-status")).to_contain_text("starts ahead")
        assert len(tab.workers) == 1
        tab.wait_for_timeout(5000)  # time enough to run the cells, if it did
        assert state(tab) == "off"
        assert tab.locator(".live-output").count() == 0
        go_live(tab)
        assert tab.workers == [started.value], "the Python that was started ahead runs the cells"
        expect(output(tab, 0)).to_contain_text("45")
        assert visitor.complaints == []


# What was imported after the page's own kernel came, of Python's library: that is, of its source.
COMPILED = """
import os
import sys
from importlib import import_module
for name in "explorers.registry", "claims", "grading":
    import_module(f"models.{name}")
import numpy.fft
sys.modules["models.explorers.registry"].explorers()
names = list(sys.modules)
late = (sys.modules[name] for name in names[names.index("live_kernel"):])
print(*(name for name in os.listdir("/lib") if name.endswith(".so")))
print(*sorted(m.__name__ for m in late if "python312.zip" in (getattr(m, "__file__", "") or "")))
"""


def test_python_starts_with_what_our_packages_import_of_its_library(live):
    """Pyodide has it as source, and compiling that in the page took a quarter of a second."""
    retype(live, 2, COMPILED.strip())
    expect(output(live, 2)).to_have_text("ctypes ctypes._endian")


def test_a_first_visit_starts_nothing_ahead(browser, fixture_base):
    with visit(browser, fixture_base) as visitor:
        tab = visitor.open("one.html")
        expect(tab.locator("#live-status")).to_contain_text("Downloads")
        assert tab.workers == []
        assert not [url for url in visitor.loaded if "pyodide" in url]


def test_a_page_without_cells_has_no_button(browser, fixture_base):
    with visit(browser, fixture_base) as visitor:
        tab = visitor.open("index.html")
        assert tab.get_by_role("button", name="Run live").count() == 0
        assert not [url for url in visitor.requests if "main-" in url]


def test_an_edit_runs_and_outlives_stop_and_reload(live):
    retype(live, 2, "6 * 7")
    expect(output(live, 2)).to_contain_text("42")
    live.get_by_role("button", name="Stop").click()
    assert state(live) == "off"
    expect(output(live, 2)).to_contain_text("'models'")
    live.reload()
    go_live(live)
    expect(output(live, 2)).to_contain_text("42")
    live.locator("#live-cell-2").get_by_role("button", name="Undo edits").click()
    live.keyboard.press("Shift+Enter")
    expect(output(live, 2)).to_contain_text("'models'")


def test_reset_starts_a_new_python(live):
    retype(live, 0, "left_over = 1")
    retype(live, 2, "'left_over' in globals()")
    expect(output(live, 2)).to_contain_text("True")
    live.locator("#live-cell-0").get_by_role("button", name="Undo edits").click()
    live.get_by_role("button", name="Reset").click()
    becomes(live, "live")
    expect(output(live, 2)).to_contain_text("False")


def test_an_endless_loop_can_be_stopped_and_undone(live):
    retype(live, 2, LOOP)
    expect(live.locator("#live-cell-2")).to_have_attribute("aria-busy", "true")
    live.get_by_role("button", name="Stop").click()
    assert state(live) == "off"
    expect(live.locator("#live-status")).to_contain_text("Undo my edits forgets them")
    live.get_by_role("button", name="Undo my edits").click()
    go_live(live)
    expect(output(live, 2)).to_contain_text("'models'")


def test_a_cell_that_exhausts_memory_leaves_a_page_that_can_go_on(live):
    retype(live, 2, "hoard = []\nwhile True:\n    hoard.append(bytearray(1 << 28))")
    live.wait_for_function(
        "() => document.querySelector('#live-cell-2').dataset.liveResult === 'error'"
        " || document.documentElement.dataset.live === 'failed'",
        timeout=60_000,
    )
    if state(live) == "live":
        expect(output(live, 2)).to_contain_text("MemoryError")
        live.get_by_role("button", name="Stop").click()
    live.get_by_role("button", name="Undo my edits").click()
    go_live(live)
    expect(output(live, 2)).to_contain_text("'models'")


def test_an_error_is_shown_at_its_cell_and_the_page_stays_live(live):
    retype(live, 2, "1 / 0")
    expect(output(live, 2).get_by_role("alert")).to_contain_text("ZeroDivisionError")
    assert state(live) == "live"


MUTE = "class Mute(Exception):\n    def __str__(self):\n        raise self\nraise Mute"


@pytest.mark.parametrize(("code", "told"), [("raise KeyError", "KeyError"), (MUTE, "Mute")])
def test_an_error_without_a_text_is_told_by_its_name(live, code, told):
    retype(live, 2, code)
    expect(output(live, 2).get_by_role("alert")).to_contain_text(told)
    assert state(live) == "live"


BUTTON = """\
import ipywidgets
button = ipywidgets.Button(description="Break")
{}
button
"""


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("button.on_click(lambda _: 1 / 0)", "ZeroDivisionError"),
        ("button.on_msg(lambda *_: [][1])", "IndexError"),
        ("def fail(*_): raise ValueError\nbutton.on_click(fail)", "ValueError"),
        ("def fail(*_): raise SystemExit\nbutton.on_click(fail)", "SystemExit"),
    ],
)
def test_an_error_in_a_callback_is_told_and_the_session_lives_on(live, code, told):
    retype(live, 2, BUTTON.format(code))
    output(live, 2).get_by_role("button", name="Break").click()
    expect(output(live, 2).get_by_role("alert").first).to_contain_text(told)
    assert state(live) == "live"
    retype(live, 2, "6 * 7")
    expect(output(live, 2)).to_contain_text("42")


def test_it_goes_live_under_a_sub_path(browser, fixture_site, tmp_path):
    shutil.copytree(fixture_site, tmp_path / "some" / "where")
    with serving(tmp_path) as base, visit(browser, base) as visitor:
        tab = visitor.open("some/where/one.html")
        go_live(tab)
        assert visitor.missing == []
        assert visitor.outside == []


def test_a_page_opened_as_a_file_keeps_its_stored_form(browser, fixture_site):
    with visit(browser, fixture_site.as_uri() + "/") as visitor:
        tab = visitor.open("one.html")
        expect(tab.locator("#live-status")).to_contain_text("opened as a file")
        assert tab.get_by_role("button", name="Run live").count() == 0
        expect(output(tab, 1)).to_contain_text("Square: 9")
        assert visitor.outside == []


def test_a_browser_without_webassembly_gets_a_sentence(browser, fixture_base):
    with visit(browser, fixture_base) as visitor:
        visitor.context.add_init_script("delete globalThis.WebAssembly")
        tab = visitor.open("one.html")
        expect(tab.locator("#live-status")).to_contain_text("no WebAssembly")
        assert tab.get_by_role("button", name="Run live").count() == 0


@pytest.mark.parametrize("pattern", ["numpy-*", "worker-*", "session-*"])
def test_a_missing_file_is_told_in_a_sentence(browser, fixture_site, tmp_path, pattern):
    shutil.copytree(fixture_site, tmp_path / "site")
    for file in (tmp_path / "site").glob(f"live-*/{pattern}"):
        file.unlink()
    with serving(tmp_path / "site") as base, visit(browser, base) as visitor:
        tab = visitor.open("one.html")
        button = tab.get_by_role("button", name="Run live", exact=True)
        if button.is_visible():
            button.click()
        becomes(tab, "failed")
        assert len(tab.locator("#live-status").text_content()) > 20
