"""Chapter 6: the single-stepper, forward and back through an example program."""

from functools import cached_property
from typing import Any, ClassVar

import traitlets

from models.explorers import assets, look, programs
from models.explorers.bench import Bench
from models.explorers.view import Widget

TITLE = "The machine, step by step"
FIRST_STEPS = 16


class MachineView(Widget):
    """A live machine; `answer` is the bench's last reply."""

    _esm = assets.machine_module("stepper.js", "renderStepper")
    _css = assets.css()
    spec = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, title: str, example: str) -> None:
        self.bench = Bench(example)
        examples = [[name, f"{name}: {programs.title(name)}"] for name in programs.NAMES]
        spec = {"title": title, "example": example, "examples": examples}
        super().__init__(spec=spec, answer=self.bench.state() | {"seq": 0})
        self.on_msg(self.receive)

    def receive(self, _: Any, message: dict[str, Any], buffers: Any = None) -> None:
        """A message from the page; the reply is the new `answer`."""
        self.answer = self.bench.receive(message) | {"seq": message.get("seq", 0)}


class Stepper:
    """The stepper as the last line of a cell shows it.

    Parameters
    ----------
    example : str
        The program that stands there first (`models.explorers.programs.NAMES`).
    """

    name: ClassVar[str] = "stepper"

    def __init__(self, example: str = "user"):
        self.example = example
        self.program = Bench(example).program

    @cached_property
    def view(self) -> MachineView:
        """The live stepper."""
        return MachineView(TITLE, self.example)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        rows = look.trace(self.program, FIRST_STEPS)
        caption = f"The first {len(rows)} steps. {programs.title(self.example)}"
        head = ("Step", "Mode", "Address", "Instruction", "What changed")
        html = (
            f'<section class="explorer machine" data-explorer="{self.name}" '
            f'aria-label="{TITLE}"><p class="explorer-title">{TITLE}</p>'
            f"{look.table(caption, head, rows)}"
            "<p>Run live to step on, and back, through this and other programs.</p></section>"
        )
        plain = "\n".join([caption, *("  ".join(row).rstrip() for row in rows)])
        return {**self.view.mime(), "text/html": html, "text/plain": plain}


stepper = Stepper()
