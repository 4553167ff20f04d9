"""The book's own firmware, assembled: what `--entry supervisor` puts below a kernel."""

from __future__ import annotations

from functools import cache

from models import stored
from models.machine import layout
from models.machine.assembler import Program, assemble

ROOM = 0x1_0000  # bytes from the bottom of RAM that PMP closes to the kernel


@cache
def build() -> Program:
    """Assemble `firmware.S` for the bottom of RAM; its entry takes a2 as OpenSBI's does."""
    source = stored.text("models.machine", "firmware.S")
    return assemble(source, name="firmware.S", origin=layout.RAM)
