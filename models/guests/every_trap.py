"""A guest that does, in M, S and U, all for which a hypervisor may have to be entered."""

from __future__ import annotations

from functools import cache

from models import stored
from models.machine.assembler import Program, assemble

#: Bytes of RAM, and instructions after which it has ended, or has gone astray.
MEMORY, MOST = 1 << 20, 3_000


@cache
def every_trap() -> Program:
    """Assemble it: to be entered in M-mode at its first instruction."""
    text = stored.text(__package__, "every_trap.S")
    return assemble(text, name="every_trap.S")
