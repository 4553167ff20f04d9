"""Chapter 6: the assembly playground: write a program, see its errors at the line, step it."""

from functools import cached_property
from typing import Any, ClassVar

from models.explorers import assets, look, programs
from models.explorers.bench import Bench
from models.explorers.stepper import MachineView

TITLE = "Write your own program"


class PlaygroundView(MachineView):
    """The live playground: an editor above the machine."""

    _esm = assets.machine_module("playground.js", "renderPlayground")


class Playground:
    """The playground as the last line of a cell shows it.

    Parameters
    ----------
    example : str
        The program that stands there first (`models.explorers.programs.NAMES`).
    """

    name: ClassVar[str] = "playground"

    def __init__(self, example: str = "hello"):
        self.example = example
        self.program = Bench(example).program

    @cached_property
    def view(self) -> PlaygroundView:
        """The live playground."""
        return PlaygroundView(TITLE, self.example)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        rows = [
            [str(line["line"]), line["address"], line["bytes"], line["label"], line["source"]]
            for line in look.listing(self.program)
        ]
        caption = f"Assembled: {programs.title(self.example)}"
        head = ("Line", "Address", "Bytes", "Label", "Source")
        html = (
            f'<section class="explorer machine" data-explorer="{self.name}" '
            f'aria-label="{TITLE}"><p class="explorer-title">{TITLE}</p>'
            f"{look.table(caption, head, rows)}"
            "<p>Run live to change it, or to write another.</p></section>"
        )
        plain = "\n".join([caption, *("  ".join(row).rstrip() for row in rows)])
        return {**self.view.mime(), "text/html": html, "text/plain": plain}


playground = Playground()
