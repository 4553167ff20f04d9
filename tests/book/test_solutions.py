"""No solution of an exercise stands in a page, in its source, or in the search index."""

import html
import re
from pathlib import Path

from models.grading import exercises

TAG = re.compile(r"<[^>]+>")
IMPORT = re.compile(r"(from|import)models")  # where something is gives nothing away
LONG = 12  # characters: a shorter line, such as `n += 1`, may stand anywhere


def solution_lines() -> dict[str, str]:
    """Line of a solution that its stub and its prompt lack, without blanks -> its exercise."""
    found = {}
    for e in exercises().values():
        given = squeezed(e.stub + e.prompt(e.published))
        for line in map(squeezed, e.solution.splitlines()):
            if len(line) >= LONG and line not in given and not IMPORT.match(line):
                found[line] = e.id
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def shown_solutions(site: Path) -> list[str]:
    """Pages, stored sources and search indexes that give a solution away."""
    offences = []
    wanted = solution_lines()
    for pattern in ("*.html", "*.ipynb", "*.md", "searchindex.js"):
        for path in sorted(site.rglob(pattern)):
            text = squeezed(html.unescape(TAG.sub("", path.read_text("utf8"))))
            offences += [f"{path.name} shows {e}" for line, e in wanted.items() if line in text]
    return offences


def test_the_book_shows_no_solution(book_site):
    assert shown_solutions(book_site) == []


def test_a_solution_in_a_highlighted_cell_is_caught(tmp_path):
    line = 'inverse</span> <span class="o">=</span> 1 <b>+</b> n / offered * inverse'
    (tmp_path / "page.html").write_text(f"<pre><span>{line}</span></pre>")
    assert shown_solutions(tmp_path) == ["page.html shows 02-1"]


def test_a_solution_in_a_stored_notebook_is_caught(tmp_path):
    (tmp_path / "page.ipynb").write_text('{"source": ["boot = gone - g.interval\\n"]}')
    assert shown_solutions(tmp_path) == ["page.ipynb shows 02-4"]
