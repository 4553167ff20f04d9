"""Arithmetic in the source: parsed at once, evaluated when the symbols are known.

Values are 64-bit integers, signed, and wrap. Precedence is that of GNU as, which differs from C's:
`* / % << >>` bind tightest, then `| & ^`, then `+ -`, then comparisons (which give -1 for true),
then `&&`, then `||` (these give 1). Parentheses say what is meant in both languages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from models.machine.assembler.lexer import Token

MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: int


@dataclass(frozen=True)
class Symbol:
    """A label or a name set by `.equ`; `token` is where the source names it."""

    name: str
    token: Token


@dataclass(frozen=True)
class Unary:
    """`-a`, `~a`, `!a` or `+a`."""

    operator: str
    operand: Expression


@dataclass(frozen=True)
class Binary:
    """`a operator b`; `token` is the operator in the source."""

    operator: str
    left: Expression
    right: Expression
    token: Token


Expression = Number | Symbol | Unary | Binary


class Scope(Protocol):
    """What the parser asks of the assembler."""

    def symbol(self, token: Token) -> Expression:
        """Return what a name, `.`, `1f` or `1b` means at this place.

        A name that is a constant already is its number, so that `.set` may give it another later.
        """


def signed(value: int) -> int:
    """Wrap to 64 bits, signed."""
    return ((value + (1 << 63)) & MASK) - (1 << 63)


class TokenStream:
    """The tokens of a statement, read one after the other."""

    def __init__(self, tokens: list[Token]):
        self._tokens = tokens
        self._next = 0

    @property
    def peek(self) -> Token:
        """The next token; at the end always the one of kind "end"."""
        return self._tokens[self._next]

    def lookahead(self, distance: int) -> Token:
        """Return the token `distance` places after the next one."""
        return self._tokens[min(self._next + distance, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and move past it."""
        token = self.peek
        if token.kind != "end":
            self._next += 1
        return token

    def accept(self, text: str) -> bool:
        """Move past the next token if it is the operator `text`."""
        found = self.peek.text == text and self.peek.kind == "operator"
        if found:
            self.take()
        return found

    def expect(self, text: str) -> Token:
        """Move past the operator `text`, which must come next."""
        if self.peek.text != text or self.peek.kind != "operator":
            raise self.peek.error("not expected here", repr(text))
        return self.take()

    def finish(self) -> None:
        """Raise unless the statement ends here."""
        if self.peek.kind != "end":
            raise self.peek.error("more than the statement takes", "the end of the statement")


_RANK = {
    **dict.fromkeys(("*", "/", "%", "<<", ">>"), 6),
    **dict.fromkeys(("|", "&", "^"), 5),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("==", "!=", "<", ">", "<=", ">="), 3),
    "&&": 2,
    "||": 1,
}
_VALUES = "a number, a symbol, '.', a local label (1f, 1b), or an expression in parentheses"
_DEEPEST = 100  # nesting; deeper is refused before Python's own stack is reached


def parse(stream: TokenStream, scope: Scope, rank: int = 1, depth: int = 0) -> Expression:
    """Read the longest expression that comes next."""
    left = _parse_value(stream, scope, depth)
    while True:
        depth += 1  # each operator makes the tree one level higher
        token = stream.peek
        operator_rank = _RANK.get(token.text, 0) if token.kind == "operator" else 0
        if operator_rank < rank or operator_rank == 0:
            return left
        stream.take()
        right = parse(stream, scope, operator_rank + 1, depth + 1)
        left = _fold(Binary(token.text, left, right, token))


def _parse_value(stream: TokenStream, scope: Scope, depth: int) -> Expression:
    token = stream.take()
    if depth > _DEEPEST:
        raise token.error("nested too deep", f"at most {_DEEPEST} levels")
    if token.kind == "number":
        assert isinstance(token.value, int)
        return Number(signed(token.value))
    if token.kind in ("name", "local"):
        return scope.symbol(token)
    if token.kind == "operator" and token.text in "-~!+":
        return _fold(Unary(token.text, _parse_value(stream, scope, depth + 1)))
    if token.kind == "operator" and token.text == "(":
        inner = parse(stream, scope, 1, depth + 1)
        stream.expect(")")
        return inner
    raise token.error("not a value", _VALUES)


def _fold(expression: Unary | Binary) -> Expression:
    """Replace an operation on numbers by its result."""
    if isinstance(expression, Unary):
        constant = isinstance(expression.operand, Number)
    else:
        constant = isinstance(expression.left, Number) and isinstance(expression.right, Number)
    return Number(evaluate(expression, _no_symbols)) if constant else expression


def _no_symbols(symbol: Symbol) -> int:
    raise symbol.token.error("not a constant", "numbers")


def evaluate(expression: Expression, lookup: Callable[[Symbol], int]) -> int:
    """Compute the value, signed 64-bit; `lookup` gives a symbol's value."""
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Symbol):
        return signed(lookup(expression))
    if isinstance(expression, Unary):
        return _unary(expression.operator, evaluate(expression.operand, lookup))
    left = evaluate(expression.left, lookup)
    right = evaluate(expression.right, lookup)
    return _binary(expression.token, left, right)


def _unary(operator: str, value: int) -> int:
    if operator == "!":
        return int(value == 0)
    return signed({"-": -value, "~": ~value, "+": value}[operator])


def _binary(token: Token, left: int, right: int) -> int:
    operator = token.text
    if operator in _COMPARISONS:
        return -int(_COMPARISONS[operator](left, right))
    if operator in ("/", "%"):
        if right == 0:
            raise token.error("division by zero", "a divisor other than 0")
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return signed(quotient if operator == "/" else left - quotient * right)
    if operator in ("<<", ">>"):
        if not 0 <= right < 64:  # also keeps a huge shift from building a huge integer
            raise token.error(f"shift by {right}", "0 to 63")
        return signed(left << right if operator == "<<" else (left & MASK) >> right)
    return signed(_ARITHMETIC[operator](left, right))


_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}
_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "&&": lambda a, b: int(bool(a) and bool(b)),
    "||": lambda a, b: int(bool(a) or bool(b)),
}
