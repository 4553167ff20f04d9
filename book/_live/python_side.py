"""The Python half of the live page: archives of bytecode, `models`, the lock, the snapshot."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from book._live import fetch

# Pure wheels that the page adds to the official packages, pinned in requirements.txt.
ADDED = ("comm", "typing-extensions", "psygnal", "ipywidgets", "anywidget")


def models_wheel(folder: Path) -> Path:
    """The `models` package as flit builds it (dates come from SOURCE_DATE_EPOCH)."""
    code = "import sys; from flit_core import buildapi; print(buildapi.build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(folder)]
    subprocess.run(command, cwd=fetch.ROOT, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("models-*.whl")
    return wheel


def join(wheels: list[Path], target: Path) -> None:
    """Put wheels into one archive, which Python imports from as it stands.

    Unpacking eleven wheels file by file took as long as starting Python. `models` has an archive of
    its own, since it changes more often than what others wrote; so has NumPy, which is compiled.
    """
    members: dict[str, bytes] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            members |= {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in sorted(members.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=9)


def write_lock(place: Path) -> None:
    """Pyodide asks for its list of packages; here none is loaded its way."""
    lock = {"info": fetch.OFFICIAL["info"], "packages": {}}
    place.write_text(json.dumps(lock, indent=1, sort_keys=True), "utf8")


def in_pyodide(script: str, job: Path) -> None:
    """Run one of our scripts in Node, on the Pyodide that the page will load."""
    write_lock(job / "empty-lock.json")
    node = str(Path(sys.executable).with_name("node"))
    fetch.run([node, str(fetch.HERE / script), str(fetch.pyodide_files()), str(job)], script)


def compile_all(wheels: list[Path], cache: Path) -> None:
    """Compile the wheels into the cache on the Pyodide that the page will load."""
    with tempfile.TemporaryDirectory(dir=fetch.CACHE) as temporary:
        job = Path(temporary)
        (job / "in").mkdir()
        (job / "out").mkdir()
        for wheel in wheels:
            shutil.copy(wheel, job / "in" / wheel.name)
        in_pyodide("compile_wheels.mjs", job)
        for wheel in wheels:
            place = compiled(wheel, cache)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(job / "out" / wheel.name, place)


def compiled(wheel: Path, cache: Path) -> Path:
    """Where a wheel's compiled form is kept: named after what goes in."""
    recipe = (fetch.HERE / "compile_wheels.py").read_bytes() + wheel.read_bytes()
    return cache / hashlib.sha256(recipe).hexdigest()[:16] / wheel.name


def compile_stale(wheels: list[Path], cache: Path) -> None:
    """Compile those wheels that the cache does not have."""
    stale = [wheel for wheel in wheels if not compiled(wheel, cache).is_file()]
    if stale:
        fetch.say(f"compiling {len(stale)} Python packages to bytecode ...")
        compile_all(stale, cache)


def snapshot(packages: Path) -> bytes:
    """The memory (gzip) of a Pyodide that has imported what every page needs."""
    with tempfile.TemporaryDirectory(dir=fetch.CACHE) as temporary:
        job = Path(temporary)
        shutil.copy(packages, job / "packages.zip")
        in_pyodide("snapshot.mjs", job)
        return gzip.compress((job / "memory").read_bytes(), 9, mtime=0)


def keep_snapshot(packages: Path, cache: Path) -> Path:
    """Where the snapshot is kept: named after what goes in."""
    ours = ("snapshot.mjs", "live_imports.py", "live_extensions.py")
    recipe = [packages, *(fetch.HERE / name for name in ours)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in recipe)).hexdigest()
    place = cache / digest[:16] / "memory.bin"
    if not place.is_file():
        fetch.say("starting Python once, to keep its memory ...")
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            file.write(snapshot(packages))
        Path(file.name).replace(place)  # two builds may do so at once
    return place


def build(out: Path) -> None:
    """Write Pyodide's core, NumPy, `models`, the pure packages, the snapshot and the lock."""
    cache = fetch.CACHE / "compiled"
    official = fetch.pyodide_files()
    files = {
        name: official / each["file_name"] for name, each in fetch.OFFICIAL["packages"].items()
    }
    numpy = files.pop("numpy")
    pure = [*files.values(), *fetch.pure_wheels(list(ADDED)).values()]
    with tempfile.TemporaryDirectory() as temporary:
        models = models_wheel(Path(temporary))
        compile_stale([numpy, models, *pure], cache)
        join([compiled(models, cache)], out / "models.zip")
    join([compiled(numpy, cache)], out / "numpy.zip")
    join([compiled(wheel, cache) for wheel in pure], out / "packages.zip")
    shutil.copyfile(keep_snapshot(out / "packages.zip", cache), out / "memory.bin")
    for name in fetch.OFFICIAL["core"]:
        shutil.copyfile(official / name, out / name)
    write_lock(out / "lock.json")
