"""An assignment from the book's exercises: the student's notebook, the solution, and the grader.

Both notebooks come from one master, the exercises in `models.grading.exercises`. With a seed file,
whose text only the instructor has, the numbers and the cases drawn at grading time are the
assignment's own. Grading runs the submission's code: do it where that may do no harm.
"""

import argparse
import ast
import hashlib
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from models.grading import TODO, Exercise, Task, exercises, journal
from models.grading.draws import variant_of
from models.grading.feedback import Feedback

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 16  # characters
START = """\
from models.grading import TODO, exercise, journal
journal.reader("reader")  # put your name: your numbers depend on it
"""


def main() -> None:
    """Write an assignment, or grade a submission."""
    options = _options()
    try:
        secret = read_secret(options.seed_file)
        if options.grade:
            print(report(options.grade, secret))
        else:
            print(*write(options.chapter, secret, options.folder), sep="\n")
    except (ValueError, OSError) as error:
        sys.exit(f"assignment: {error}")


def write(chapter: str, secret: str, folder: Path) -> list[Path]:
    """Write both notebooks of a chapter; without a secret they have the book's own numbers.

    Raises
    ------
    ValueError
        For a chapter without exercises.
    """
    chosen = _of(chapter)
    if not chosen:
        known = ", ".join(sorted({e.chapter for e in exercises().values()}))
        raise ValueError(f"chapter: {chapter!r} has no exercises; allowed: {known}")
    folder = folder / chapter
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in ("student", "solution"):
        path = folder / f"{name}.ipynb"
        nbformat.write(notebook(chosen, secret, with_solutions=name == "solution"), path)
        written.append(path)
    return written


def _of(chapter: str) -> list[Exercise]:
    return [e for e in exercises().values() if e.chapter == chapter]


def notebook(chosen: list[Exercise], secret: str, with_solutions: bool) -> NotebookNode:
    """One notebook: a start, then a prompt and a cell to fill for each exercise."""
    what = "Solution" if with_solutions else "Assignment"
    cells = [new_markdown_cell(f"# {what}, chapter {int(chosen[0].chapter)}"), new_code_cell(START)]
    for e in chosen:
        variant = variant_of(secret, e.id) if secret else ""
        filled = e.solution if with_solutions else e.stub
        cells += [new_markdown_cell(f"## {e.id} {e.title}"), new_code_cell(call(e.id, variant))]
        cells.append(new_code_cell(filled.replace(call(e.id, ""), call(e.id, variant)).strip()))
    for number, cell in enumerate(cells):  # the same notebook again has the same ids
        cell["id"] = hashlib.sha256(f"{number}{cell['source']}".encode()).hexdigest()[:8]
    return new_notebook(cells=cells)


def call(id: str, variant: str) -> str:
    """The expression that names an exercise in a cell."""
    return f'exercise("{id}", variant="{variant}")' if variant else f'exercise("{id}")'


def grade(submission: NotebookNode, secret: str) -> dict[str, Feedback]:
    """Run a submission and mark each exercise on hidden cases; by exercise, the last check counts.

    Variants are the secret's own, whatever the submission says.
    """
    marks: dict[str, Feedback] = {}

    class Graded(Task):
        """A task that marks on hidden cases."""

        def check(self, *answers: Any) -> Feedback:
            marks[self.exercise.id] = self.grade(answers, secret)
            return marks[self.exercise.id]

    def exercise(id: str, **_: Any) -> Task:
        return Graded(exercises()[id], variant=variant_of(secret, id))

    journal.clear()
    names = {"TODO": TODO, "exercise": exercise, "journal": journal}
    for number, cell in enumerate(submission.cells, start=1):
        if cell.cell_type == "code":
            _run(number, cell.source, names)
    return marks


def _run(number: int, source: str, names: dict[str, Any]) -> None:
    """Run one cell; `exercise` and its like stay the grader's, whatever it imports."""
    try:
        tree = ast.parse(source)
        tree.body = [node for node in tree.body if not _imports_grading(node)]
        exec(compile(tree, "submission", "exec"), names)
    # A submission may raise anything, or want to exit; the exercise then has no mark.
    except (Exception, SystemExit) as error:
        print(f"cell {number} of the submission raises {error!r}")


def _imports_grading(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "models.grading"


def report(path: Path, secret: str) -> str:
    """What a grader reads: a line for each exercise of the assignment, checked or missing.

    Raises
    ------
    ValueError
        Without the secret, and for a notebook that is no assignment.
    """
    if not secret:
        raise ValueError("seed file: grading wants the one that the assignment was written with")
    submission = nbformat.read(path, as_version=4)
    wanted = held(submission)
    if not wanted:
        raise ValueError(f"{path} asks for no exercise of the book; wanted: a filled assignment")
    marks = grade(submission, secret)
    lines = [
        marks[id].text().replace("\n", " ") if id in marks else f"{id} is missing: never checked"
        for id in wanted
    ]
    passed = sum(id in marks and marks[id].passed for id in wanted)
    return "\n".join([*lines, f"{passed} of {len(wanted)} exercises passed"])


def held(submission: NotebookNode) -> list[str]:
    """What the assignment held: all exercises of each chapter that the submission asks for.

    A student who deletes an exercise, or adds one of an easier chapter, is not counted the better.
    """
    code = "\n".join(cell.source for cell in submission.cells if cell.cell_type == "code")
    asked = re.findall(r"""\bexercise\([^"')]*["']([^"']*)["']""", code)
    chapters = {exercises()[id].chapter for id in asked if id in exercises()}
    return [e.id for chapter in sorted(chapters) for e in _of(chapter)]


def read_secret(path: Path | None) -> str:
    """The instructor's secret; empty without a file.

    Raises
    ------
    ValueError
        For a file that holds too little to be a secret.
    """
    if path is None:
        return ""
    secret = path.read_text(encoding="utf8").strip()
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(
            f"{path} holds {len(secret)} characters; a secret wants at least {SHORTEST_SECRET}, "
            "for example from: head -c 24 /dev/urandom | base64"
        )
    return secret


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chapter", default="02", help="such as 02")
    parser.add_argument("--seed-file", type=Path, help="a text that only the instructor has")
    parser.add_argument("--folder", type=Path, default=ROOT / "assignments")
    parser.add_argument("--grade", type=Path, metavar="NOTEBOOK", help="grade this submission")
    return parser.parse_args()


if __name__ == "__main__":
    main()
