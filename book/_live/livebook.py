"""Sphinx extension: what makes a page of the book run in place.

It assembles the live page's files, gives each code cell an id and the page its cells' sources,
writes formulas as MathML (`formulas.py`) and finishes each page of HTML (`finish.py`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from book._live import assemble, finish, firmware, formulas, licences

# Without one every browser asks for /favicon.ico, which a book under a sub-path cannot answer.
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath d='M2 2h12v4H2z' fill='%234A9BDC'/%3E%3Cpath d='M2 6h12v4H2z' fill='%23A34400'/%3E"
    "%3Cpath d='M2 10h12v4H2z' fill='%235F6B76'/%3E%3C/svg%3E"
)


def prepare(app: Sphinx) -> None:
    """Assemble the live page's files; Sphinx copies them to the root of the site."""
    if app.builder.format == "html":
        extra = Path(app.outdir).parent / "live"
        app.env.live_assets = assemble.assemble(extra)
        app.config.html_extra_path.append(str(extra))


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
    """Put the style, and for a page with cells its script and data, into the head of the page."""
    assets: assemble.Assets = app.env.live_assets
    root = context["pathto"](".", resource=True).removesuffix(".") or "./"
    folder = f"{root}{assemble.FOLDER}/"
    head = f'\n<link rel="icon" href="{ICON}">'
    head += f'\n<link rel="stylesheet" href="{folder}{assets.names["live.css"]}">'
    cells = [] if doctree is None else cell_sources(Path(app.env.doc2path(page)))
    if cells:
        notebook = offer_notebook(app, page)
        settings = json.dumps(assets.config(root, cells, notebook), sort_keys=True)
        text = settings.replace("<", "\\u003c")
        head += f'\n<script type="application/json" id="live-config">{text}</script>'
        head += f'\n<script defer src="{folder}{assets.names["main.js"]}"></script>'
        head += (
            f'\n<script defer src="{folder}{assets.names["explorers.js"]}"'
            f' data-plotly="{folder}{assets.names["plotly.js"]}"></script>'
        )
    context["metatags"] = context.get("metatags", "") + head + "\n"


def offer_notebook(app: Sphinx, page: str) -> str:
    """Put the page's notebook, without outputs, beside the page, which fills it for its reader."""
    notebook = json.loads(Path(app.env.doc2path(page)).read_text("utf8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    file = Path(app.outdir, page + ".ipynb")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True), "utf8")
    return file.name


def complete(app: Sphinx, error: Exception | None) -> None:
    """Finish every page that was written."""
    if error is None and app.builder.format == "html":
        finish.finish(Path(app.outdir))
        firmware.copy(Path(app.outdir))
        licences.write(Path(app.outdir))


def setup(app: Sphinx) -> dict:
    """Connect the hooks."""
    formulas.setup(app)
    app.connect("builder-inited", prepare)
    app.connect("doctree-resolved", number_cells)
    app.connect("html-page-context", describe)
    app.connect("build-finished", complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
