"""A small program that talks over the console: something to type at on a bare board."""

from functools import cache

from models import stored
from models.machine.assembler import Program, assemble

#: Its prompt: what the console shows when it waits for a key.
PROMPT = "\n> "


@cache
def monitor() -> Program:
    """Assemble the monitor: it runs in M-mode, from the bottom of RAM."""
    source = stored.text(__package__, "monitor.S")
    return assemble(source, name="monitor.S")
