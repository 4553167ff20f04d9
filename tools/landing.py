"""The landing page: one self-contained file, a hero that works before anything is loaded.

It carries none of the theme's scripts and no Plotly; its picture is drawn by a small script from
what the book's own engines counted.
"""

import argparse
import base64
import hashlib
import json
from html import escape
from pathlib import Path
from string import Template

import nbformat
import yaml

from models.claims.ledger import ledger
from models.claims.verdict import Verdict
from models.explorers import theme
from models.explorers.hero import sweep
from models.explorers.river import handled
from models.explorers.static import safe_json

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
FIRST = "part3/07_1_where_did_it_run.html"


def page(book: Path = BOOK) -> str:
    """The whole page."""
    parts = {
        name: (BOOK / "_landing" / name).read_text("utf8")
        for name in ("landing.html", "landing.css", "landing.js", "theme.js")
    }
    data = sweep()
    scripts = {"theme": parts["theme.js"], "script": parts["landing.js"]}
    toc = yaml.safe_load((book / "_toc.yml").read_text("utf8"))
    return Template(parts["landing.html"]).substitute(
        scripts,
        hashes=" ".join(map(_hash, scripts.values())),
        css=theme.css() + parts["landing.css"],
        sweep=safe_json(data),
        question=escape(handled.asked),
        unit=escape(data["prediction"]["unit"]),
        claims=len(ledger()),
        verdicts=verdicts(),
        contents=contents(toc, book),
        first=FIRST,
        root=f"{toc['root']}.html",
    )


def contents(toc: dict, book: Path) -> str:
    """The pages that exist, by part, as links."""
    blocks = []
    for part in toc.get("parts", [{"caption": "Chapters", "chapters": toc.get("chapters", [])}]):
        links = "".join(
            f'<li><a href="{file}.html">{escape(title(book, file))}</a></li>'
            for file in _files(part.get("chapters", []))
        )
        blocks.append(f"<div><h3>{escape(part.get('caption', ''))}</h3><ul>{links}</ul></div>")
    return f'<div class="parts">{"".join(blocks)}</div>'


def verdicts() -> str:
    """What can become of a claim, glyph and word."""
    return "".join(
        f'<li><b aria-hidden="true">{verdict.glyph}</b> {escape(verdict.word)}</li>'
        for verdict in Verdict
    )


def title(book: Path, file: str) -> str:
    """A page's first heading.

    Raises
    ------
    ValueError
        For a page without one.
    """
    notebook = book / f"{file}.ipynb"
    if notebook.exists():
        cells = nbformat.read(notebook, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        text = (book / f"{file}.md").read_text("utf8")
    for line in text.splitlines():
        if line.startswith("# "):
            return line.removeprefix("# ").strip()
    raise ValueError(f"{file}: no first heading")


def write(site: Path, book: Path = BOOK) -> Path:
    """Write the page as the site's index."""
    path = site / "index.html"
    path.write_text(page(book), encoding="utf8")
    return path


def _files(chapters: list[dict]) -> list[str]:
    """Every page of a part, sections after their chapter."""
    return [
        file
        for chapter in chapters
        for file in (chapter["file"], *_files(chapter.get("sections", [])))
    ]


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def main() -> None:
    """Write the landing page into a built site."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, help="the built site's folder")
    path = write(parser.parse_args().site)
    print(
        f"{path}: {path.stat().st_size / 1024:.0f} KB, sweep {len(json.dumps(sweep())) // 1024} KB"
    )


if __name__ == "__main__":
    main()
