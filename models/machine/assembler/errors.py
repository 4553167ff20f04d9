"""Where a piece of source stands, and the one error that the assembler raises."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Location:
    """A place in the source: file, line and column (both from 1), and the line's text.

    Lines that a macro or `.rept` produced carry the place of the body's line, the text after
    substitution, and in `within` the call that produced them.
    """

    file: str
    line: int
    column: int
    text: str
    within: str = ""

    def at(self, column: int) -> Location:
        """The same line, another column."""
        return Location(self.file, self.line, column, self.text, self.within)


class AssemblyError(ValueError):
    """Source that the assembler refuses.

    Attributes
    ----------
    location : Location
        File, line, column and text of the offending place.
    token : str
        The piece of text that is wrong ("" where something is missing).
    problem, allowed : str
        What is wrong with it, and what may stand there instead.
    """

    def __init__(self, location: Location, token: str, problem: str, allowed: str):
        self.location = location
        self.token = token
        self.problem = problem
        self.allowed = allowed
        where = f"{location.file}:{location.line}:{location.column}"
        what = f"{token!r}: {problem}" if token else problem
        within = f" (in {location.within})" if location.within else ""
        text = location.text.expandtabs(1)
        caret = " " * (location.column - 1) + "^"
        super().__init__(f"{where}: {what}; allowed: {allowed}{within}\n    {text}\n    {caret}")

    @property
    def line(self) -> int:
        """Line of the offending place, from 1."""
        return self.location.line

    @property
    def column(self) -> int:
        """Column of the offending place, from 1."""
        return self.location.column
