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
from models.machine.memory import PAGE
from models.machine.semantics import s64
from models.machine.tiers.webassembly import csrs, layout
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly.access import Accesses, Locals, Write
from models.machine.tiers.webassembly.encoder import Code
from models.machine.tiers.webassembly.expression import Environment, Expressions
from models.machine.tiers.webassembly.frame import GO_ON, HELPER, REGION, STEP, TAIL, TYPES
from models.machine.tiers.webassembly.helpers import helpers
from models.machine.tiers.webassembly.region import Block, Region

BLOCK = 0  # the parameter; locals 1 to 31 are registers
FUEL, ADDRESS, VALUE = 32, 33, 34  # 64 bits
SLOT, LOADS, STORES, STATUS = 35, 36, 37, 38  # 32 bits


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


class _Writer:
    def __init__(self, region: Region, record: int, slots: int, base: int):
        self.region, self.record, self.base = region, record, base
        self.number = {block.pc: n for n, block in enumerate(region.blocks)}
        self.page = region.blocks[0].pc & -PAGE
        self.code = Code()
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
        self._sequence(0, len(self.region.blocks) - 1, None)
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

    # ------------------------------------------------------------------ structure
    def _items(self, first: int, last: int, inside: int | None) -> list[tuple[int, int]]:
        """Split a run of blocks into loops and single blocks."""
        items, n = [], first
        while n <= last:
            end = self.region.loops.get(n, n) if n != inside else n
            items.append((n, end))
            n = end + 1
        return items

    def _sequence(self, first: int, last: int, inside: int | None) -> None:
        """Write a run of blocks: the function's, or that of the loop with the head `inside`.

        Each item can be reached from those before it by a branch out of a block that ends there.
        """
        code, items = self.code, self._items(first, last, inside)
        following = items if inside is None else items[1:]
        for n, _ in reversed(following):
            code.block(("forward", n))
        if inside is None:
            enterable = {n for n, _ in items}
            targets = [n if n in enterable else items[0][0] for n in range(len(self.number))]
            code.get(BLOCK)
            code.br_table([("forward", n) for n in targets], ("forward", items[0][0]))
        for n, end in items:
            if inside is None or n != inside:
                code.end()
            if end > n or (n != inside and n in self.region.loops):
                code.loop(("back", n))
                self._sequence(n, end, n)
                code.end()
            else:
                self._block(self.region.blocks[n])
        if inside is None:
            code.op(w.UNREACHABLE)

    def _jump(self, target: int) -> None:
        """Go to an address: a block here, or back to the caller."""
        code, n = self.code, self.number.get(target)
        if n is None:
            self._leave(partial(code.i64, target))
        elif code.opened(("forward", n)):
            code.br(("forward", n))
        else:
            self._test_fuel(partial(code.i64, target))
            if code.opened(("back", n)):
                code.br(("back", n))
            else:
                code.i32(n)
                code.set(BLOCK)
                code.br("enter")

    def _test_fuel(self, target: Write) -> None:
        code = self.code
        code.get(FUEL)
        code.i64(self.region.length)
        code.op(w.I64_LT_S)
        code.when()
        self._leave(target, TAIL)
        code.end()

    def _leave(self, pc: Write, status: int = GO_ON) -> None:
        code = self.code
        code.i32(0)
        pc()
        code.memory(w.I64_STORE[8], self.base + layout.PC)
        if status != GO_ON:
            code.i32(status)
            code.set(STATUS)
        code.br("exit")

    # ------------------------------------------------------------------ instructions
    def _block(self, block: Block) -> None:
        length = len(block.steps)
        if length:
            self._burn(-length)
        for done, (pc, d) in enumerate(block.steps):
            self._instruction(pc, d, length - done)
        if block.stepped:
            self._leave(partial(self.code.i64, block.following), STEP)
        elif not block.steps or block.steps[-1][1].base.kind not in ("branch", "jal", "jalr"):
            self._jump(block.following)

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
            self._leave(partial(code.i64, pc), STEP)

        if kind == "alu":
            if d.rd:
                assign(partial(expressions.value, code, d.base.name, env))
        elif kind == "branch":
            self._branch(pc, d, env)
        elif kind == "jal":
            if d.rd:
                assign(partial(code.i64, following))
            self._jump(s64(pc + d.imm))
        elif kind == "jalr":
            expressions.value(code, d.base.name, env)
            code.set(VALUE)
            if d.rd:
                assign(partial(code.i64, following))
            self._indirect()
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
            self._jump(target)
            code.end()
        self._jump(s64(pc + d.length))

    def _indirect(self) -> None:
        """Go to the address in VALUE: to a block of this function without leaving, if it is one."""
        code = self.code
        code.get(VALUE)
        code.i64(-PAGE)
        code.op(w.I64_AND)
        code.i64(self.page)
        code.op(w.I64_EQ)
        code.when()
        code.get(VALUE)
        code.op(w.I32_WRAP)
        code.i32(PAGE - 2)
        code.op(w.I32_AND)
        code.memory(w.I32_LOAD16_U, self.record)
        code.tee(SLOT)
        code.i32(layout.ENTRY)
        code.op(w.I32_GE_U)
        code.get(FUEL)
        code.i64(self.region.length)
        code.op(w.I64_GE_S, w.I32_AND)
        code.when()
        code.get(SLOT)
        code.i32(layout.ENTRY)
        code.op(w.I32_SUB)
        code.set(BLOCK)
        code.br("enter")
        code.end()
        code.end()
        self._leave(partial(code.get, VALUE))
