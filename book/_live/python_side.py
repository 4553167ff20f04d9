"""The Python half of the live page: bytecode wheels, the `models` wheel and the built lock."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from book._live import fetch

# Pure wheels that the page adds to the official packages, pinned in requirements.txt: what Python
# imports by which names, and what each needs. (ipywidgets' own two JavaScript packages are left
# out: the page brings its widgets itself.)
ADDED: dict[str, tuple[list[str], list[str]]] = {
    "comm": (["comm"], ["traitlets"]),
    "typing-extensions": (["typing_extensions"], []),
    "psygnal": (["psygnal"], []),
    "ipywidgets": (["ipywidgets"], ["comm", "ipython", "traitlets"]),
    "anywidget": (["anywidget"], ["ipywidgets", "psygnal", "typing-extensions"]),
}
# ipython asks for more than the page runs: no terminal, no history, no completion there.
NEEDLESS = {"prompt_toolkit", "wcwidth", "sqlite3", "matplotlib-inline"}


def lock_entry(name: str, file: Path, imports: list[str], depends: list[str]) -> dict:
    """One package in the form of Pyodide's lock."""
    return {
        "name": name,
        "version": file.name.split("-")[1],
        "file_name": hashed_name(file),
        "sha256": fetch.sha256(file),
        "imports": imports,
        "depends": depends,
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }


def hashed_name(wheel: Path) -> str:
    """The wheel's name with its hash as build tag, so that a cache never mixes up two builds."""
    name, version, *tags = wheel.name.split("-")
    return "-".join([name, version, "0h" + fetch.sha256(wheel)[:10], *tags])


def models_wheel(folder: Path) -> Path:
    """The `models` package as flit builds it (dates come from SOURCE_DATE_EPOCH)."""
    code = "import sys; from flit_core import buildapi; print(buildapi.build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(folder)]
    subprocess.run(command, cwd=fetch.ROOT, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("models-*.whl")
    return wheel


def sources(models: Path) -> dict[str, tuple[Path, list[str], list[str]]]:
    """Package -> (checked wheel, imports, depends) of everything that Python loads in the page."""
    official = fetch.pyodide_files()
    table = {}
    for name, entry in fetch.OFFICIAL["packages"].items():
        depends = [need for need in entry["depends"] if need not in NEEDLESS]
        table[name] = (official / entry["file_name"], entry["imports"], depends)
    for name, wheel in fetch.pure_wheels(list(ADDED)).items():
        table[name] = (wheel, *ADDED[name])
    table["models"] = (models, ["models"], ["numpy"])
    return table


def compile_all(wheels: list[Path], cache: Path) -> None:
    """Compile the wheels into the cache on the Pyodide that the page will load."""
    with tempfile.TemporaryDirectory(dir=fetch.CACHE) as temporary:
        job = Path(temporary)
        (job / "in").mkdir()
        (job / "out").mkdir()
        (job / "empty-lock.json").write_text(
            json.dumps({"info": fetch.OFFICIAL["info"], "packages": {}}), "utf8"
        )
        for wheel in wheels:
            shutil.copy(wheel, job / "in" / wheel.name)
        node = str(Path(sys.executable).with_name("node"))
        script = str(fetch.HERE / "compile_wheels.mjs")
        fetch.run([node, script, str(fetch.pyodide_files()), str(job)], "Bytecode")
        for wheel in wheels:
            place = compiled(wheel, cache)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(job / "out" / wheel.name, place)


def compiled(wheel: Path, cache: Path) -> Path:
    """Where a wheel's compiled form is kept: named after what goes in."""
    recipe = (fetch.HERE / "compile_wheels.py").read_bytes() + wheel.read_bytes()
    return cache / hashlib.sha256(recipe).hexdigest()[:16] / wheel.name


def build(out: Path) -> None:
    """Write Pyodide's core, the compiled wheels and the built lock into the folder."""
    cache = fetch.CACHE / "compiled"
    with tempfile.TemporaryDirectory() as temporary:
        table = sources(models_wheel(Path(temporary)))
        stale = [file for file, _, _ in table.values() if not compiled(file, cache).is_file()]
        if stale:
            fetch.say(f"compiling {len(stale)} Python packages to bytecode ...")
            compile_all(stale, cache)
        packages = {
            name: lock_entry(name, compiled(file, cache), imports, depends)
            for name, (file, imports, depends) in sorted(table.items())
        }
        for name, (file, _, _) in table.items():
            shutil.copyfile(compiled(file, cache), out / packages[name]["file_name"])
    for name in fetch.OFFICIAL["core"]:
        shutil.copyfile(fetch.pyodide_files() / name, out / name)
    lock = {"info": fetch.OFFICIAL["info"], "packages": packages}
    (out / "pyodide-lock.json").write_text(json.dumps(lock, indent=1, sort_keys=True), "utf8")
