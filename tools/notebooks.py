"""Re-execute the chapters' notebooks and store their outputs in one normal form.

The stored outputs are the expectation that the tests compare with, so they hold nothing that
differs from run to run: no widget state (5 MB a notebook) and no widget view, which JupyterLab
could not find on opening, no times, no message ids. What stays is what a reader sees before any
code runs: text and HTML.
"""

import argparse
import os
import sys
from pathlib import Path

import nbclient
import nbformat

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
MINUTES = 10


def chapters(book: Path = BOOK) -> list[Path]:
    """Every notebook of the book, in a stable order."""
    found = book.rglob("*.ipynb")
    return sorted(p for p in found if not {"_build", ".ipynb_checkpoints"} & set(p.parts))


def execute(
    notebook: nbformat.NotebookNode, folder: Path, environment: dict[str, str] | None = None
) -> nbformat.NotebookNode:
    """Run all cells, in place, in a fresh kernel; an error stops it and names the cell."""
    client = nbclient.NotebookClient(
        notebook,
        timeout=MINUTES * 60,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
    )
    return client.execute(env={**os.environ, **(environment or {})})


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop what differs from run to run, in place; cells' ids and tags stay."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in ("tags",) if key in cell.metadata}
        cell.metadata = nbformat.from_dict(kept)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            output.get("metadata", {}).pop(WIDGET_VIEW, None)
    return notebook


def text_of(notebook: nbformat.NotebookNode) -> str:
    """The file's text, always with a closing newline."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def refresh(path: Path) -> bool:
    """Execute and normalise one notebook; whether its file changed."""
    before = path.read_text(encoding="utf8")
    notebook = nbformat.reads(before, as_version=4)
    after = text_of(normalise(execute(notebook, path.parent)))
    if after != before:
        path.write_text(after, encoding="utf8")
    return after != before


def main() -> None:
    """Refresh the named notebooks, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks; all chapters if none")
    failed = []
    for path in parser.parse_args().paths or chapters():
        print(f"{path} ...", end=" ", flush=True)
        try:
            print("changed" if refresh(path) else "as it was")
        except (
            nbclient.exceptions.CellExecutionError,
            OSError,
            nbformat.reader.NotJSONError,
        ) as error:
            failed.append(path)
            print(f"failed:\n{error}")
    if failed:
        sys.exit(f"notebooks: {len(failed)} failed and were not written")


if __name__ == "__main__":
    main()
