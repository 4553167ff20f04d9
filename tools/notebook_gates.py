"""What a stored notebook must not be: each way for notebook tests to be green and empty.

A gate takes a notebook and yields a complaint for each offence; `tests/notebooks` plants the
defect that each must catch.
"""

import ast
import copy
import html
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from tools.notebooks import WIDGET_VIEW, normalise, text_of

LINES, COLUMNS = 6, 80
EXERCISE = "exercise"  # the tag of cells in which a reader writes functions
SOURCED = "sourced"  # the tag of prose whose numbers come from a source or a derivation beside them
NUMBER = re.compile(r"\d+(?:\.\d+)?")
# 1,821 or 2.64 or 5 % or 40 ms, and not a part of a name, a path or a version such as 02_4 or v1.3
RESULT = re.compile(
    r"(?<![\w.,/$-])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+(?!\w)|\d+(?= ?%| ?ms\b| per cent))"
)
LIVE_MARK = "data-explorer="  # the static form of everything that turns into a widget


def code_cells(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Number and node of every code cell that has code."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.source.strip():
            yield number, cell


def tags(cell: NotebookNode) -> list[str]:
    """A cell's tags."""
    return cell.metadata.get("tags", [])


def unexecuted(notebook: NotebookNode) -> Iterator[str]:
    """Nbval compares an unexecuted cell with nothing and passes it."""
    for place, (number, cell) in enumerate(code_cells(notebook), start=1):
        if cell.execution_count != place:
            yield (
                f"cell {number} has execution count {cell.execution_count}, not {place}: "
                "run `make notebooks`"
            )


def errors(notebook: NotebookNode) -> Iterator[str]:
    """A stored error or traceback would be published."""
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {number} stores the error {output.ename}: {output.evalue}"
            elif "Traceback (most recent call last)" in str(output):
                yield f"cell {number} stores a traceback as text"


def not_normal(notebook: NotebookNode) -> Iterator[str]:
    """Widget state, ids and times make every run look like a change."""
    if text_of(normalise(copy.deepcopy(notebook))) != text_of(notebook):
        yield "is not in the normal form: run `make notebooks`"


def functions(notebook: NotebookNode) -> Iterator[str]:
    """A function in a cell is a model outside the package, which no test calls."""
    for number, cell in code_cells(notebook):
        if EXERCISE in tags(cell):
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                name = getattr(node, "name", "a lambda")
                yield f"cell {number} defines {name}; a model's code lives in models/"


def too_long(notebook: NotebookNode) -> Iterator[str]:
    """A cell is short enough to read aloud."""
    for number, cell in code_cells(notebook):
        lines = cell.source.splitlines()
        if len(lines) > LINES and EXERCISE not in tags(cell):
            yield f"cell {number} has {len(lines)} lines; at most {LINES}"
        if any(len(line) > COLUMNS for line in lines):
            yield f"cell {number} has a line of over {COLUMNS} columns"


def loose_numbers(notebook: NotebookNode) -> Iterator[str]:
    """A result in the prose that no cell shows was typed, and no run will ever correct it.

    Fractions, percentages and numbers with a thousands' comma have to stand in some cell's code or
    output. A paragraph that cites a source may give the source's numbers; a cell whose numbers are
    derived before the reader's eyes, or told of a long run, carries the tag `sourced`.
    """
    known = {number for text in seen(notebook) for number in NUMBER.findall(text.replace(",", ""))}
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type != "markdown" or SOURCED in tags(cell):
            continue
        for paragraph in re.split(r"\n\s*\n", cell.source):
            if "{cite}" in paragraph:
                continue
            for number in RESULT.findall(paragraph):
                if number.replace(",", "") not in known:
                    yield f"cell {place} says {number}, which no output shows"


def seen(notebook: NotebookNode) -> Iterator[str]:
    """The code of every cell, and what the reader sees of its outputs."""
    for _, cell in code_cells(notebook):
        yield cell.source
        for output in cell.outputs:
            data = output.get("data", {})
            yield output.get("text", "")
            yield data.get("text/plain", "")
            yield html.unescape(re.sub(r"<[^>]+>", " ", data.get("text/html", "")))


GATES = (unexecuted, errors, not_normal, functions, too_long, loose_numbers)


def complaints(notebook: NotebookNode) -> list[str]:
    """All that the gates say of a stored notebook."""
    return [text for gate in GATES for text in gate(notebook)]


def outputs_that_differ(stored: NotebookNode, run: NotebookNode) -> Iterator[str]:
    """Every text or HTML output that a run gives otherwise than it is stored."""
    for (number, before), (_, after) in zip(code_cells(stored), code_cells(run), strict=True):
        if shown(before) != shown(after):
            yield f"cell {number} gives another output than is stored"


def shown(cell: NotebookNode) -> list[dict]:
    """What a reader sees of a cell, without the widget views, which name a run's own models."""
    kept = []
    for output in cell.outputs:
        data = {key: value for key, value in output.get("data", {}).items() if key != WIDGET_VIEW}
        kept.append({"data": data, "text": output.get("text"), "error": output.get("evalue")})
    return kept


def widgets_missing(run: NotebookNode) -> Iterator[str]:
    """An explorer whose run emits no widget would stay a still picture in JupyterLab and live."""
    for number, cell in code_cells(run):
        for output in cell.outputs:
            data = output.get("data", {})
            if LIVE_MARK in data.get("text/html", "") and WIDGET_VIEW not in data:
                yield f"cell {number} shows an explorer that emits no widget"
