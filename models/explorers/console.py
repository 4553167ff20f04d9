"""A board with a console in the page: the book's monitor, or the reader's own images."""

from functools import cached_property
from html import escape
from typing import Any, ClassVar

import traitlets

from models.explorers import assets, boots, look
from models.explorers.terminal import MOST_BYTES, Terminal
from models.explorers.view import Widget

KEYS = "hct"  # what the still form types
OPENSBI = "_static/opensbi/fw_dynamic.bin"  # where the book's site has it


class ConsoleView(Widget):
    """The live console; `answer` is the terminal's last reply."""

    _esm = assets.machine_module("renderConsole", "console.js")
    spec = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, title: str) -> None:
        self.terminal = Terminal()
        spec = {
            "title": title,
            "bytes": list(MOST_BYTES.values()),
            "programs": list(boots.PROGRAMS.items()),
            "opensbi": OPENSBI,
        }
        super().__init__(spec=spec, answer=self.terminal.state() | {"seq": 0})
        self.on_msg(self.receive)

    def receive(self, _: Any, message: dict[str, Any], buffers: Any = None) -> None:
        """A message from the page; the reply is the new `answer`."""
        reply = self.terminal.receive(message, buffers or ())
        self.answer = reply | {"seq": message.get("seq", 0)}


class Console:
    """The console as the last line of a cell shows it."""

    name = "console"
    title = "A board and its console"
    more: ClassVar[str] = (
        "Run live to type at it, to step it, and to boot other programs: the teaching kernel, "
        "OpenSBI, or firmware, kernel and RAM disk of your own."
    )

    @cached_property
    def view(self) -> ConsoleView:
        """The live widget."""
        return ConsoleView(self.title)

    def still(self) -> tuple[str, list[list[str]]]:
        """What the monitor answers to some keys, and what that took."""
        terminal = Terminal()
        rows = []
        for key in ("", *KEYS):
            before = terminal.state()
            terminal.receive({"do": "type", "text": key})
            after = terminal.receive({"do": "run", "steps": 1_000_000})
            told = [f"{after[name] - before[name]:,}" for name in ("count", "interrupts", "traps")]
            rows.append([f"key {key}" if key else "reset", *told])
        return str(terminal.state()["output"]).strip(), rows

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        said, rows = self.still()
        head = ("After", "Instructions", "Interrupts", "Traps")
        title = escape(self.title)
        html = (
            f'<section class="explorer machine" data-explorer="{self.name}" '
            f'aria-label="{title}"><p class="explorer-title">{title}</p>'
            f'<pre class="machine-console" tabindex="0" aria-label="Console">{escape(said)}</pre>'
            f"{look.table('What each took', head, rows)}<p>{escape(self.more)}</p></section>"
        )
        plain = "\n".join([said, *("  ".join(row) for row in rows)])
        return {**self.view.mime(), "text/html": html, "text/plain": plain}


console = Console()
