"""The browser's half of the live page: bundled scripts and styles, and Plotly."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

from book._live import fetch
from models.explorers import assets

PLOTLY = "plotly.js-basic-dist-min/plotly-basic.min.js"


def hashed(path: Path, name: str) -> str:
    """`main.js` -> `main-0123456789.js`, so that a cache never mixes up two builds."""
    stem, _, suffix = name.partition(".")
    return f"{stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:10]}.{suffix}"


def remember(bundled: list[str]) -> None:
    """Keep the names of the bundled packages for THIRD-PARTY.txt; two builds may do so at once."""
    with tempfile.NamedTemporaryFile("w", dir=fetch.CACHE, delete=False, encoding="utf8") as file:
        json.dump(bundled, file)
    Path(file.name).replace(fetch.CACHE / "bundled.json")


def build(out: Path) -> dict[str, str]:
    """Write the page's own files under content-hashed names; plain name -> hashed name."""
    modules = fetch.npm_packages()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        node = str(Path(sys.executable).with_name("node"))
        fetch.run([node, str(fetch.HERE / "bundle.mjs"), str(modules), str(work)], "Page scripts")
        bundled = json.loads((work / "bundled.json").read_text("utf8"))
        (work / "bundled.json").unlink()
        shutil.copyfile(fetch.HERE / "live_kernel.py", work / "kernel.py")
        shutil.copyfile(modules / PLOTLY, work / "plotly.js")
        (work / "explorers.js").write_text(assets.page_script(), "utf8")
        with (work / "live.css").open("a", encoding="utf8") as style:
            style.write(assets.css())
        names = {file.name: hashed(file, file.name) for file in sorted(work.iterdir())}
        for name, final in names.items():
            shutil.copyfile(work / name, out / final)
    remember(bundled)
    return names
