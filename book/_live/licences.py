"""THIRD-PARTY.txt: whose work the site ships, under which licence, file by file."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.metadata import Distribution, distribution
from pathlib import Path

from book._live import fetch, firmware, python_side

NAME = "THIRD-PARTY.txt"
LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice)[^/]*$", re.I)

# What is the book's own (LICENSE and LICENSE-TEXT hold for it).
OWN = (
    "*.html",
    "*.ipynb",
    "searchindex.js",
    "objects.inv",
    "_images/*",
    "_static/book.css",
    "live-*/models-*.zip",
    "live-*/main-*.js",
    "live-*/worker-*.js",
    "live-*/explorers-*.js",
    "live-*/live-*.css",
    "live-*/kernel-*.py",
    "live-*/lock-*.json",
    NAME,
)
# What the theme and the Sphinx extensions put into _static.
INSTALLED = {
    "sphinx": (
        "_static/basic.css",
        "_static/doctools.js",
        "_static/documentation_options.js",
        "_static/language_data.js",
        "_static/searchtools.js",
        "_static/sphinx_highlight.js",
        "_static/*.png",
    ),
    "pygments": ("_static/pygments.css",),
    "pydata-sphinx-theme": (  # with Bootstrap (MIT), see its bootstrap.js.LICENSE.txt
        "_static/scripts/pydata-sphinx-theme.js",
        "_static/scripts/bootstrap.js*",
        "_static/styles/pydata-sphinx-theme.css",
        "_static/styles/theme.css",
    ),
    "sphinx-book-theme": (
        "_static/scripts/sphinx-book-theme.js",
        "_static/styles/sphinx-book-theme.css",
        "_static/images/*",
    ),
    "sphinx-design": ("_static/sphinx-design*", "_static/design-tabs.js"),
    "sphinx-togglebutton": ("_static/togglebutton.*", "_static/play-solid.svg"),
    "sphinx-copybutton": (  # with clipboard.js (MIT, Zeno Rocha)
        "_static/copybutton*",
        "_static/copy-button.svg",
        "_static/check-solid.svg",
        "_static/clipboard.min.js",
    ),
    "myst-nb": ("_static/mystnb.*.css",),
}
MEMORY = "live-*/memory-*.bin"  # of a Python that has imported the packages: all of them are in it
CORE = ("live-*/pyodide.*", "live-*/python_stdlib.zip", MEMORY)
BUNDLES = ("live-*/session-*.js", "live-*/widgets-*.css")
# A few npm packages name their licence without its text; these packages of ours have the text.
SAME_TEXT = {"BSD-3-Clause": "ipywidgets", "MPL-2.0": "axe-core"}


@dataclass(frozen=True)
class Component:
    """One piece of others' work: its licence's name and text, and the files it is in."""

    name: str
    licence: str
    text: str
    files: tuple[str, ...]


def _wheel(path: Path, files: tuple[str, ...]) -> Component:
    with zipfile.ZipFile(path) as archive:
        names = sorted(archive.namelist())
        (info,) = [name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        metadata = archive.read(info).decode("utf8")
        texts = [archive.read(name).decode("utf8") for name in names if LICENCE_FILE.search(name)]
    return Component(_heading(metadata), _licence(metadata), "\n\n".join(texts), files)


def _installed(package: str, files: tuple[str, ...]) -> Component:
    found: Distribution = distribution(package)
    metadata = found.read_text("METADATA") or ""
    paths = [path for path in found.files or [] if LICENCE_FILE.search(str(path))]
    texts = [path.read_text("utf8") for path in sorted(paths) if ".dist-info" in str(path)]
    return Component(_heading(metadata), _licence(metadata), "\n\n".join(texts), files)


def _heading(metadata: str) -> str:
    fields = dict(re.findall(r"^(Name|Version): (.*)$", metadata, re.M))
    return f"{fields['Name']} {fields['Version']}"


def _licence(metadata: str) -> str:
    head = metadata.split("\n\n")[0]
    for pattern in (r"^License-Expression: (.+)$", r"^Classifier: License :: (?:.* :: )?(.+)$"):
        if found := re.search(pattern, head, re.M):
            return found.group(1)
    found = re.search(r"^License: (.{1,60})$", head, re.M)
    return found.group(1) if found else "see the text"


def _npm(package: str, files: tuple[str, ...]) -> Component:
    folder = fetch.npm_packages() / package
    about = json.loads((folder / "package.json").read_text("utf8"))
    paths = [path for path in sorted(folder.iterdir()) if LICENCE_FILE.search(path.name)]
    text = "\n\n".join(path.read_text("utf8") for path in paths if path.is_file())
    if not text:
        author = about.get("author", {})
        author = author.get("name", "") if isinstance(author, dict) else author
        text = f"Copyright: {author or package}. {_same_text(about['license'])}"
    return Component(f"{package} {about['version']}", about["license"], text, files)


def _same_text(licence: str) -> str:
    """The text of a licence, from a package that has it."""
    source = SAME_TEXT[licence]
    if source == "axe-core":
        return (fetch.npm_packages() / source / "LICENSE").read_text("utf8")
    return _wheel(fetch.pure_wheels([source])[source], ()).text


def components() -> list[Component]:
    """Everything of others that the site ships."""
    bundled = json.loads((fetch.CACHE / "bundled.json").read_text("utf8"))
    official = fetch.pyodide_files()
    wheels = {
        entry["file_name"]: official / entry["file_name"]
        for entry in fetch.OFFICIAL["packages"].values()
    }
    wheels |= {path.name: path for path in fetch.pure_wheels(list(python_side.ADDED)).values()}
    python = _wheel(fetch.pure_wheels(["typing-extensions"])["typing-extensions"], ()).text
    found = [_npm("pyodide", CORE), _npm("plotly.js-basic-dist-min", ("live-*/plotly-*.js",))]
    found.append(Component("CPython 3.12 (inside Pyodide)", "PSF-2.0", python, CORE))
    found += [_npm(package, BUNDLES) for package in bundled]
    for name, path in wheels.items():
        compiled = name.startswith("numpy-")
        inside = ("live-*/numpy-*.zip",) if compiled else ("live-*/packages-*.zip", MEMORY)
        found.append(_wheel(path, inside))
    found += [_installed(package, files) for package, files in INSTALLED.items()]
    if firmware.ships():
        text = firmware.licence()
        found.append(Component("OpenSBI", "BSD-2-Clause, BSD-3-Clause", text, (firmware.PLACE,)))
    return sorted(found, key=lambda each: each.name.lower())


def shipped(site: Path) -> list[str]:
    """Every file of the site, relative to its root."""
    return sorted(str(path.relative_to(site)) for path in site.rglob("*") if path.is_file())


def uncovered(site: Path, known: Iterable[Component]) -> list[str]:
    """Files that are neither the book's own nor covered by a component."""
    patterns = [*OWN, *(pattern for each in known for pattern in each.files)]
    return [
        name for name in shipped(site) if not any(fnmatch(name, pattern) for pattern in patterns)
    ]


def text(site: Path, known: list[Component]) -> str:
    """The content of THIRD-PARTY.txt; one licence text is written once, for all that share it."""
    lines = [
        "This book ships the following work of others. Where several components have the same",
        "licence text, it stands once, after the last of them.",
    ]
    names = shipped(site)
    by_text: dict[str, list[Component]] = {}
    for each in known:
        by_text.setdefault(each.text.strip(), []).append(each)
    for licence, sharing in by_text.items():
        lines.append("\n" + "=" * 80)
        for each in sharing:
            lines.append(f"{each.name}  ({each.licence})")
            hits = [name for name in names if any(fnmatch(name, one) for one in each.files)]
            lines += [f"    {name}" for name in hits]
        lines += ["-" * 80, licence]
    return "\n".join(lines) + "\n"


def write(site: Path) -> None:
    """Write THIRD-PARTY.txt into the site."""
    (site / NAME).write_text(text(site, components()), "utf8")
