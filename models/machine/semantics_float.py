"""What the expressions of the instruction table's floating-point part mean.

A function of an expression is a method of `softfloat.Arithmetic`, or one of those below.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache

from models.machine.isa import BY_NAME
from models.machine.semantics import CONVERSIONS
from models.machine.softfloat import SINGLE, Arithmetic

NAMES = ("x", "y", "z", "raw", "a", "m")
BOX = 0xFFFFFFFF << 32


def box(bits: int) -> int:
    """Return a register with a single."""
    return bits & 0xFFFFFFFF | BOX


def unbox(register: int) -> int:
    """Return the single in a register; the canonical NaN if there is none."""
    return register & 0xFFFFFFFF if register >= BOX else SINGLE.nan


FUNCTIONS: dict[str, Callable[[int], int]] = {**CONVERSIONS, "unbox": unbox}
_ALLOWED = (ast.Name, ast.Load, ast.Constant, ast.Call, ast.BinOp, ast.BitXor)


class _Methods(ast.NodeTransformer):
    """Makes calls of arithmetic calls of methods."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        if node.func.id not in FUNCTIONS:
            unit = ast.Name("unit", ast.Load())
            return ast.Call(ast.Attribute(unit, node.func.id, ast.Load()), node.args, [])
        return node


@cache
def function(name: str) -> Callable[[Arithmetic, int, int, int, int, int, int], int]:
    """Compile the semantics to a function of the arithmetic and x, y, z, raw, a, m.

    Raises
    ------
    ValueError
        If the expression uses what is not there.
    """
    text = BY_NAME[name].semantics
    parsed = ast.parse(text, mode="eval").body
    called = {node.func for node in ast.walk(parsed) if isinstance(node, ast.Call)}
    for node in ast.walk(parsed):
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"{name}: {text!r} uses {type(node).__name__}, not in the subset")
        if isinstance(node, ast.Name):
            known = node.id in FUNCTIONS or hasattr(Arithmetic, node.id)
            if not (known if node in called else node.id in NAMES):
                raise ValueError(f"{name}: {text!r} names {node.id}, which is not there")
    source = ast.unparse(_Methods().visit(parsed))
    return eval(f"lambda unit, {', '.join(NAMES)}: {source}", dict(FUNCTIONS))  # checked above
