"""Each gate of a stored notebook passes a sound one and catches its planted defect."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import notebook_gates as gates
from tools.notebooks import KERNEL, WIDGET_VIEW, chapters, execute, normalise

EXPLORER = '<div data-explorer="servers">facts</div>'


def sound() -> nbformat.NotebookNode:
    """A notebook of two executed cells in normal form."""
    cells = [
        new_code_cell(
            "1 + 1",
            execution_count=1,
            outputs=[new_output("execute_result", {"text/plain": "2"}, execution_count=1)],
        ),
        new_code_cell(
            "show()",
            execution_count=2,
            outputs=[new_output("display_data", {"text/html": EXPLORER})],
        ),
    ]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return new_notebook(cells=cells, metadata=metadata)


def never_run(notebook):
    notebook.cells[1].execution_count = None


def run_out_of_order(notebook):
    notebook.cells[1].execution_count = 7


def error_stored(notebook):
    notebook.cells[0].outputs = [new_output("error", ename="ValueError", evalue="load")]


def traceback_as_text(notebook):
    text = "Traceback (most recent call last)\n  File ..."
    notebook.cells[0].outputs = [new_output("stream", name="stdout", text=text)]


def widget_state(notebook):
    notebook.metadata["widgets"] = {"state": {"abc": {}}}


def widget_view(notebook):
    notebook.cells[1].outputs[0].data[WIDGET_VIEW] = {"model_id": "abc"}


def function_in_a_cell(notebook):
    notebook.cells[0].source = "def wait(load):\n    return load / (1 - load)"


def lambda_in_a_cell(notebook):
    notebook.cells[0].source = "wait = lambda load: load / (1 - load)"


def seven_lines(notebook):
    notebook.cells[0].source = "\n".join(["1 + 1"] * 7)


def a_wide_line(notebook):
    notebook.cells[0].source = "x = " + "1 + " * 20 + "1"


def a_typed_result(notebook):
    notebook.cells.append(new_markdown_cell("Ten servers wait 4.05 service times."))


DEFECTS = {
    never_run: gates.unexecuted,
    run_out_of_order: gates.unexecuted,
    error_stored: gates.errors,
    traceback_as_text: gates.errors,
    widget_state: gates.not_normal,
    widget_view: gates.not_normal,
    function_in_a_cell: gates.functions,
    lambda_in_a_cell: gates.functions,
    seven_lines: gates.too_long,
    a_wide_line: gates.too_long,
    a_typed_result: gates.loose_numbers,
}


def test_a_sound_notebook_passes_every_gate():
    assert gates.complaints(sound()) == []


def test_every_gate_has_a_planted_defect():
    assert set(DEFECTS.values()) == set(gates.GATES)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_the_gate_catches_its_defect(defect):
    notebook = sound()
    defect(notebook)
    assert list(DEFECTS[defect](notebook)), "the planted defect passed"


@pytest.mark.parametrize(
    ("prose", "loose"),
    [
        ("It rests 1,234.5 s in section 2.4a of [02_4.5](x), at v1.3.", ["1,234.5"]),
        ("Shown: 97.5 %.", []),
        ("Cited {cite}`a`: 12.25 s.", []),
        ("97 % of 4,000", ["97", "4,000"]),
    ],
)
def test_what_counts_as_a_result_in_the_prose(prose, loose):
    notebook = sound()
    notebook.cells[1].outputs[0].data["text/html"] = "<td>97.5</td><td>1234</td>"
    notebook.cells.append(new_markdown_cell(prose))
    found = list(gates.loose_numbers(notebook))
    assert [said.split(" says ")[1].split(", which")[0] for said in found] == loose
    notebook.cells[-1].metadata["tags"] = ["sourced"]
    assert list(gates.loose_numbers(notebook)) == []


def test_a_function_is_allowed_in_an_exercise():
    notebook = sound()
    function_in_a_cell(notebook)
    notebook.cells[0].metadata["tags"] = ["exercise"]
    assert list(gates.functions(notebook)) == []


def test_a_stale_fact_differs_and_a_new_model_id_does_not():
    stored, run = sound(), sound()
    run.cells[1].outputs[0].data[WIDGET_VIEW] = {"model_id": "of this run"}
    assert list(gates.outputs_that_differ(stored, run)) == []
    run.cells[0].outputs[0].data["text/plain"] = "3"
    assert list(gates.outputs_that_differ(stored, run)) == [
        "cell 0 gives another output than is stored"
    ]


def test_an_explorer_without_a_widget_is_caught():
    run = sound()
    assert list(gates.widgets_missing(run)) == ["cell 1 shows an explorer that emits no widget"]
    widget_view(run)
    assert list(gates.widgets_missing(run)) == []


def test_executing_and_normalising_gives_the_normal_form(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("import ipywidgets\nipywidgets.IntSlider()")])
    run = execute(copy.deepcopy(notebook), tmp_path)
    assert WIDGET_VIEW in run.cells[0].outputs[0].data
    assert gates.complaints(normalise(run)) == []


def test_the_book_has_chapters():
    assert chapters(), "no notebook found: every test below would pass on nothing"


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_a_stored_chapter_passes_every_gate(path):
    assert gates.complaints(nbformat.read(path, as_version=4)) == []
