"""Text of one statement to tokens.

Comments run from `#` or `//` to the end of the line, or stand between `/*` and `*/`; `;` separates
statements on one line (the conventions of GNU as for RISC-V, plus `//`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.machine.assembler.errors import AssemblyError, Location


@dataclass(frozen=True)
class Token:
    """A word of the source.

    `kind` is "name", "number", "local" (`1f`, `1b`), "string", "function" (`%hi`), "operator" or
    "end"; `value` holds the number or the string's bytes.
    """

    kind: str
    text: str
    location: Location
    value: int | bytes = 0

    def error(self, problem: str, allowed: str) -> AssemblyError:
        """Return the error that this token is at fault."""
        return AssemblyError(self.location, self.text, problem, allowed)


_STRING = r'"(?:\\.|[^"\\])*"'
_CHARACTER = r"'(?:\\.|[^\\])'"
_COMMENT = re.compile(rf"({_STRING}|{_CHARACTER})|#.*|//.*|/\*.*?\*/")
_STATEMENT = re.compile(rf"(?:{_STRING}|{_CHARACTER}|[^;])+")
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<local>\d+[fb](?![\w.$]))
    | (?P<number>0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)(?![\w.$])
    | (?P<character>{_CHARACTER})
    | (?P<string>{_STRING})
    | (?P<name>[A-Za-z_.$][\w.$]*)
    | (?P<function>%[a-z]\w*(?=\s*\())
    | (?P<operator><<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^!~<>=():,@])
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {"n": 10, "t": 9, "r": 13, "b": 8, "f": 12, "\\": 92, '"': 34, "'": 39}


def strip_comments(text: str) -> str:
    """Replace the comments of one line by blanks, so that columns stay what they were."""
    return _COMMENT.sub(lambda m: m.group(1) or " " * len(m.group()), text).rstrip()


def logical_lines(source: str, file: str) -> Iterator[Location]:
    """Yield every statement of a source with the place where it begins; blank ones are left out."""
    open_comment: Location | None = None
    for number, raw in enumerate(source.split("\n"), 1):
        text = raw.rstrip("\r")
        if open_comment:
            end = text.find("*/")
            if end < 0:
                continue
            open_comment, text = None, " " * (end + 2) + text[end + 2 :]
        code = strip_comments(text)
        start = _comment_start(code)
        if start >= 0:
            open_comment = Location(file, number, start + 1, text)
            code = code[:start]
        for statement in _STATEMENT.finditer(code):
            if statement.group().strip():
                yield Location(file, number, 1, " " * statement.start() + statement.group())
    if open_comment:
        raise AssemblyError(open_comment, "/*", "comment without an end", "'*/' in a later line")


def _comment_start(code: str) -> int:
    """Column of a `/*` that is still open at the line's end, or -1."""
    for match in re.finditer(rf"{_STRING}|{_CHARACTER}|/\*", code):
        if match.group() == "/*":
            return match.start()
    return -1


def tokenize(location: Location) -> list[Token]:
    """Cut a statement into tokens; the last one has kind "end"."""
    tokens: list[Token] = []
    text, position = location.text.rstrip(), 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            rest = text[position:].lstrip()
            place = location.at(len(text) - len(rest) + 1)
            raise AssemblyError(place, rest.split()[0], "not a word of the language", _WORDS)
        kind, word = match.lastgroup, match.group(match.lastgroup)
        tokens.append(_token(kind, word, location.at(match.start(kind) + 1)))
        position = match.end()
    tokens.append(Token("end", "", location.at(len(text) + 1)))
    return tokens


_WORDS = "names, numbers (12, 0x1f, 0b101, 'a'), strings in double quotes, operators"


def _token(kind: str, word: str, location: Location) -> Token:
    if kind == "string":
        return Token(kind, word, location, unescape(word[1:-1], location))
    if kind == "character":
        (value,) = unescape(word[1:-1], location)[:1]
        return Token("number", word, location, value)
    if kind == "number":
        return Token(kind, word, location, _number(word, location))
    return Token(kind, word, location)


def _number(word: str, location: Location) -> int:
    """Read a number: decimal, 0x hexadecimal, 0b binary, or octal after a leading 0."""
    lowered = word.lower()
    base = 16 if lowered.startswith("0x") else 2 if lowered.startswith("0b") else 10
    if base == 10 and len(word) > 1 and word[0] == "0":
        base = 8
        if set(word) & set("89"):
            raise AssemblyError(location, word, "not an octal number", "digits 0 to 7 after 0")
    value = int(word, base)
    if value >> 64:
        raise AssemblyError(location, word, "number too large", "at most 64 bits")
    return value


def unescape(text: str, location: Location) -> bytes:
    r"""Bytes of a string's inside: UTF-8, with \n \t \r \b \f \\ \" \', \x41 and octal \101."""
    out, position = bytearray(), 0
    for match in _ESCAPE.finditer(text):
        out += text[position : match.start()].encode()
        position, code = match.end(), match.group(1)
        if code[0] == "x" and len(code) > 1:
            out.append(int(code[1:], 16) & 0xFF)
        elif code[0] in "01234567":
            out.append(int(code, 8) & 0xFF)
        elif code in _ESCAPED:
            out.append(_ESCAPED[code])
        else:
            allowed = r"\n \t \r \b \f \\ \" \' \x41 \101"
            raise AssemblyError(location, match.group(), "unknown escape", allowed)
    return bytes(out + text[position:].encode())
