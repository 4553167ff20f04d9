"""The table's expressions as WebAssembly.

Every value is one of 64 bits. A sum, difference, product or left shift wraps by itself, which is
what the conversion around it asks for; so `s64` and `u64` cost nothing, and only tell comparisons,
right shifts and divisions which way to read the bits.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from models.machine.semantics import HELPERS, tree
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly.encoder import Code

#: What writes the operation that pushes a name's value.
Environment = dict[str, Callable[[Code], None]]

ARITHMETIC = {
    ast.Add: w.I64_ADD,
    ast.Sub: w.I64_SUB,
    ast.Mult: w.I64_MUL,
    ast.BitAnd: w.I64_AND,
    ast.BitOr: w.I64_OR,
    ast.BitXor: w.I64_XOR,
    ast.LShift: w.I64_SHL,
}
#: Signed and unsigned.
COMPARISONS = {
    ast.Eq: (w.I64_EQ, w.I64_EQ),
    ast.NotEq: (w.I64_NE, w.I64_NE),
    ast.Lt: (w.I64_LT_S, w.I64_LT_U),
    ast.LtE: (w.I64_LE_S, w.I64_LE_U),
    ast.Gt: (w.I64_GT_S, w.I64_GT_U),
    ast.GtE: (w.I64_GE_S, w.I64_GE_U),
}


class Expressions:
    """Writes expressions into one module, and remembers which helpers it has to bring.

    Parameters
    ----------
    first
        Number of the first helper function in the module.

    Attributes
    ----------
    called
        The helpers that it calls, in the order of their numbers: a module brings no others.
    """

    def __init__(self, first: int):
        self.first = first
        self.called: list[str] = []

    def value(self, code: Code, name: str, env: Environment) -> None:
        """Write what pushes an instruction's value, 64 bits."""
        node = tree(name)
        self._push(code, node, env)
        if isinstance(node, ast.Compare):
            code.op(w.I64_EXTEND_U)

    def condition(self, code: Code, name: str, env: Environment) -> None:
        """Write what pushes a branch's condition, 32 bits."""
        self._push(code, tree(name), env)

    def _push(self, code: Code, node: ast.expr, env: Environment) -> bool:
        """Push a value; return whether it is to be read as unsigned."""
        match node:
            case ast.Name(id=name):
                env[name](code)
                return False
            case ast.Constant(value=int(constant)):
                code.i64(constant)
                return False
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(constant))):
                code.i64(-constant)
                return False
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                self._push(code, operand, env)
                code.i64(-1)
                code.op(w.I64_XOR)
                return False
            case ast.BinOp(left=left, op=ast.RShift(), right=right):
                unsigned = self._push(code, left, env)
                self._push(code, right, env)
                code.op(w.I64_SHR_U if unsigned else w.I64_SHR_S)
                return unsigned
            case ast.BinOp(left=left, op=op, right=right):
                self._push(code, left, env)
                self._push(code, right, env)
                code.op(ARITHMETIC[type(op)])
                return False
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                unsigned = self._push(code, left, env)
                unsigned |= self._push(code, right, env)
                code.op(COMPARISONS[type(op)][unsigned])
                return False
            case ast.IfExp(test=test, body=body, orelse=other):
                for part in (body, other, test):
                    self._push(code, part, env)
                code.op(w.SELECT)
                return False
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(code, name, arguments, env)
        raise ValueError(f"{ast.unparse(node)} is not in the subset that this tier translates")

    def _call(self, code: Code, name: str, arguments: list[ast.expr], env: Environment) -> bool:
        for argument in arguments:
            self._push(code, argument, env)
        if name in HELPERS:
            if name not in self.called:
                self.called.append(name)
            code.call(self.first + self.called.index(name))
            return False
        bits = int(name[1:])
        if name[0] == "s" and bits < 64:
            code.op(w.I64_EXTEND[bits])
        elif bits < 64:
            code.i64((1 << bits) - 1)
            code.op(w.I64_AND)
        return name[0] == "u"
