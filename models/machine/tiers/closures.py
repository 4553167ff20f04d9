"""The first tier: each instruction a closure, a straight piece a tuple of them.

A closure is made by a factory, compiled once for each row of the table; making one costs a
microsecond, so code that runs only a few times pays little.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from models.machine.codecache import Code, CodeCache, CodePage
from models.machine.decode import Decoded
from models.machine.hart import Hart
from models.machine.instructions import TRASH
from models.machine.memory import PAGE
from models.machine.semantics import HELPERS, s64
from models.machine.tiers.blocks import TURNS, straight
from models.machine.tiers.emit import Environment, assign, condition, view

LONGEST = 32
Promote = Callable[[CodePage, int], None]


@cache
def _factory(name: str, kind: str, signature: str, view_: tuple[str, int, int]) -> Any:
    """Compile the maker of a row's closures; `signature` tells which sources are x0."""
    env: Environment = {"a": "x[rs1]", "b": "x[rs2]", "i": "i", "pc": "pc"}
    if "a" in signature:
        env["a"] = 0
    if "b" in signature:
        env["b"] = 0
    code, shift, mask = view_
    place = f"loads[a & {mask:#x}] + a >> {shift}"
    if kind == "load":
        body = [f"a = {env['a']} + i", f"x[rd] = ram[{place}]"]
    elif kind == "store":
        clip = "" if code == "q" else f" & {(1 << 8 * (1 << shift)) - 1:#x}"
        place = place.replace("loads", "stores")
        body = [f"a = {env['a']} + i", f"ram[{place}] = {env['b']}{clip}"]
    elif kind == "branch":
        body = [f"return taken if {condition(name, env, {})} else after"]
    elif kind == "jal":
        body = ["x[rd] = after", "return taken"]
    elif kind == "jalr":
        body = [*assign("target", name, env, {}), "x[rd] = after", "return target"]
    else:
        body = [*assign("value", name, env, {}), "x[rd] = value"]
    lines = ["def factory(x, ram, rd, rs1, rs2, i, pc, after, taken):"]
    lines += [" def run(loads, stores):", *(f"  {line}" for line in body), " return run"]
    namespace: dict[str, Any] = dict(HELPERS)
    exec(compile("\n".join(lines), f"<closure {name}>", "exec"), namespace)  # our templates only
    return namespace["factory"]


class Closures:
    """Builds and keeps closures for one hart.

    Parameters
    ----------
    hart, cache
        Whose code it makes, and where it is kept.
    promote
        Called when a piece has run `threshold` times (None: never).
    """

    def __init__(
        self, hart: Hart, cache: CodeCache, promote: Promote | None = None, threshold: int = 50
    ):
        self.hart, self.cache, self.promote, self.threshold = hart, cache, promote, threshold

    def build(self, code_page: CodePage, pc: int) -> None:
        """Make code for the straight piece at an address."""
        ram = self.hart.bus.ram
        delta = code_page.frame - ram.base - code_page.page
        low = code_page.frame + (pc & PAGE - 1)
        piece = list(straight(ram, delta, pc, LONGEST))
        if not piece:  # whatever stands there, to step it is right
            self.cache.add(code_page, pc, lambda loads, stores, fuel: pc | 1, low, low + 2)
            return
        last_pc, last = piece[-1]
        high = code_page.frame + (last_pc & PAGE - 1) + last.length
        self.cache.add(code_page, pc, self._code(piece, code_page), low, high)

    def _closure(self, pc: int, d: Decoded) -> Callable[..., Any] | None:
        """Make one instruction's closure; None if it has nothing to do."""
        kind = "nop" if d.base.kind == "fence" else d.base.kind
        if kind == "nop" or (kind == "alu" and not d.rd):
            return None
        memory = kind in ("load", "store")
        how = view(d) if memory else ("", 0, 0)
        ram = self.hart.bus.ram.views[how[0]] if memory else None
        signature = ("" if d.rs1 else "a") + ("" if d.rs2 else "b")
        make = _factory(d.base.name, kind, signature, how)
        after, taken = s64(pc + d.length), s64(pc + d.imm)
        return make(self.hart.x, ram, d.rd or TRASH, d.rs1, d.rs2, d.imm, pc, after, taken)

    def _code(self, piece: list[tuple[int, Decoded]], code_page: CodePage) -> Code:
        start, length = piece[0][0], len(piece)
        last_pc, last = piece[-1]
        turn = self._closure(last_pc, last) if last.base.kind in TURNS else None
        following = s64(last_pc + last.length)
        made = [(self._closure(pc, d), n, pc) for n, (pc, d) in enumerate(piece)]
        if turn is not None:
            made.pop()
        operations = tuple(closure for closure, _, _ in made if closure is not None)
        places = {closure: (n, pc) for closure, n, pc in made}
        promote, heat = self.promote, self.threshold
        taken = code_page.taken
        if last.base.kind == "branch":
            taken.setdefault(last_pc, 0)

        def run(loads: dict[int, int], stores: dict[int, int], fuel: list[int]) -> int:
            nonlocal heat
            left = fuel[0] - length
            if left < 0:
                return start | 1
            heat -= 1
            if not heat and promote is not None:
                promote(code_page, start)
            try:
                for operation in operations:
                    operation(loads, stores)
            except KeyError:  # not in the fast tables: nothing of this operation has happened
                done, pc = places[operation]
                fuel[0] -= done
                return pc | 1
            fuel[0] = left
            if turn is None:
                return following
            target: int = turn(loads, stores)
            if last_pc in taken:  # a trace will follow the way that is taken oftener
                taken[last_pc] += 1 if target != following else -1
            return target

        return run
