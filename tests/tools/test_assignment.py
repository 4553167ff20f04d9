"""One master, two notebooks: the student's runs clean, the solution passes, graded on a secret."""

import sys

import nbformat
import pytest

from models.grading import exercises, journal
from models.grading.draws import variant_of
from models.grading.feedback import Outcome
from tools import assignment

SECRET = "a secret of an instructor"


@pytest.fixture(autouse=True)
def _clean_journal():
    journal.clear()
    yield
    journal.clear()


@pytest.fixture
def written(tmp_path):
    paths = assignment.write("02", SECRET, tmp_path)
    return [nbformat.read(path, as_version=4) for path in paths]


def test_the_student_s_notebook_holds_neither_secret_nor_solution(written):
    student, solution = (nbformat.writes(notebook) for notebook in written)
    assert SECRET not in student + solution
    lines = {line for cell in written[0].cells for line in cell.source.splitlines()}
    for e in exercises().values():
        assert not lines & (set(e.solution.splitlines()) - set(e.stub.splitlines()))
        assert (variant_of(SECRET, e.id) in student) == e.id.startswith("02-")


def test_both_notebooks_are_valid_and_the_same_again(written, tmp_path):
    for notebook in written:
        nbformat.validate(notebook)
    again = [nbformat.read(p, as_version=4) for p in assignment.write("02", SECRET, tmp_path)]
    assert again == written


def test_the_solution_passes_hidden_cases_and_the_student_s_is_not_attempted(written):
    student, solution = written
    passed = assignment.grade(solution, SECRET)
    assert set(passed) == {e.id for e in exercises().values() if e.chapter == "02"}
    assert all(feedback.passed for feedback in passed.values())
    untouched = assignment.grade(student, SECRET).values()
    assert {feedback.outcome for feedback in untouched} == {Outcome.NOT_ATTEMPTED}


def test_a_submission_in_the_book_s_numbers_is_graded_in_its_own():
    (memorised,) = (p.cell for p in exercises()["02-1"].planted if p.name == "memoriser")
    cells = [nbformat.v4.new_code_cell(source) for source in (assignment.START, memorised)]
    marks = assignment.grade(nbformat.v4.new_notebook(cells=cells), SECRET)
    assert "right for the printed numbers" in marks["02-1"].text()


def test_a_submission_may_define_its_helpers_in_a_cell_of_their_own(written):
    _, solution = written
    solution.cells.insert(1, nbformat.v4.new_code_cell("import math"))
    solution.cells.append(nbformat.v4.new_code_cell("assert math.pi > 3"))
    assert all(f.passed for f in assignment.grade(solution, SECRET).values())


def test_a_submission_that_raises_does_not_stop_the_others(written, capsys):
    _, solution = written
    solution.cells.insert(2, nbformat.v4.new_code_cell("1 / 0"))
    solution.cells.insert(2, nbformat.v4.new_code_cell("this is no Python"))
    solution.cells.insert(2, nbformat.v4.new_code_cell("exit()"))
    marks = assignment.grade(solution, SECRET)
    assert len(marks) > 1
    assert all(f.passed for f in marks.values())
    said = capsys.readouterr().out
    assert "cell 3 of the submission raises SystemExit" in said
    assert "cell 5 of the submission raises ZeroDivisionError" in said


def test_the_command_writes_and_grades(tmp_path, monkeypatch, capsys):
    seed = tmp_path / "seed.txt"
    seed.write_text(SECRET)
    base = ["assignment", "--seed-file", str(seed)]
    monkeypatch.setattr(sys, "argv", [*base, "--chapter", "02", "--folder", str(tmp_path)])
    assignment.main()
    solution = capsys.readouterr().out.splitlines()[1]
    monkeypatch.setattr(sys, "argv", [*base, "--grade", solution])
    assignment.main()
    count = sum(e.chapter == "02" for e in exercises().values())
    assert f"{count} of {count} exercises passed" in capsys.readouterr().out


def reported(notebook, folder):
    path = folder / "handed-in.ipynb"
    nbformat.write(notebook, path)
    return assignment.report(path, SECRET).splitlines()


def without(notebook, id):
    """The notebook after somebody deleted all cells of an exercise."""
    kept = [cell for cell in notebook.cells if id not in cell.source]
    return nbformat.v4.new_notebook(cells=kept)


def test_an_exercise_that_was_deleted_is_missed_by_name(written, tmp_path):
    held = [e.id for e in exercises().values() if e.chapter == "02"]
    for gone in (held[0], held[-1]):
        lines = reported(without(written[1], gone), tmp_path)
        assert [line.split(" ")[0] for line in lines[:-1]] == held
        assert [line for line in lines if "missing" in line] == [
            f"{gone} is missing: never checked"
        ]
        assert lines[-1] == f"{len(held) - 1} of {len(held)} exercises passed"


def test_an_exercise_of_another_chapter_makes_no_assignment_shorter(written, tmp_path):
    student, _ = written
    student.cells.insert(2, nbformat.v4.new_code_cell(exercises()["01-1"].solution))
    count = sum(e.chapter in ("01", "02") for e in exercises().values())
    assert reported(student, tmp_path)[-1] == f"1 of {count} exercises passed"


def test_a_notebook_without_any_exercise_is_refused(tmp_path):
    cells = [nbformat.v4.new_markdown_cell('exercise("02-1")'), nbformat.v4.new_code_cell("1 + 1")]
    with pytest.raises(ValueError, match="no exercise of the book; wanted: a filled assignment"):
        reported(nbformat.v4.new_notebook(cells=cells), tmp_path)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--chapter", "99"], "'99' has no exercises; allowed: 01, 02"),
        (["--seed-file", "SHORT"], "a secret wants at least 16"),
        (["--seed-file", "no-such-file"], "No such file"),
        (["--grade", "no-such.ipynb"], "grading wants the one"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path, monkeypatch, options, says):
    short = tmp_path / "short.txt"
    short.write_text("abc")
    options = [str(short) if option == "SHORT" else option for option in options]
    monkeypatch.setattr(sys, "argv", ["assignment", "--folder", str(tmp_path), *options])
    with pytest.raises(SystemExit, match=says):
        assignment.main()
