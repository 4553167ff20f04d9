"""Chapter 6: the teaching kernel as a lesson: its source, its sensitive places, one system call."""

import re
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from textwrap import dedent
from typing import Any

from models.events import Counters
from models.explorers import look
from models.explorers.prediction import Misconception, Prediction
from models.facts import Fact, Facts
from models.guests.kernel import board_options, kernel_image, start
from models.guests.kernel_lesson import Lesson, kept
from models.machine.board import Board

FOLDER = "models.guests.kernel"
MOST = 20_000_000  # instructions
_TOLD = re.compile(r"^#   ([\w.S, ]+?)  +(.+)$", re.MULTILINE)


def _truth() -> Fact:
    return Fact("Instructions that only a kernel may execute", len(kept().sites))


sensitive_places = Prediction(
    name="sensitive-places",
    question=(
        f"The teaching kernel is {kept().total:,} instructions: processes, page tables, a timer, "
        "a console, drivers of a disk and of a network card. How many of them may only be "
        "executed by a kernel?"
    ),
    truth=_truth,
    because=(
        "Most of what a kernel does is work on lists, tables and registers of devices, which are "
        "memory. The privileged instructions stand around its traps."
    ),
    low=0,
    high=2_000,
    near=15,
    misconceptions=(
        Misconception(
            kept().total,
            "A kernel is privileged",
            "its mode is, not its instructions. In S-mode an addition is still an addition.",
            within=500,
        ),
        Misconception(
            500,
            "A good part of it",
            "page tables and devices are memory: a store to an entry of a table is a store.",
            within=400,
        ),
    ),
)


class Table:
    """Rows under a head, shown as HTML and as text.

    Parameters
    ----------
    caption : str
    head : tuple of str
    rows : list of list of str
    """

    def __init__(self, caption: str, head: tuple[str, ...], rows: list[list[str]]):
        self.caption, self.head, self.rows = caption, head, rows

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        lines = [
            self.caption,
            "  ".join(self.head),
            *("  ".join(row).rstrip() for row in self.rows),
        ]
        return {
            "text/html": look.table(self.caption, self.head, self.rows),
            "text/plain": "\n".join(lines),
        }


def parts(lesson: Lesson | None = None) -> Table:
    """The kernel's files, what each is for, and how many of its instructions are sensitive."""
    seen = lesson or kept()
    told = {
        name.strip(): what
        for names, what in _TOLD.findall(source("kernel.S"))
        for name in names.split(",")
    }
    rows = [
        [name, told.get(name, "the start"), f"{number:,}",
         str(sum(site.file == name for site in seen.sites))]
        for name, number in seen.instructions.items()
    ]  # fmt: skip
    head = ("File", "What it is for", "Instructions", "Only a kernel may")
    return Table("The teaching kernel, file by file", head, rows)


def macros(lesson: Lesson | None = None) -> Table:
    """The names of `sensitive.S`, what each stands for, and how often it was used."""
    sites = (lesson or kept()).sites
    rows = []
    for name in dict.fromkeys(site.macro for site in sites):
        own = [site for site in sites if site.macro == name]
        places = list(dict.fromkeys((site.file, site.line) for site in own))
        first = [s.instruction for s in own if (s.file, s.line) == places[0]]
        executed = sum(site.executed for site in own)
        rows.append([name, str(len(places)), str(executed), "; ".join(first)])
    head = ("Name", "Places", "Executed", "Stands for")
    return Table("Every privileged instruction of the kernel, behind a name", head, rows)


def system_call(lesson: Lesson | None = None) -> Table:
    """One system call from its ecall to its sret, ordinary instructions put together."""
    rows = [
        [one.mode, one.label, one.macro, one.text or f"{one.instructions} ordinary"]
        for one in (lesson or kept()).call
    ]
    return Table("Who am I? One system call", ("Mode", "In", "Name", "Instructions"), rows)


@dataclass(frozen=True)
class Excerpt:
    """Some lines of the kernel's source: from one that begins so, to the next empty one.

    Attributes
    ----------
    file, begins : str
    """

    file: str
    begins: str

    @property
    def lines(self) -> list[str]:
        """The lines; ValueError where none begins so."""
        text = source(self.file).splitlines()
        starts = (n for n, line in enumerate(text) if line.lstrip().startswith(self.begins))
        first = next(starts, None)
        if first is None:
            raise ValueError(f"begins: no line of {self.file} begins with {self.begins!r}")
        last = next((n for n in range(first, len(text)) if not text[n].strip()), len(text))
        return text[first:last]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        code = dedent("\n".join(self.lines))
        html = (
            f'<figure class="source"><figcaption>{escape(self.file)}</figcaption>'
            f'<pre tabindex="0"><code>{escape(code)}</code></pre></figure>'
        )
        return {"text/html": html, "text/plain": f"{self.file}\n{code}"}


def source(name: str) -> str:
    """The text of one of the kernel's files."""
    return files(FOLDER).joinpath(name).read_text("utf-8")


@dataclass(frozen=True)
class Booted:
    """One run of the kernel, from reset to the end of its program.

    Attributes
    ----------
    console : str
        What was printed.
    counters : Counters
    """

    console: str
    counters: Counters

    def facts(self) -> Facts:
        """What was printed, and what was counted."""
        lines = self.console.split("\n")
        printed = (
            Fact(f"Line {n} of the console", line) for n, line in enumerate(lines, 1) if line
        )
        modes = self.counters["retired"]
        counted = (Fact(f"Instructions in {name}", modes[name]) for name in sorted(modes))
        return Facts(*printed, *counted, title="The teaching kernel, from reset to its end")


def first_boot() -> Facts:
    """The workload "hello", as it was seen."""
    counters = Counters()
    counters["retired"].update(kept().retired)
    return Booted(kept().console, counters).facts()


def boot(workload: str = "hello", size: int | None = None) -> Facts:
    """Assemble the kernel with a workload and run it now.

    Raises
    ------
    ValueError
        For a workload or size that there is not.
    """
    board = Board(board_options(workload))
    start(board, kernel_image(workload, size))
    board.run(MOST)
    return Booted(board.console_output.decode("ascii"), board.counters).facts()
