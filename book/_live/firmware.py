"""OpenSBI on the site: the console boots it at a press.

It is the image of Debian's package `opensbi` on the machine that builds the book; nothing of it is
in the repository. Its licences (BSD, of two and of three clauses) ask for their text beside it,
which THIRD-PARTY.txt has. Where the package is not installed the site has no image, and the console
asks for a file.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from models.explorers.boots import OPENSBI
from models.explorers.console import OPENSBI as PLACE

COPYRIGHT = Path("/usr/share/doc/opensbi/copyright")


def ships() -> bool:
    """Tell whether the image and its licence are on this machine."""
    return OPENSBI.exists() and COPYRIGHT.exists()


def copy(site: Path) -> None:
    """Put the image into the site."""
    if ships():
        target = site / PLACE
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(OPENSBI, target)


def licence() -> str:
    """Return the licences' text."""
    return COPYRIGHT.read_text("utf8")
