"""What values an expression can have, from what its registers can have.

A byte that was just loaded is 0 to 255: shifted left by 16 it cannot overflow 32 bits, and as an
unsigned number it is itself. So translated code leaves out conversions that change nothing. An
interval is a pair (least, greatest), both included; it may be wider than the truth, never narrower.
"""

from __future__ import annotations

import ast

from models.machine.decode import Decoded
from models.machine.semantics import CONVERSIONS, s64, tree

Interval = tuple[int, int]

WORD: Interval = (-(1 << 31), (1 << 31) - 1)
ANY: Interval = (-(1 << 63), (1 << 63) - 1)
BIT: Interval = (0, 1)
# The fast tables hold Sv48's canonical addresses and physical ones; offsets are small.
REACHED: Interval = (-(1 << 57), 1 << 57)


def within(inner: Interval, outer: Interval) -> bool:
    """Tell whether one interval lies in another."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def conversion(name: str) -> Interval:
    """Return what a conversion (s32, u8, ...) can yield."""
    bits = int(name[1:])
    return (0, (1 << bits) - 1) if name[0] == "u" else (-(1 << bits - 1), (1 << bits - 1) - 1)


def interval(node: ast.expr, known: dict[str, Interval]) -> Interval:
    """Return the interval of an expression of the semantics' subset.

    Parameters
    ----------
    known
        Interval of each name; one that is missing can be any register's value.
    """
    match node:
        case ast.Name(id=name):
            return known.get(name, ANY)
        case ast.Constant(value=int(constant)):
            return int(constant), int(constant)
        case ast.UnaryOp(op=op, operand=operand):
            low, high = interval(operand, known)
            return (~high, ~low) if isinstance(op, ast.Invert) else (-high, -low)
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, interval(left, known), interval(right, known))
        case ast.Compare():
            return BIT
        case ast.IfExp(body=body, orelse=other):
            one, two = interval(body, known), interval(other, known)
            return min(one[0], two[0]), max(one[1], two[1])
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in CONVERSIONS:
            inner, outer = interval(argument, known), conversion(name)
            return inner if within(inner, outer) else outer
    return ANY  # a helper: mulh, div, ...


def _binary(op: ast.operator, a: Interval, b: Interval) -> Interval:
    match op:
        case ast.Add():
            return a[0] + b[0], a[1] + b[1]
        case ast.Sub():
            return a[0] - b[1], a[1] - b[0]
        case ast.Mult():
            corners = [x * y for x in a for y in b]
            return min(corners), max(corners)
        case ast.LShift():
            corners = [x << y for x in a for y in _count(b)]
            return min(corners), max(corners)
        case ast.RShift():
            corners = [x >> y for x in a for y in _count(b)]
            return min(corners), max(corners)
        case ast.BitAnd() if a[0] >= 0 or b[0] >= 0:
            return 0, min(x[1] for x in (a, b) if x[0] >= 0)
        case ast.BitAnd() | ast.BitOr() | ast.BitXor():
            # None of the three sets a bit above the highest in which its operands differ from
            # their signs.
            bits = max((~x if x < 0 else x).bit_length() for x in (*a, *b))
            nonnegative = a[0] >= 0 and b[0] >= 0
            return (0 if nonnegative else -(1 << bits)), (1 << bits) - 1
    raise ValueError(f"{type(op).__name__} is not in the subset of the semantics")


def _count(b: Interval) -> Interval:
    """Return a shift's count: the instructions never shift by more than 63."""
    return b if within(b, (0, 63)) else (0, 63)


class Ranges:
    """What is known of each register along a trace; at its entry nothing is."""

    def __init__(self) -> None:
        self._known: dict[int, Interval] = {0: (0, 0)}

    def of(self, register: int) -> Interval:
        """Return a register's interval."""
        return self._known.get(register, ANY)

    def operands(self, d: Decoded, pc: int) -> dict[str, Interval]:
        """Return the intervals of what an instruction's expression names."""
        return {"a": self.of(d.rs1), "b": self.of(d.rs2), "i": (d.imm, d.imm), "pc": (pc, pc)}

    def assign(self, d: Decoded, pc: int) -> None:
        """Note what an instruction leaves in rd."""
        if d.rd:
            self._known[d.rd] = self._result(d, pc)

    def _result(self, d: Decoded, pc: int) -> Interval:
        kind = d.base.kind
        if kind == "load":
            unsigned = d.base.semantics.startswith("u")
            return conversion(f"{'u' if unsigned else 's'}{8 * d.base.width}")
        if kind == "alu":
            return interval(tree(d.base.name), self.operands(d, pc))
        if kind in ("jal", "jalr"):
            link = s64(pc + d.length)
            return link, link
        return ANY

    def reached(self, d: Decoded) -> None:
        """Note that an access at a small offset from rs1 was in the fast tables."""
        if d.rs1 and d.rs1 != (d.rd if d.base.kind == "load" else 0):
            self.narrow(d.rs1, REACHED)

    def narrow(self, register: int, to: Interval) -> None:
        """Note that a register's value is also in this interval."""
        low, high = self.of(register)
        self._known[register] = max(low, to[0]), min(high, to[1])

    def copy(self) -> Ranges:
        """Return what is known now, to try something on."""
        other = Ranges()
        other._known = dict(self._known)
        return other
