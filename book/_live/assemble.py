"""Assemble the folder that every live page loads from, and what a page has to know about it."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from book._live import fetch, page_side, python_side

FOLDER = f"live-{fetch.OFFICIAL['info']['version']}"
IMPORTED = re.compile(r"^(?:from|import) (models[.\w]*|numpy)", re.MULTILINE)
ARCHIVES = ("packages.zip", "numpy.zip", "models.zip")
ON_PRESS = ("session.js", "worker.js", "widgets.css", "kernel.py", "plotly.js")


@dataclass(frozen=True)
class Assets:
    """The live page's files: their final names, and raw and gzip sizes of what a press loads.

    `memory` is the snapshot's size in bytes once it is unpacked.
    """

    names: dict[str, str]
    sizes: dict[str, tuple[int, int]]
    build: str
    memory: int

    def config(self, root: str, cells: list[str], notebook: str) -> dict:
        """What a page tells its script; `root` is the folder's address as seen from the page."""
        return {
            "root": f"{root}{FOLDER}/",
            "build": self.build,
            "warm": imported(cells),
            "files": self.sizes,
            "memory": self.memory,
            "names": self.names,
            "cells": cells,
            "notebook": notebook,
        }


def imported(cells: list[str]) -> list[str]:
    """NumPy and our own modules that the cells import: done ahead of the press, where Python is."""
    return sorted({name for cell in cells for name in IMPORTED.findall(cell)} | {"numpy"})


def sizes_of(files: list[Path]) -> dict[str, tuple[int, int]]:
    """File name -> bytes as they are and as a compressing server sends them."""
    return {
        file.name: (file.stat().st_size, len(gzip.compress(file.read_bytes(), 6, mtime=0)))
        for file in sorted(files)
    }


def assemble(site: Path) -> Assets:
    """Build the folder anew in `site` from checked files; the same inputs give the same bytes."""
    shutil.rmtree(site, ignore_errors=True)
    folder = site / FOLDER
    folder.mkdir(parents=True)
    python_side.build(folder)
    names = {}
    for name in ("lock.json", "memory.bin", *ARCHIVES):
        names[name] = page_side.hashed(folder / name, name)
        (folder / name).rename(folder / names[name])
    loaded = list(folder.iterdir())
    names |= page_side.build(folder)
    loaded += [folder / names[name] for name in ON_PRESS]
    sizes = sizes_of(loaded)
    build = hashlib.sha256(repr(sorted(sizes)).encode()).hexdigest()[:12]
    memory = int.from_bytes((folder / names["memory.bin"]).read_bytes()[-4:], "little")
    return Assets(names, sizes, build, memory)
