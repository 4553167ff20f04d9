"""The table's expressions as Python text, with constants folded and conversions written out."""

from __future__ import annotations

import ast
import operator

from models.machine.decode import Decoded
from models.machine.semantics import FUNCTIONS, tree

Value = int | str  # a constant, or text
Environment = dict[str, Value]

OPERATORS = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.BitXor: ("^", operator.xor),
    ast.LShift: ("<<", operator.lshift),
    ast.RShift: (">>", operator.rshift),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}
NEUTRAL_ZERO = (ast.Add, ast.Sub, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)


def expression(node: ast.expr, env: Environment) -> Value:
    """Return the value of a node of the semantics' subset: a constant, or Python text."""
    match node:
        case ast.Name(id=name):
            return env[name]
        case ast.Constant(value=int(constant)):
            return constant
        case ast.UnaryOp(op=op, operand=operand):
            value = expression(operand, env)
            if isinstance(op, ast.Invert):
                return ~value if isinstance(value, int) else f"~{value}"
            return -value if isinstance(value, int) else f"-{value}"
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(type(op), expression(left, env), expression(right, env))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _binary(type(op), expression(left, env), expression(right, env))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, env)
    raise ValueError(f"{ast.unparse(node)} is not in the subset that the tiers run")


def _binary(kind: type[ast.AST], left: Value, right: Value) -> Value:
    sign, function = OPERATORS[kind]
    if isinstance(left, int) and isinstance(right, int):
        return int(function(left, right))
    if right == 0 and kind in NEUTRAL_ZERO:
        return left
    return f"({left} {sign} {right})"


def _call(name: str, arguments: list[ast.expr], env: Environment) -> Value:
    values = [expression(argument, env) for argument in arguments]
    constants = [value for value in values if isinstance(value, int)]
    if len(constants) == len(values):
        return int(FUNCTIONS[name](*constants))
    value, bits = values[0], name[1:]
    if name[0] == "u":
        return f"({value} & {(1 << int(bits)) - 1:#x})"
    if name[0] == "s" and bits.isdigit():
        if _shifted_down(arguments[0], env):
            return value
        half = 1 << int(bits) - 1
        return f"(({value} + {half:#x} & {2 * half - 1:#x}) - {half:#x})"
    return f"{name}({', '.join(map(str, values))})"


def _shifted_down(node: ast.expr, env: Environment) -> bool:
    """Tell whether a value is unsigned and was shifted right by at least one: no sign to wrap."""
    match node:
        case ast.BinOp(ast.Call(ast.Name("u64" | "u32")), ast.RShift(), right):
            count = expression(right, env)
            return isinstance(count, int) and count > 0
    return False


def assign(target: str, name: str, env: Environment) -> list[str]:
    """Return the lines that assign an instruction's value to a target."""
    node = tree(name)
    if isinstance(node, ast.Compare):
        value = expression(node, env)
        return [f"{target} = {value if isinstance(value, int) else f'1 if {value} else 0'}"]
    value = expression(node, env)
    match node:
        case ast.Call(func=ast.Name(id="s64" | "s32" as wrap), args=[ast.BinOp(op=op) as inner]):
            plain = expression(inner, env)
            # Most results fit: testing for overflow costs half of wrapping (measured).
            if isinstance(op, ast.Add | ast.Sub | ast.Mult | ast.LShift) and isinstance(plain, str):
                return [f"{target} = {plain}", *_wrap(target, inner, env, int(wrap[1:]))]
    return [f"{target} = {value}"]


def _wrap(target: str, node: ast.BinOp, env: Environment, bits: int) -> list[str]:
    half = 1 << bits - 1
    right = expression(node.right, env)
    if bits == 64 and right == 0:
        return []  # a copy of a register
    if bits == 64 and isinstance(right, int) and isinstance(node.op, ast.Add):
        if right > 0:
            return [f"if {target} > {half - 1:#x}: {target} -= {2 * half:#x}"]
        return [f"if {target} < {-half:#x}: {target} += {2 * half:#x}"]
    return [
        f"if not {-half:#x} <= {target} <= {half - 1:#x}: "
        f"{target} = ({target} + {half:#x} & {2 * half - 1:#x}) - {half:#x}"
    ]


def condition(name: str, env: Environment) -> str:
    """Return a branch's condition."""
    return str(expression(tree(name), env))


def view(decoded: Decoded) -> tuple[str, int, int]:
    """Return how an access reaches RAM: view code, shift of the offset, mask of a page's address.

    The mask keeps an address's low bits, so a misaligned one is in no fast table.
    """
    width = decoded.base.width
    shift = width.bit_length() - 1
    signed = decoded.base.kind == "load" and not decoded.base.semantics.startswith("u")
    code = "BHIQ"[shift]
    return (code.lower() if signed or width == 8 else code), shift, -4096 | width - 1
