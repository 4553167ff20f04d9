"""A small program that talks over the console: something to type at on a bare board."""

from functools import cache
from importlib.resources import files

from models.machine.assembler import Program, assemble

#: Its prompt: what the console shows when it waits for a key.
PROMPT = "\n> "


@cache
def monitor() -> Program:
    """Assemble the monitor: it runs in M-mode, from the bottom of RAM."""
    source = files(__package__).joinpath("monitor.S").read_text("utf-8")
    return assemble(source, name="monitor.S")
