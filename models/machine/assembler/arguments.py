r"""Macros: their parameters, the arguments of a call, and the text that results."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.machine.assembler.errors import AssemblyError, Location


@dataclass(frozen=True)
class Statement:
    """A statement cut into its labels, first word and the rest."""

    location: Location
    labels: str
    word: str
    rest_column: int  # where the operands begin, from 0

    @property
    def rest(self) -> str:
        """The text after the first word."""
        return self.location.text[self.rest_column :].strip()

    @property
    def word_location(self) -> Location:
        """Where the first word stands."""
        return self.location.at(self.rest_column - len(self.word) + 1)

    def error(self, problem: str, allowed: str) -> AssemblyError:
        """Return the error that the first word is at fault."""
        return AssemblyError(self.word_location, self.word, problem, allowed)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a macro; `kind` is "", "req" or "vararg"."""

    name: str
    default: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Macro:
    """A named body with parameters."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Location, ...]


def split(text: str) -> list[str]:
    """Cut at commas outside of strings and parentheses."""
    parts, depth, current = [], 0, ""
    for piece in re.findall(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\\])\'|.', text):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and depth <= 0:
            parts.append(current.strip())
            current = ""
        else:
            current += piece
    return [*parts, current.strip()] if current.strip() or parts else []


def read_parameter(word: str, head: Statement) -> Parameter:
    """Read `name`, `name=default`, `name:req` or `name:vararg`."""
    match = re.fullmatch(r"([\w$]+)(?::(req|vararg))?(?:=(.*))?", word)
    if match is None:
        raise head.error(f"not a parameter: {word!r}", "name, name=default, name:req, name:vararg")
    return Parameter(match[1], match[3] or "", match[2] or "")


def bind(macro: Macro, call: Statement) -> dict[str, str]:
    """Give each parameter its argument."""
    arguments = {p.name: p.default for p in macro.parameters}
    positions = iter(macro.parameters)
    given: set[str] = set()
    parts = split(call.rest)
    for index, part in enumerate(parts):
        keyword = re.match(r"([\w$]+)\s*=(?!=)\s*(.*)", part)
        if keyword and keyword[1] in arguments:
            name, value = keyword[1], keyword[2]
        else:
            parameter = next(positions, None)
            if parameter is None:
                takes = f"{len(macro.parameters)} arguments of {macro.name}"
                raise call.error(f"argument {part!r} is one too many", takes)
            name, value = parameter.name, part
            if parameter.kind == "vararg":
                arguments[name] = ", ".join(parts[index:])
                given.add(name)
                break
        if value:
            arguments[name] = value
            given.add(name)
    for parameter in macro.parameters:
        if parameter.kind == "req" and parameter.name not in given:
            raise call.error(f"argument {parameter.name!r} is missing", "a value for it")
    return arguments


def substitute(
    body: Sequence[Location], arguments: Mapping[str, str], within: str
) -> list[Location]:
    r"""Put the arguments in place of `\name` in every line of a body."""
    names = sorted(arguments, key=len, reverse=True)
    pattern = re.compile(r"\\(\(\)|" + "|".join(re.escape(name) for name in names) + r"(?![\w$]))")

    def value(match: re.Match[str]) -> str:
        return arguments.get(match[1], "")

    return [
        Location(at.file, at.line, 1, pattern.sub(value, at.text), within or at.within)
        for at in body
    ]
