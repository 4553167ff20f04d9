"""Debian packages for another architecture, through an apt root of their own.

The machine's configuration is read for the mirror and the keys, and never written; apt checks the
archive's signature, and what was fetched is checked once more against the hash that the signed
index gives.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

SUITE, ARCHITECTURE = "trixie", "riscv64"


def mirror() -> tuple[str, str]:
    """Debian's mirror and key ring, as the machine's own apt sources name them."""
    for path in sorted(Path("/etc/apt").glob("sources.list.d/*.sources")):
        text = path.read_text()
        uri = re.search(r"^URIs: *(\S+/debian)/?$", text, re.M)
        keys = re.search(r"^Signed-By: *(\S+)$", text, re.M)
        if uri and keys:
            return uri[1], keys[1]
    raise SystemExit("no Debian source in /etc/apt/sources.list.d (a .sources file is needed)")


@cache
def apt_root(folder: Path) -> dict[str, str]:
    """Make an apt root and update it; return the environment that selects it."""
    for name in (
        "state/lists/partial",
        "cache/archives/partial",
        "etc/preferences.d",
        "etc/apt.conf.d",
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    uri, keys = mirror()
    source = {"Types": "deb", "URIs": uri, "Suites": SUITE, "Components": "main"}
    source |= {"Architectures": ARCHITECTURE, "Signed-By": keys}
    (folder / "etc" / "debian.sources").write_text(
        "".join(f"{key}: {value}\n" for key, value in source.items())
    )
    settings = {"Dir": folder, "Dir::State": "state", "Dir::State::status": folder / "status"}
    settings |= {"Dir::Cache": "cache", "Dir::Etc": "etc", "Dir::Etc::sourceparts": "-"}
    settings |= {"Dir::Etc::sourcelist": "debian.sources", "APT::Architecture": ARCHITECTURE}
    settings |= {"APT::Architectures": ARCHITECTURE, "Acquire::Languages": "none"}
    configuration = folder / "apt.conf"
    configuration.write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
    environment = {**os.environ, "APT_CONFIG": str(configuration)}
    subprocess.run(["apt-get", "-qq", "update"], env=environment, check=True, stdout=sys.stderr)
    return environment


def unpack(package: str, member: str, folder: Path) -> None:
    """Fetch a package and unpack a part of it.

    Parameters
    ----------
    package : str
        Its name; of one that only depends on the present version (`linux-image-riscv64`), that.
    member : str
        Folder or file inside, for example ``./boot``.
    folder : Path
        Where to put it.
    """
    environment = apt_root(folder / "apt")

    def apt(*arguments: str) -> str:
        pipe = subprocess.PIPE
        done = subprocess.run(
            arguments, env=environment, check=True, cwd=folder, stdout=pipe, text=True
        )
        return done.stdout

    depends = re.search(
        rf"Depends: ({package[: -len(ARCHITECTURE)]}\S+)", apt("apt-cache", "depends", package)
    )
    if package.endswith(ARCHITECTURE) and depends:
        package = depends[1]
    expected = re.search(r"^SHA256: (\w+)$", apt("apt-cache", "show", package), re.M)
    apt("apt-get", "-qq", "download", package)
    (file,) = folder.glob(f"{package}_*.deb")
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if expected is None or found != expected[1]:
        raise SystemExit(
            f"{file.name}: SHA-256 is {found}, the index says {expected and expected[1]}"
        )
    print(f"{file.name}, SHA-256 {found}", file=sys.stderr)
    archive = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", folder, member], stdin=archive.stdout, check=True)
    archive.wait()
    file.unlink()
