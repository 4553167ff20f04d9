"""How much of this project's own code each technique needs: logical lines, counted.

A technique's file imports others, and those others again. What it needs beyond the parts on which
every technique stands (host, virtual machine, virtual CPU, exits) is its own. The imports are
followed by the program, so nothing is left out of the count by hand, or put into it.

These are lines of a small hypervisor that is meant to be read. They compare techniques with each
other, and say nothing of products.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from models.events import TITLES
from models.facts import Fact, Facts
from models.parameters import Parameters, choice

ROOM = "models.hypervisors"
#: What every technique stands on: what runs a virtual machine, whoever executes it.
COMMON = ("host", "vm", "vcpu", "exits")
SIMPLE, NOT = 1.5, 2.0  # times the leanest technique's lines; between them nothing is said


@dataclass(frozen=True)
class Technique(Parameters):
    """Whose code is counted."""

    technique: str = choice(
        "trap-and-emulate",
        {name: title for name, title in TITLES.items() if name not in ("native", "interpret")},
        label="Technique",
    )

    @property
    def module(self) -> str:
        """The technique's file, without the room."""
        return self.technique.replace("-", "_")


@dataclass(frozen=True)
class Complexity:
    """What a technique is made of.

    Attributes
    ----------
    parameters : Technique
    own, common : dict
        File to logical lines: the technique's own, and what every technique stands on.
    leanest : int
        Logical lines of the technique that needs fewest of its own.
    """

    parameters: Technique
    own: dict[str, int]
    common: dict[str, int]
    leanest: int

    @property
    def lines(self) -> int:
        """Logical lines of its own."""
        return sum(self.own.values())

    @property
    def ratio(self) -> float:
        """Its lines for each line of the leanest technique."""
        return self.lines / self.leanest

    @property
    def words(self) -> str:
        """The ratio in words, which stay the same when a line is added somewhere."""
        if self.ratio == 1:
            return "the leanest"
        if self.ratio <= SIMPLE:
            return "up to half as many again"
        return "at least twice as many" if self.ratio >= NOT else "more than half as many again"

    def facts(self) -> Facts:
        """Files, and lines in words."""
        return Facts(
            Fact("Files of its own", len(self.own)),
            Fact("Lines beside the leanest technique's", self.words),
            title=Technique.declared("technique").choices[self.parameters.technique],
        )


@cache
def complexity(parameters: Technique) -> Complexity:
    """Follow the imports and count."""
    lines = _own(parameters)
    kinds = Technique.declared("technique").choices
    leanest = min(sum(_own(Technique(name)).values()) for name in kinds)
    return Complexity(parameters, lines, _counted(reached(COMMON)), leanest)


def _own(parameters: Technique) -> dict[str, int]:
    found = reached((parameters.module,))
    return _counted(found - reached(COMMON))


def _counted(names: set[str]) -> dict[str, int]:
    return {name: _read(name)[1] for name in sorted(names)}


def reached(names: tuple[str, ...]) -> set[str]:
    """Files of this room that these need when they run, themselves included."""
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _read(name)[0]
    return found


def logical_lines(source: str) -> int:
    """Statements; of definitions the head counts, and docstrings do not."""
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    return sum(not _is_text(node) for node in statements)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@cache
def _read(name: str) -> tuple[tuple[str, ...], int]:
    """What a file imports, and its logical lines."""
    source = _source(name)
    return tuple(_imports(source)), logical_lines(source)


def _imports(source: str) -> Iterator[str]:
    """Files of this room that a file imports when it is run: those for types alone are left out."""
    for node in ast.parse(source).body:  # `if TYPE_CHECKING:` holds its imports one level deeper
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{ROOM}."):
            yield str(node.module).removeprefix(f"{ROOM}.")


def _source(name: str) -> str:
    folder = files(ROOM)
    for part in name.split("."):
        folder = folder.joinpath(part)
    if folder.is_dir():
        return folder.joinpath("__init__.py").read_text("utf-8")
    *above, last = name.split(".")
    return files(ROOM).joinpath(*above, f"{last}.py").read_text("utf-8")
