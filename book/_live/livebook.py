"""Sphinx extension: what makes a page of the book run in place.

It assembles the live page's files, gives each code cell an id and the page its cells' sources, and
finishes each page of HTML (`finish.py`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from book._live import assemble, finish  # noqa: E402


def prepare(app: Sphinx) -> None:
    """Assemble the live page's files; Sphinx copies them to the root of the site."""
    if app.builder.format == "html":
        app.env.live_assets = assemble.assemble()
        app.config.html_extra_path.append(str(assemble.SITE))


def cell_sources(notebook: Path) -> list[str]:
    """The code cells of a notebook; none for a page that is not a notebook."""
    if notebook.suffix != ".ipynb":
        return []
    cells = json.loads(notebook.read_text("utf8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def number_cells(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Give the n-th code cell that a page shows the id `live-cell-n`."""
    notebook = Path(app.env.doc2path(page))
    if notebook.suffix != ".ipynb":
        return
    cells = json.loads(notebook.read_text("utf8"))["cells"]
    code = [index for index, cell in enumerate(cells) if cell["cell_type"] == "code"]
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            node["ids"].append(f"live-cell-{code.index(node['cell_index'])}")


def describe(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Put the script, its style and what it has to know into the head of the page."""
    if doctree is None:
        return
    assets: assemble.Assets = app.env.live_assets
    root = context["pathto"](".", resource=True).removesuffix(".") or "./"
    config = assets.config(root, cell_sources(Path(app.env.doc2path(page))))
    text = json.dumps(config, sort_keys=True).replace("<", "\\u003c")
    names, folder = assets.names, f"{root}{assemble.FOLDER}/"
    context["metatags"] += (
        f'\n<script type="application/json" id="live-config">{text}</script>'
        f'\n<link rel="stylesheet" href="{folder}{names["live.css"]}">'
        f'\n<script defer src="{folder}{names["main.js"]}"></script>\n'
    )


def complete(app: Sphinx, error: Exception | None) -> None:
    """Finish every page that was written."""
    if error is None and app.builder.format == "html":
        finish.finish(Path(app.outdir))


def setup(app: Sphinx) -> dict:
    """Connect the hooks."""
    app.connect("builder-inited", prepare)
    app.connect("doctree-resolved", number_cells)
    app.connect("html-page-context", describe)
    app.connect("build-finished", complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
