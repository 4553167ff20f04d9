"""A machine to step through, as a live widget and as the table that stands without one."""

from functools import cached_property
from html import escape
from typing import Any, ClassVar, NamedTuple

import traitlets

from models.explorers import look, programs
from models.explorers.bench import Bench
from models.explorers.view import Widget


class MachineView(Widget):
    """A live machine; `answer` is the bench's last reply."""

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


class Still(NamedTuple):
    """The table that stands where nothing is live."""

    caption: str
    head: tuple[str, ...]
    rows: list[list[str]]


class Machine:
    """A machine as the last line of a cell shows it.

    Parameters
    ----------
    example : str
        The program that stands there first (`models.explorers.programs.NAMES`).
    """

    name: ClassVar[str]
    title: ClassVar[str]
    more: ClassVar[str]  # what running live adds
    widget: ClassVar[type[MachineView]]

    def __init__(self, example: str):
        self.example = example
        self.program = Bench(example).program

    def still(self) -> Still:
        """What is shown before, and without, running live."""
        raise NotImplementedError

    @cached_property
    def view(self) -> MachineView:
        """The live widget."""
        return self.widget(self.title, self.example)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        still = self.still()
        title = escape(self.title)
        html = (
            f'<section class="explorer machine" data-explorer="{self.name}" '
            f'aria-label="{title}"><p class="explorer-title">{title}</p>'
            f"{look.table(*still)}<p>{escape(self.more)}</p></section>"
        )
        plain = "\n".join([still.caption, *("  ".join(row).rstrip() for row in still.rows)])
        return {**self.view.mime(), "text/html": html, "text/plain": plain}
