"""Finish the built pages: no outside address, no useless weight, a content security policy."""

from __future__ import annotations

from pathlib import Path


def finish(site: Path) -> None:
    """Rewrite each page of the site in place."""
