r"""Statements before they are assembled: macros, repetition, conditions, included files.

```
.macro NAME first, second=default, third:req, rest:vararg     \first  \()  \@ (number of the call)
.endm
.rept COUNT            .irp NAME, one, two, three             both end with .endr
.if EXPRESSION         .ifdef SYMBOL     .ifndef SYMBOL       .elseif EXPRESSION, .else, .endif
.include "name"
```
Conditions and counts are evaluated when the statement is reached, so they see what `.equ` set above
them, and not what stands below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from models.machine.assembler.arguments import (
    Macro,
    Statement,
    bind,
    read_parameter,
    split,
    substitute,
)
from models.machine.assembler.errors import Location
from models.machine.assembler.lexer import Token, logical_lines, tokenize

MOST_STATEMENTS = 50_000  # of one program after expansion: what asks for more is a mistake
DEEPEST_EXPANSION = 100

_STATEMENT = re.compile(r"(?P<labels>(?:\s*[\w.$]+\s*:(?!:))*)\s*(?P<word>[\w.$]*)")
_BLOCKS = {
    **dict.fromkeys((".rept", ".irp"), ".endr"),
    **dict.fromkeys((".if", ".ifdef", ".ifndef"), ".endif"),
    ".macro": ".endm",
}
_LOOSE = {".endr": ".rept or .irp", ".endif": ".if", ".endm": ".macro"} | dict.fromkeys(
    (".else", ".elseif"), ".if"
)


def _cut(location: Location) -> Statement:
    match = _STATEMENT.match(location.text)
    assert match is not None  # every part of the pattern may be empty
    return Statement(location, match["labels"], match["word"], match.end())


class Preprocessor:
    """Yields the statements that the assembler sees.

    Parameters
    ----------
    evaluate : callable
        Value of the expression in a list of tokens, from what is known so far.
    is_defined : callable
        Whether a symbol has been defined so far.
    includes : mapping
        Text of the files that `.include` may name.
    """

    def __init__(
        self,
        evaluate: Callable[[list[Token]], int],
        is_defined: Callable[[str], bool],
        includes: Mapping[str, str],
    ):
        self._evaluate = evaluate
        self._is_defined = is_defined
        self._includes = includes
        self._macros: dict[str, Macro] = {}
        self._calls = 0
        self._budget = MOST_STATEMENTS

    def expand(self, lines: Sequence[Location], depth: int = 0) -> Iterator[Location]:
        """Yield the statements of `lines`, expanded."""
        position = 0
        while position < len(lines):
            statement = _cut(lines[position])
            self._spend(statement, depth)
            special = statement.word in _BLOCKS or statement.word in _LOOSE
            if not (special or statement.word in self._macros or statement.word == ".include"):
                yield statement.location
                position += 1
                continue
            if statement.labels:
                yield Location(**{**vars(statement.location), "text": statement.labels})
            if statement.word in _LOOSE:
                raise statement.error("nothing to end", f"{_LOOSE[statement.word]} before it")
            if statement.word in _BLOCKS:
                end = _block_end(lines, position, statement)
                yield from self._block(statement, list(lines[position + 1 : end]), depth)
                position = end + 1
            else:
                yield from self._call(statement, depth)
                position += 1

    def _spend(self, statement: Statement, depth: int) -> None:
        self._budget -= 1
        if self._budget < 0:
            raise statement.error("too much after expansion", f"{MOST_STATEMENTS} statements")
        if depth > DEEPEST_EXPANSION:
            raise statement.error("nested too deep", f"at most {DEEPEST_EXPANSION} levels")

    def _block(self, head: Statement, body: list[Location], depth: int) -> Iterator[Location]:
        if head.word == ".macro":
            self._define(head, body)
        elif head.word == ".rept":
            for _ in range(self._count(head)):
                self._spend(head, depth)
                yield from self.expand(body, depth + 1)
        elif head.word == ".irp":
            name, *values = split(head.rest) or [""]
            parameter = read_parameter(name, head)
            for value in values:
                self._spend(head, depth)
                yield from self.expand(substitute(body, {parameter.name: value}, ""), depth + 1)
        else:
            yield from self.expand(self._choose(head, body), depth + 1)

    def _call(self, statement: Statement, depth: int) -> Iterator[Location]:
        if statement.word == ".include":
            yield from self.expand(self._included(statement), depth + 1)
            return
        macro = self._macros[statement.word]
        arguments = bind(macro, statement)
        arguments["@"] = str(self._calls)
        self._calls += 1
        within = f"macro {macro.name}, called from {statement.location.file} line "
        within += str(statement.location.line)
        yield from self.expand(substitute(macro.body, arguments, within), depth + 1)

    def _included(self, statement: Statement) -> list[Location]:
        (name, *more) = _operands(statement)
        if name.kind != "string" or len(more) != 1:
            raise name.error("not a file's name", '.include "name"')
        assert isinstance(name.value, bytes)
        file = name.value.decode(errors="replace")
        if file not in self._includes:
            raise name.error("no such file", ", ".join(sorted(self._includes)) or "none is given")
        return list(logical_lines(self._includes[file], file))

    def _define(self, head: Statement, body: list[Location]) -> None:
        match = re.match(r"([\w.$]+)\s*,?\s*(.*)", head.rest)
        if match is None:
            raise head.error("a macro without a name", ".macro NAME first, second=default")
        # Parameters may be parted by commas or blanks.
        words = [
            w for part in split(match[2]) for w in re.sub(r"\s*([=:])\s*", r"\1", part).split()
        ]
        parameters = tuple(read_parameter(word, head) for word in words)
        if len({p.name for p in parameters}) != len(parameters):
            raise head.error("a parameter named twice", "different names")
        self._macros[match[1]] = Macro(match[1], parameters, tuple(body))

    def _count(self, head: Statement) -> int:
        count = self._evaluate(_operands(head))
        if not 0 <= count <= MOST_STATEMENTS:
            raise head.error(f"count {count}", f"0 to {MOST_STATEMENTS}")
        return count

    def _choose(self, head: Statement, body: list[Location]) -> list[Location]:
        """Return the branch of a condition that holds."""
        taken = self._holds(head)
        chosen, last, depth = [], False, 0
        decided = taken
        for line in body:
            statement = _cut(line)
            if statement.word in _BLOCKS:
                depth += 1
            elif statement.word in _BLOCKS.values():
                depth -= 1
            if depth == 0 and statement.word in (".else", ".elseif"):
                if last:
                    raise statement.error("after .else", ".endif")
                last = statement.word == ".else"
                taken = not decided and (last or self._holds(statement))
                decided = decided or taken
            elif taken:
                chosen.append(line)
        return chosen

    def _holds(self, statement: Statement) -> bool:
        operands = _operands(statement)
        if statement.word in (".if", ".elseif"):
            return self._evaluate(operands) != 0
        if operands[0].kind != "name" or len(operands) != 2:
            raise operands[0].error("not a symbol", "one name")
        return self._is_defined(operands[0].text) == (statement.word == ".ifdef")


def _operands(statement: Statement) -> list[Token]:
    """Tokens after the first word, with the columns of the whole line."""
    blanks = " " * statement.rest_column
    text = blanks + statement.location.text[statement.rest_column :]
    tokens = tokenize(Location(**{**vars(statement.location), "text": text}))
    return tokens


def _block_end(lines: Sequence[Location], start: int, head: Statement) -> int:
    """Index of the statement that ends the block opened at `start`."""
    open_blocks: list[str] = []
    for index in range(start, len(lines)):
        word = _cut(lines[index]).word
        if word in _BLOCKS:
            open_blocks.append(_BLOCKS[word])
        elif word in _BLOCKS.values():
            if word != open_blocks[-1]:
                raise _cut(lines[index]).error("ends another block", open_blocks[-1])
            open_blocks.pop()
        if not open_blocks:
            return index
    raise head.error("block without an end", _BLOCKS[head.word])
