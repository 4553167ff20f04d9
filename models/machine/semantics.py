"""What the expressions of the instruction table mean.

The subset is small so that any tier can translate it: names, integer constants, ``+ - * & | ^ ~``,
shifts, one comparison, a conditional expression, and calls of the functions below. A sum,
difference, product or left shift may leave 64 bits and is always inside a conversion; every other
value fits a signed 64-bit register.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache

from models.machine.isa import BY_NAME

M64 = (1 << 64) - 1
NAMES = ("a", "b", "i", "pc", "m")


def s8(value: int) -> int:
    """Sign-extend the low 8 bits."""
    return (value + 0x80 & 0xFF) - 0x80


def s16(value: int) -> int:
    """Sign-extend the low 16 bits."""
    return (value + 0x8000 & 0xFFFF) - 0x8000


def s32(value: int) -> int:
    """Sign-extend the low 32 bits."""
    return (value + 0x80000000 & 0xFFFFFFFF) - 0x80000000


def s64(value: int) -> int:
    """Wrap to a signed 64-bit value."""
    return (value + 0x8000000000000000 & M64) - 0x8000000000000000


def u8(value: int) -> int:
    """Return the low 8 bits, unsigned."""
    return value & 0xFF


def u16(value: int) -> int:
    """Return the low 16 bits, unsigned."""
    return value & 0xFFFF


def u32(value: int) -> int:
    """Return the low 32 bits, unsigned."""
    return value & 0xFFFFFFFF


def u64(value: int) -> int:
    """Return the low 64 bits, unsigned: for comparisons and right shifts only."""
    return value & M64


def mulh(a: int, b: int) -> int:
    """High half of the signed product."""
    return a * b >> 64


def mulhu(a: int, b: int) -> int:
    """High half of the unsigned product."""
    return s64((a & M64) * (b & M64) >> 64)


def mulhsu(a: int, b: int) -> int:
    """High half of signed a times unsigned b."""
    return a * (b & M64) >> 64


def div(a: int, b: int) -> int:
    """Signed quotient towards zero; -1 by zero; overflow wraps."""
    if b == 0:
        return -1
    quotient = abs(a) // abs(b)
    return s64(quotient if (a < 0) == (b < 0) else -quotient)


def divu(a: int, b: int) -> int:
    """Unsigned quotient; all ones by zero."""
    return s64((a & M64) // (b & M64)) if b else -1


def rem(a: int, b: int) -> int:
    """Remainder with the sign of the dividend; the dividend itself by zero."""
    if b == 0:
        return a
    remainder = abs(a) % abs(b)
    return -remainder if a < 0 else remainder


def remu(a: int, b: int) -> int:
    """Unsigned remainder; the dividend itself by zero."""
    return s64((a & M64) % (b & M64)) if b else a


CONVERSIONS: dict[str, Callable[[int], int]] = {
    f.__name__: f for f in (s8, s16, s32, s64, u8, u16, u32, u64)
}
HELPERS: dict[str, Callable[[int, int], int]] = {
    f.__name__: f for f in (mulh, mulhu, mulhsu, div, divu, rem, remu)
}
FUNCTIONS = CONVERSIONS | HELPERS

_ALLOWED = (
    *(ast.Name, ast.Load, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call),
    *(ast.Add, ast.Sub, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift),
    *(ast.Invert, ast.USub, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)


@cache
def tree(name: str) -> ast.expr:
    """Parse the semantics of an instruction (copy before editing: the tree is shared).

    Raises
    ------
    ValueError
        If the expression leaves the subset.
    """
    text = BY_NAME[name].semantics
    parsed = ast.parse(text, mode="eval").body
    for node in ast.walk(parsed):
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"{name}: {text!r} uses {type(node).__name__}, not in the subset")
        called = {call.func for call in ast.walk(parsed) if isinstance(call, ast.Call)}
        if isinstance(node, ast.Name):
            known = FUNCTIONS if node in called else NAMES
            if node.id not in known:
                raise ValueError(f"{name}: {text!r} names {node.id}, allowed are {list(known)}")
    return parsed


@cache
def function(name: str) -> Callable[[int, int, int, int, int], int]:
    """Compile the semantics to a function of a, b, i, pc, m: what the plain stepper calls."""
    source = f"lambda {', '.join(NAMES)}: int({ast.unparse(tree(name))})"
    return eval(source, dict(FUNCTIONS))  # the table's own text, checked by `tree`
