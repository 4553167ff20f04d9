"""A region as one function of WebAssembly.

Its parameter is the number of the block to begin with. Registers that it uses live in locals, are
read at the entry and written back at the exit. Fuel is taken off a block at a time and tested at
the entry and at jumps back: it has to last for every instruction of the region, so no block has to
look; where it does not last, the interpreter goes on. Each access to memory that is not found
leaves with the fuel and the pc of its instruction, so faults are precise.
"""

from __future__ import annotations

from functools import partial

from models.machine.decode import Decoded
from models.machine.semantics import s64
from models.machine.tiers.webassembly import csrs, layout
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly.access import Accesses, Locals, Write
from models.machine.tiers.webassembly.encoder import Code
from models.machine.tiers.webassembly.expression import Environment, Expressions
from models.machine.tiers.webassembly.flow import (
    ADDRESS,
    FUEL,
    LOADS,
    SLOT,
    STATUS,
    STORES,
    VALUE,
    Flow,
)
from models.machine.tiers.webassembly.frame import HELPER, REGION, STEP, TAIL, TYPES
from models.machine.tiers.webassembly.helpers import helpers
from models.machine.tiers.webassembly.region import Block, Region


def translate(region: Region, record: int, slots: int, base: int) -> bytes:
    """Return the module.

    Parameters
    ----------
    region
        What it runs.
    record
        Address of the page's record: an indirect jump finds its block there.
    slots, base
        Entries of a fast table; address of the shared memory.
    """
    writer = _Writer(region, record, slots, base)
    function = (REGION, [(34, w.I64), (4, w.I32)], writer.function())
    return w.module(TYPES, [function, *helpers(HELPER, writer.expressions.called)], export=0)


class _Writer(Flow):
    def __init__(self, region: Region, record: int, slots: int, base: int):
        super().__init__(region, record, base)
        self.names = Locals(ADDRESS, VALUE, SLOT, LOADS, STORES, slots, base)
        self.expressions = Expressions(first=1)
        steps = [d for block in region.blocks for _, d in block.steps]
        self.written = sorted({d.rd for d in steps} - {0})
        self.used = sorted({n for d in steps for n in (d.rs1, d.rs2, d.rd)} - {0})

    def function(self) -> Code:
        """Write entry, blocks and exit."""
        code, base = self.code, self.base
        code.block("exit")
        self._read(w.I64_LOAD[8, False], layout.FUEL, FUEL)
        code.get(FUEL)
        code.i64(self.region.length)
        code.op(w.I64_LT_S)
        code.when()
        code.i32(TAIL)
        code.op(w.RETURN)
        code.end()
        self._read(w.I32_LOAD, layout.LOADS, LOADS)
        self._read(w.I32_LOAD, layout.STORES, STORES)
        for n in self.used:
            self._read(w.I64_LOAD[8, False], 8 * n, n)
        code.loop("enter")
        self.sequence(0, len(self.region.blocks) - 1, None)
        code.end()
        code.end()
        for n, place in [*((n, 8 * n) for n in self.written), (FUEL, layout.FUEL)]:
            code.i32(0)
            code.get(n)
            code.memory(w.I64_STORE[8], base + place)
        code.get(STATUS)
        return code

    def _read(self, operation: int, place: int, local: int) -> None:
        self.code.i32(0)
        self.code.memory(operation, self.base + place)
        self.code.set(local)

    def block(self, block: Block) -> None:
        length = len(block.steps)
        if length:
            self._burn(-length)
        for done, (pc, d) in enumerate(block.steps):
            self._instruction(pc, d, length - done)
        if block.stepped:
            self.leave(partial(self.code.i64, block.following), STEP)
        elif not block.steps or block.steps[-1][1].base.kind not in ("branch", "jal", "jalr"):
            self.jump(block.following)

    def _burn(self, number: int) -> None:
        code = self.code
        code.get(FUEL)
        code.i64(number)
        code.op(w.I64_ADD)
        code.set(FUEL)

    def _fuel_before(self, left: int) -> None:
        self.code.get(FUEL)
        self.code.i64(left)
        self.code.op(w.I64_ADD)

    def _register(self, n: int) -> Write:
        return partial(self.code.get, n) if n else partial(self.code.i64, 0)

    def _instruction(self, pc: int, d: Decoded, left: int) -> None:
        """Write one; `left`: how many of the block's fuel a miss gives back."""
        code, kind, expressions = self.code, d.base.kind, self.expressions
        a, b = self._register(d.rs1), self._register(d.rs2)
        env: Environment = {
            "a": lambda _: a(),
            "b": lambda _: b(),
            "i": lambda code: code.i64(d.imm),
            "pc": lambda code: code.i64(pc),
        }
        following = s64(pc + d.length)

        def assign(push: Write) -> None:
            push()
            if d.rd:
                code.set(d.rd)
            else:
                code.op(w.DROP)

        def miss() -> None:
            self._burn(left)
            self.leave(partial(code.i64, pc), STEP)

        if kind == "alu":
            if d.rd:
                assign(partial(expressions.value, code, d.base.name, env))
        elif kind == "branch":
            self._branch(pc, d, env)
        elif kind == "jal":
            if d.rd:
                assign(partial(code.i64, following))
            self.jump(s64(pc + d.imm))
        elif kind == "jalr":
            expressions.value(code, d.base.name, env)
            code.set(VALUE)
            if d.rd:
                assign(partial(code.i64, following))
            self.indirect()
        elif kind == "csr":
            accesses = Accesses(code, self.names, expressions, miss, assign)
            if d.csr == csrs.SSTATUS:
                csrs.sstatus(accesses, d.base, env)
            else:
                csrs.time(accesses, partial(self._fuel_before, left))
        elif kind != "fence":
            a()
            if kind in ("load", "store") and d.imm:
                code.i64(d.imm)
                code.op(w.I64_ADD)
            code.set(ADDRESS)
            accesses = Accesses(code, self.names, expressions, miss, assign)
            if kind == "lr":
                accesses.lr(d.base)
            else:
                getattr(accesses, kind)(d.base, env)

    def _branch(self, pc: int, d: Decoded, env: Environment) -> None:
        code, target = self.code, s64(pc + d.imm)
        self.expressions.condition(code, d.base.name, env)
        n = self.number.get(target)
        if n is not None and code.opened(("forward", n)):
            code.br_if(("forward", n))
        else:
            code.when()
            self.jump(target)
            code.end()
        self.jump(s64(pc + d.length))
