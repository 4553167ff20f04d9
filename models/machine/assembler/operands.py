"""Operands of an instruction: registers, values, and memory as `offset(register)`."""

from __future__ import annotations

from dataclasses import dataclass

from models.machine.assembler.expressions import (
    Expression,
    Number,
    Scope,
    Symbol,
    TokenStream,
    parse,
)
from models.machine.assembler.lexer import Token
from models.machine.softfloat import Rounding

ABI_NAMES = (
    *("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1"),
    *(f"a{n}" for n in range(8)),
    *(f"s{n}" for n in range(2, 12)),
    *(f"t{n}" for n in range(3, 7)),
)
REGISTERS: dict[str, int] = {
    **{f"x{n}": n for n in range(32)},
    **{name: n for n, name in enumerate(ABI_NAMES)},
    "fp": 8,
}
FLOAT_ABI_NAMES = (
    *(f"ft{n}" for n in range(8)),
    *("fs0", "fs1"),
    *(f"fa{n}" for n in range(8)),
    *(f"fs{n}" for n in range(2, 12)),
    *(f"ft{n}" for n in range(8, 12)),
)
FLOAT_REGISTERS: dict[str, int] = {
    **{f"f{n}": n for n in range(32)},
    **{name: n for n, name in enumerate(FLOAT_ABI_NAMES)},
}
#: Operands of the table's rows that are registers.
PLACES = frozenset({"rd", "rs1", "rs2", "rd'", "rs1'", "rs2'"})
FLOAT_PLACES = frozenset({"fd", "fs1", "fs2", "fs3", "fd'", "fs2'"})
#: Rounding modes; an instruction that names none takes the one in frm.
ROUNDING = {mode.name.lower(): int(mode) for mode in Rounding} | {"dyn": 7}
#: `%hi(symbol)` and its like: which part of an address the instruction takes.
FUNCTIONS = ("%hi", "%lo", "%pcrel_hi", "%pcrel_lo")


@dataclass(frozen=True)
class Register:
    """A register operand, of the integers or of floating point."""

    number: int
    token: Token
    floating: bool = False


@dataclass(frozen=True)
class Value:
    """An immediate, a jump's target, a CSR or a set of fence letters.

    `function` is one of `FUNCTIONS`, or "" for the plain value. The assembler's own expansions of
    `la` and its like use two more: "%target_hi", the upper part of the distance to a symbol, and
    "%target_lo", the lower part of the distance as seen from the instruction before.
    """

    expression: Expression
    token: Token
    function: str = ""

    @property
    def constant(self) -> int | None:
        """The number, where it is known already."""
        plain = isinstance(self.expression, Number) and not self.function
        return self.expression.value if plain and isinstance(self.expression, Number) else None


@dataclass(frozen=True)
class Memory:
    """`offset(base)`; the offset of a bare `(base)` is 0."""

    offset: Value
    base: Register

    @property
    def token(self) -> Token:
        """Where the operand begins."""
        return self.offset.token


Operand = Register | Value | Memory


def parse_operands(stream: TokenStream, scope: Scope, floats: bool = False) -> list[Operand]:
    """Read the operands up to the end of the statement.

    Only instructions that take them (`floats`) know the floating-point registers' names: elsewhere
    `fs1` may be a symbol.
    """
    operands: list[Operand] = []
    if stream.peek.kind == "end":
        return operands
    while True:
        operands.append(_operand(stream, scope, floats))
        if not stream.accept(","):
            stream.finish()
            return operands


def _operand(stream: TokenStream, scope: Scope, floats: bool) -> Operand:
    token = stream.peek
    if floats and token.text in FLOAT_REGISTERS and token.kind == "name":
        stream.take()
        return Register(FLOAT_REGISTERS[token.text], token, floating=True)
    if token.text in REGISTERS and token.kind == "name":
        stream.take()
        return Register(REGISTERS[token.text], token)
    if token.text == "(" and stream.lookahead(1).text in REGISTERS:
        return Memory(Value(Number(0), token), _base(stream))
    value = _value(stream, scope)
    return Memory(value, _base(stream)) if stream.peek.text == "(" else value


def _base(stream: TokenStream) -> Register:
    """Read `(register)`."""
    stream.expect("(")
    token = stream.take()
    if token.text not in REGISTERS:
        raise token.error("not a register", registers_allowed())
    stream.expect(")")
    return Register(REGISTERS[token.text], token)


def _value(stream: TokenStream, scope: Scope) -> Value:
    token = stream.peek
    if token.kind != "function":
        return Value(parse(stream, scope), token)
    if token.text not in FUNCTIONS:
        raise token.error("no such function", ", ".join(FUNCTIONS))
    stream.take()
    stream.expect("(")
    expression = parse(stream, scope)
    stream.expect(")")
    if token.text == "%pcrel_lo" and not isinstance(expression, Symbol):
        raise token.error("takes a label", "the label of the instruction with %pcrel_hi")
    return Value(expression, token, token.text)


def registers_allowed(floating: bool = False) -> str:
    """List the registers' names for a message."""
    if floating:
        return "f0 to f31 or " + " ".join(FLOAT_ABI_NAMES)
    return "x0 to x31 or " + " ".join(ABI_NAMES) + " fp"
