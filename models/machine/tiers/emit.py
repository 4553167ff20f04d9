"""The table's expressions as Python text, with constants folded and conversions written out."""

from __future__ import annotations

import ast
import operator

from models.machine.decode import Decoded
from models.machine.semantics import CONVERSIONS, FUNCTIONS, tree
from models.machine.tiers.ranges import Interval, conversion, interval, within

Value = int | str  # a constant, or text
Environment = dict[str, Value]
Known = dict[str, Interval]

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


def expression(node: ast.expr, env: Environment, known: Known) -> Value:
    """Return the value of a node of the semantics' subset: a constant, or Python text.

    `env` says what each name stands for, `known` what is known of its value.
    """
    match node:
        case ast.Name(id=name):
            return env[name]
        case ast.Constant(value=int(constant)):
            return constant
        case ast.UnaryOp(op=op, operand=operand):
            value = expression(operand, env, known)
            if isinstance(op, ast.Invert):
                return ~value if isinstance(value, int) else f"~{value}"
            return -value if isinstance(value, int) else f"-{value}"
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, expression(left, env, known), expression(right, env, known))
        case ast.Compare(
            ast.Call(ast.Name("u64"), [left]), [op], [ast.Call(ast.Name("u64"), [right])]
        ):
            return _unsigned(op, left, right, env, known)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _binary(op, expression(left, env, known), expression(right, env, known))
        case ast.IfExp(test=test, body=body, orelse=other):
            chosen, one, two = (expression(part, env, known) for part in (test, body, other))
            if isinstance(chosen, int):
                return one if chosen else two
            return f"({one} if {chosen} else {two})"
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, env, known)
    raise ValueError(f"{ast.unparse(node)} is not in the subset that the tiers run")


def _binary(op: ast.AST, left: Value, right: Value) -> Value:
    sign, function = OPERATORS[type(op)]
    if isinstance(left, int) and isinstance(right, int):
        return int(function(left, right))
    if right == 0 and isinstance(op, NEUTRAL_ZERO):
        return left
    if left == 0 and isinstance(op, ast.Add | ast.BitOr | ast.BitXor):
        return right
    return f"({left} {sign} {right})"


def _unsigned(
    op: ast.AST, left: ast.expr, right: ast.expr, env: Environment, known: Known
) -> Value:
    """Compare as unsigned; registers are mostly not negative, and then it is a third cheaper."""
    a, b = expression(left, env, known), expression(right, env, known)
    exact = _binary(op, _call("u64", [left], env, known), _call("u64", [right], env, known))
    plain = _binary(op, a, b)
    if a == 0:
        return f"({b} {'!=' if isinstance(op, ast.Lt) else '=='} 0)"
    if exact == plain or isinstance(a, int) or (isinstance(b, int) and b < 0):
        return exact
    if isinstance(b, int):
        inside = f"0 <= {a} < {b}"
        return f"({inside})" if isinstance(op, ast.Lt) else f"(not {inside})"
    if interval(right, known)[0] >= 0:
        return f"(0 <= {a} < {b})" if isinstance(op, ast.Lt) else f"(not 0 <= {a} < {b})"
    return f"({a} {OPERATORS[type(op)][0]} {b} if {a} >= 0 <= {b} else {exact})"


def _call(name: str, arguments: list[ast.expr], env: Environment, known: Known) -> Value:
    values = [expression(argument, env, known) for argument in arguments]
    constants = [value for value in values if isinstance(value, int)]
    if len(constants) == len(values):
        return int(FUNCTIONS[name](*constants))
    if name not in CONVERSIONS:
        return f"{name}({', '.join(map(str, values))})"
    value, outer = values[0], conversion(name)
    if within(interval(arguments[0], known), outer):
        return value
    if name[0] == "u":
        return f"({value} & {outer[1]:#x})"
    return f"(({value} + {-outer[0]:#x} & {outer[1] - outer[0]:#x}) - {-outer[0]:#x})"


def assign(target: str, name: str, env: Environment, known: Known) -> list[str]:
    """Return the lines that assign an instruction's value to a target."""
    node = tree(name)
    known = {name: (v, v) for name, v in env.items() if isinstance(v, int)} | known
    match node:
        case ast.Compare():
            value = expression(node, env, known)
            return [f"{target} = {value if isinstance(value, int) else f'1 if {value} else 0'}"]
        case ast.Call(func=ast.Name(id="s64" | "s32" as wrap), args=[ast.BinOp(op=op) as inner]):
            plain = expression(inner, env, known)
            # Most results fit: testing for overflow costs half of wrapping (measured).
            if isinstance(op, ast.Add | ast.Sub | ast.Mult | ast.LShift) and isinstance(plain, str):
                return [f"{target} = {plain}", *_wrap(target, interval(inner, known), wrap)]
    return [f"{target} = {expression(node, env, known)}"]


def _wrap(target: str, inner: Interval, name: str) -> list[str]:
    """Return the line that brings a value back into its type, if it can have left it."""
    low, high = conversion(name)
    span = high - low + 1
    if within(inner, (low, high)):
        return []
    if within(inner, (low, high + span)):
        return [f"if {target} > {high:#x}: {target} -= {span:#x}"]
    if within(inner, (low - span, high)):
        return [f"if {target} < {low:#x}: {target} += {span:#x}"]
    return [
        f"if not {low:#x} <= {target} <= {high:#x}: "
        f"{target} = ({target} + {-low:#x} & {span - 1:#x}) - {-low:#x}"
    ]


def condition(name: str, env: Environment, known: Known) -> str:
    """Return a branch's condition."""
    known = {name: (v, v) for name, v in env.items() if isinstance(v, int)} | known
    return str(expression(tree(name), env, known))


def view(decoded: Decoded) -> tuple[str, int, int]:
    """Return how an access reaches RAM: view code, shift of the offset, mask of a page's address.

    The mask keeps an address's low bits, so a misaligned one is in no fast table; it is positive
    because Python's & is a third slower with a negative number (measured).
    """
    width = decoded.base.width
    shift = width.bit_length() - 1
    signed = decoded.base.kind == "load" and not decoded.base.semantics.startswith("u")
    code = "BHIQ"[shift]
    return (code.lower() if signed or width == 8 else code), shift, (1 << 64) - 4096 | width - 1
