"""Stepper and playground: message by message, and their scripts in a real browser."""

import pytest
from playwright.sync_api import expect

from models.explorers import failures, programs
from models.explorers.bench import MOST_SOURCE, Bench
from models.explorers.playground import Playground, PlaygroundView
from models.explorers.stepper import Stepper, StepperView
from models.explorers.view import WIDGET_VIEW


def test_a_bench_steps_and_tells_what_changed():
    bench = Bench("sum")
    state = bench.receive({"do": "run", "steps": 3})
    assert state["count"] == state["moved"] == 3
    assert state["registers"][10] == "a"
    assert state["changed"] == [10, 11]
    assert state["here"] == f"{bench.program.symbols['again'] + 2:#x}"
    state = bench.receive({"do": "back", "steps": 1})
    assert (state["count"], state["moved"]) == (2, -1)
    assert bench.receive({"do": "back", "steps": 99})["count"] == 0


def test_a_run_stops_at_a_breakpoint_and_at_the_end():
    bench = Bench("sum")
    again = f"{bench.program.symbols['again']:#x}"
    assert bench.receive({"do": "break", "address": again})["breakpoints"] == [again]
    state = bench.receive({"do": "run", "steps": 1000})
    assert (state["stop"], state["pc"]) == ("breakpoint", again)
    assert bench.receive({"do": "break", "address": again})["breakpoints"] == []
    state = bench.receive({"do": "run", "steps": 1000})
    assert state["stop"] == "wfi"
    assert "nothing is armed to wake it" in state["ended"]
    assert state["registers"][10] == f"{55:x}"


def test_an_error_is_told_at_its_line_and_leaves_the_machine_alone():
    bench = Bench("sum")
    bench.receive({"do": "run", "steps": 3})
    for do in ("check", "load"):
        state = bench.receive({"do": do, "source": "li a0, 1\n  addi a0, a0\n"})
        assert state["error"]["line"] == 2
        assert state["error"]["text"].startswith("Line 2, column")
        assert "allowed:" in state["error"]["text"]
        assert state["count"] == 3
    state = bench.receive({"do": "load", "source": "li a0, 7"})
    assert (state["error"], state["count"], state["refusal"]) == (None, 0, "")
    assert bench.receive({"do": "run", "steps": 1})["registers"][10] == "7"


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ({"do": "run", "steps": 0}, "steps: 0; allowed: 1 to 1,000,000"),
        ({"do": "back", "steps": 0}, "steps: 0; allowed: 1 to 1,000,000"),
        ({"do": "example", "name": "doom"}, "program: 'doom'; allowed: sum, "),
        ({"do": "memory", "address": "there"}, "allowed: a hexadecimal address, or a label"),
        ({"do": "memory", "address": "10000000000000000"}, "up to ffffffffffffffff"),
        ({"do": "load", "source": " " * (MOST_SOURCE + 1)}, "allowed: up to 20,000"),
        ({"do": "check", "source": " " * (MOST_SOURCE + 1)}, "allowed: up to 20,000"),
        ({"do": "load", "source": ".space 300000"}, "do not fit RAM"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_in_words(message, says):
    bench = Bench("sum")
    before = len(failures.RECORD)
    assert says in bench.receive(message)["refusal"]
    assert bench.receive({"do": "run", "steps": 1})["count"] == 1, "and the machine still runs"
    assert len(failures.RECORD) == before


def test_memory_is_shown_at_a_label_an_address_or_where_the_program_goes():
    bench = Bench("fibonacci")
    numbers = f"{bench.program.symbols['numbers']:#x}"
    assert bench.state()["memory"][0][0] == numbers
    bench.receive({"do": "run", "steps": 100_000})
    rows = bench.receive({"do": "memory", "address": "numbers"})["memory"]
    assert [row[1][:2] for row in rows] == ["00", "01", "01", "02", "03", "05", "08", "0d"]
    assert bench.receive({"do": "memory", "address": "0x10000000"})["memory"][0][1] == "no RAM here"
    assert bench.receive({"do": "memory", "address": ""})["memory"] == rows


def test_a_walk_is_shown_with_the_flags_of_its_entries():
    bench = Bench("paging")
    while bench.debugger.text != "sd a2, 8(a1)":
        bench.receive({"do": "run", "steps": 1})
    store = bench.state()["ways"][1]
    assert store["note"].startswith("store 0x40000008 is 0x")
    assert "not in the TLB" in store["note"]
    assert [row[0] for row in store["rows"]] == ["2", "1", "0"]
    assert [row[3] for row in store["rows"]] == ["-------V", "-------V", "----XWRV"]
    after = bench.receive({"do": "run", "steps": 1})["ways"][1]
    assert "held in the TLB" in after["note"]
    assert after["rows"][2][3] == "DA--XWRV"


@pytest.mark.parametrize(
    "output", [Stepper("user"), Playground("hello")], ids=lambda output: output.name
)
def test_static_form_and_widget(output):
    bundle = output._repr_mimebundle_()
    assert WIDGET_VIEW in bundle
    assert f'data-explorer="{output.name}"' in bundle["text/html"]
    assert bundle["text/html"].count("<tr>") > 9
    assert bundle["text/plain"].strip()


def test_the_first_steps_are_those_of_the_machine():
    text = Stepper("user")._repr_mimebundle_()["text/plain"]
    assert "13  U  0x8000002c  li a0, 40  a0 = 0x28" in text
    assert "trap: illegal-instruction" in text


def test_every_example_has_a_title_a_reader_can_choose_by():
    titles = [programs.title(name) for name in programs.NAMES]
    assert len(set(titles)) == len(titles) >= 12
    assert all(30 < len(title) < 110 for title in titles)
    with pytest.raises(ValueError, match="'doom' is unknown; allowed: sum"):
        programs.source("doom")


# ---------------------------------------------------------------------- in a browser
@pytest.mark.browser
def test_steps_by_button_and_by_arrow_key(host):
    view = StepperView("Stepper", "user")
    page = host(view)
    step = page.get_by_role("button", name="Step ▶")
    expect(page.get_by_role("button", name="◀ Back")).to_be_disabled()
    step.click()
    expect(page.locator(".machine-status")).to_contain_text("After step 1; t0 is 80000000")
    step.focus()
    for _ in range(14):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".machine-status")).to_contain_text("After step 15;")
    expect(page.locator(".mode")).to_have_text("M-mode")
    expect(page.get_by_role("region", name="Traps")).to_contain_text("illegal-instruction")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".mode")).to_have_text("U-mode")
    expect(page.get_by_role("region", name="Traps")).not_to_contain_text("illegal-instruction")
    assert page.locator(".machine-listing li.here").count() == 1
    page.get_by_label("Steps at a time").fill("none")
    step.click()
    expect(page.get_by_role("alert").first).to_contain_text("allowed: 1 to 1,000,000")


@pytest.mark.browser
def test_a_long_run_shows_its_progress_and_can_be_stopped(host):
    view = StepperView("Stepper", "million")
    page = host(view)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_function("document.querySelector('.machine-now').textContent.includes('so far')")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Run")).to_be_visible()
    stopped = view.answer["count"]
    assert 0 < stopped < 1_250_005
    page.get_by_role("button", name="◀ Back").click()
    expect(page.locator(".machine-status")).to_contain_text(f"After step {stopped - 1:,};")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".machine-status")).to_contain_text("the program has ended", timeout=20_000)
    assert view.answer["count"] == 1_250_005


@pytest.mark.browser
def test_a_breakpoint_is_a_pressed_button_in_its_line(host):
    view = StepperView("Stepper", "sum")
    page = host(view)
    line = page.get_by_role("button", name="add a0, a0, a1")
    line.click()
    expect(line).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".machine-status")).to_contain_text("stopped at a breakpoint")
    page.get_by_label("Example").select_option("hello")
    expect(page.locator(".machine-listing")).to_contain_text("Hello, machine!")


@pytest.mark.browser
def test_errors_while_typing_and_a_program_of_ones_own(host):
    view = PlaygroundView("Playground", "hello")
    page = host(view)
    editor = page.get_by_label("Program", exact=True)
    editor.fill("li a0, 41\naddi a0, a0, one\nwfi")
    alert = page.locator("[id^=playground-error]")
    expect(alert).to_contain_text("Line 2")
    expect(editor).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".editor-lines .wrong")).to_have_count(1)
    page.get_by_role("button", name="Go to the line").click()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    editor.fill("li a0, 41\naddi a0, a0, 1\nwfi")
    expect(page.locator(".changed")).to_contain_text("Assembles to 10 bytes.")
    editor.press("Control+Enter")
    expect(page.locator(".changed")).to_contain_text("Loaded")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".machine-registers")).to_contain_text("2a")
    page.get_by_role("button", name="Copy as text").click()
    expect(page.locator(".changed")).to_contain_text("copied")
    assert page.evaluate("navigator.clipboard.readText()") == "li a0, 41\naddi a0, a0, 1\nwfi"


@pytest.mark.browser
def test_a_link_carries_the_whole_program(host):
    page = host(PlaygroundView("Playground", "hello"))
    source = "# 100 % + ünïcode & more\nli a0, 5\nwfi\n"
    page.get_by_label("Program", exact=True).fill(source)
    expect(page.locator(".changed")).to_contain_text("Assembles")  # else it comes after 'copied'
    page.get_by_role("button", name="Copy as link").click()
    expect(page.locator(".changed")).to_contain_text("copied")
    link = page.evaluate("navigator.clipboard.readText()")
    other = PlaygroundView("Playground", "sum")
    again = host(other, "#" + link.partition("#")[2])
    expect(again.get_by_label("Program", exact=True)).to_have_value(source)
    expect(again.locator(".machine-listing")).to_contain_text("li a0, 5")
    assert other.bench.source == source


@pytest.mark.browser
def test_choosing_an_example_never_costs_what_was_typed(host):
    page = host(PlaygroundView("Playground", "hello"))
    editor, examples = page.get_by_label("Program", exact=True), page.get_by_label("Example")
    editor.fill("# mine\nli a0, 5\nwfi\n")
    expect(examples.locator("option:checked")).to_have_text("1: # mine")
    examples.select_option("sum")
    expect(page.locator(".machine-listing")).to_contain_text("add  a0, a0, a1")
    editor.press("End")
    editor.press_sequentially("x")  # an example that is changed becomes a second program
    expect(examples.locator("optgroup option")).to_have_count(2)
    examples.select_option(label="1: # mine")
    expect(editor).to_have_value("# mine\nli a0, 5\nwfi\n")
    expect(page.locator(".machine-listing")).to_contain_text("li a0, 5")
    page.reload()
    expect(page.get_by_label("Example").locator("optgroup option")).to_have_count(2)


@pytest.mark.browser
def test_an_emptied_program_leaves_the_list(host):
    page = host(PlaygroundView("Playground", "hello"))
    editor, examples = page.get_by_label("Program", exact=True), page.get_by_label("Example")
    editor.fill("wfi")
    editor.fill("")
    expect(examples.locator("option:checked")).to_have_text("1: (empty)")
    examples.select_option("sum")
    expect(examples.locator("optgroup")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.parametrize("kept", ["not json", "{}", "[1, null]"])
def test_what_storage_holds_is_not_trusted(host, kept):
    page = host(PlaygroundView("Playground", "hello"))
    page.evaluate("text => localStorage.setItem('models.programs', text)", kept)
    page.reload()
    expect(page.get_by_label("Example").locator("optgroup")).to_have_count(0)
    page.get_by_label("Program", exact=True).fill("wfi")
    expect(page.get_by_label("Example").locator("optgroup option")).to_have_count(1)
