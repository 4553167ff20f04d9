"""Run an exercise's cell as a notebook would: its value is that of its last expression."""

import ast
from typing import Any

from models.grading import TODO, exercise


def value_of(cell: str) -> Any:
    tree = ast.parse(cell)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr), "an exercise's cell ends with its check"
    names: dict[str, Any] = {"TODO": TODO, "exercise": exercise}
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def has_holes_of(stub: str, solution: str) -> bool:
    """Whether the stub is the solution with holes: its other lines occur there, in order."""
    lines = iter(solution.splitlines())
    kept = [line for line in stub.splitlines() if "TODO" not in line]
    return all(line in lines for line in kept)
