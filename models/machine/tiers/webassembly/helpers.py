"""The semantics' helper functions in WebAssembly: high products and divisions.

WebAssembly has no 128-bit product, and its division traps where RISC-V's has an answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly.encoder import Code

A, B = 0, 1  # the parameters; the locals after them are the partial products
LOW_A, HIGH_A, LOW_B, HIGH_B, MIDDLE = range(2, 7)


def helper(name: str) -> Code:
    """Return the body of a helper: two parameters, one result, five locals, all of 64 bits."""
    code = Code()
    if name.startswith("mul"):
        _high(code)
        if name != "mulhu":
            _correct(code, A, B)
        if name == "mulh":
            _correct(code, B, A)
    else:
        _divide(code, name)
    return code


def helpers(kind: int, names: Sequence[str]) -> list[w.Function]:
    """Return helpers as functions of a type."""
    return [(kind, [(5, w.I64)], helper(name)) for name in names]


def _high(code: Code) -> None:
    """Push the high half of the unsigned product: school multiplication in halves of 32 bits.

    ::

        middle = HA x LB + (LA x LB >> 32)
        high   = HA x HB + (middle >> 32) + (LA x HB + (middle & M32) >> 32)
    """
    for value, low, high in ((A, LOW_A, HIGH_A), (B, LOW_B, HIGH_B)):
        code.get(value)
        code.i64(0xFFFFFFFF)
        code.op(w.I64_AND)
        code.set(low)
        code.get(value)
        code.i64(32)
        code.op(w.I64_SHR_U)
        code.set(high)
    _product(code, HIGH_A, LOW_B)
    _product(code, LOW_A, LOW_B)
    code.i64(32)
    code.op(w.I64_SHR_U, w.I64_ADD)
    code.set(MIDDLE)
    _product(code, HIGH_A, HIGH_B)
    code.get(MIDDLE)
    code.i64(32)
    code.op(w.I64_SHR_U, w.I64_ADD)
    _product(code, LOW_A, HIGH_B)
    code.get(MIDDLE)
    code.i64(0xFFFFFFFF)
    code.op(w.I64_AND, w.I64_ADD)
    code.i64(32)
    code.op(w.I64_SHR_U, w.I64_ADD)


def _product(code: Code, left: int, right: int) -> None:
    code.get(left)
    code.get(right)
    code.op(w.I64_MUL)


def _correct(code: Code, signed: int, other: int) -> None:
    """Take the other factor off if one that is signed is negative."""
    code.get(other)
    code.i64(0)
    code.get(signed)
    code.i64(0)
    code.op(w.I64_LT_S, w.SELECT, w.I64_SUB)


def _divide(code: Code, name: str) -> None:
    """Push quotient or remainder; by 0 and by -1 without dividing (-1: the overflow)."""
    quotient, signed = name.startswith("div"), not name.endswith("u")
    code.get(B)
    code.op(w.I64_EQZ)
    code.when()
    if quotient:
        code.i64(-1)
    else:
        code.get(A)
    code.op(w.RETURN)
    code.end()
    if signed:
        code.get(B)
        code.i64(-1)
        code.op(w.I64_EQ)
        code.when()
        code.i64(0)
        if quotient:
            code.get(A)
            code.op(w.I64_SUB)
        code.op(w.RETURN)
        code.end()
    code.get(A)
    code.get(B)
    operations = {"div": w.I64_DIV_S, "divu": w.I64_DIV_U, "rem": w.I64_REM_S, "remu": w.I64_REM_U}
    code.op(operations[name])
