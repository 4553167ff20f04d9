"""The control flow of a region in WebAssembly: blocks, loops, jumps and the ways out.

Each block ends a WebAssembly `block`, so a jump forward is a branch out of those that are still
open; a loop's head begins a `loop`; any other block is reached through the function's entry, which
branches by a number. Fuel is tested wherever control goes back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial

from models.machine.memory import PAGE
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly import layout
from models.machine.tiers.webassembly.access import Write
from models.machine.tiers.webassembly.encoder import Code
from models.machine.tiers.webassembly.frame import GO_ON, TAIL
from models.machine.tiers.webassembly.region import Block, Region

BLOCK = 0  # the parameter; locals 1 to 31 are registers
FUEL, ADDRESS, VALUE = 32, 33, 34  # 64 bits
SLOT, LOADS, STORES, STATUS = 35, 36, 37, 38  # 32 bits


class Flow(ABC):
    """Writes a region's structure; what a block does is another's to write.

    Parameters
    ----------
    region, record, base
        See `translate`.
    """

    def __init__(self, region: Region, record: int, base: int):
        self.region, self.record, self.base = region, record, base
        self.number = {block.pc: n for n, block in enumerate(region.blocks)}
        self.page = region.blocks[0].pc & -PAGE
        self.code = Code()

    @abstractmethod
    def block(self, block: Block) -> None:
        """Write a block, up to and with the jump behind it."""

    def _items(self, first: int, last: int, inside: int | None) -> list[tuple[int, int]]:
        """Split a run of blocks into loops and single blocks."""
        items, n = [], first
        while n <= last:
            end = self.region.loops.get(n, n) if n != inside else n
            items.append((n, end))
            n = end + 1
        return items

    def sequence(self, first: int, last: int, inside: int | None) -> None:
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
                self.sequence(n, end, n)
                code.end()
            else:
                self.block(self.region.blocks[n])
        if inside is None:
            code.op(w.UNREACHABLE)

    def jump(self, target: int) -> None:
        """Go to an address: a block here, or back to the caller."""
        code, n = self.code, self.number.get(target)
        if n is None:
            self.leave(partial(code.i64, target))
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
        self.leave(target, TAIL)
        code.end()

    def leave(self, pc: Write, status: int = GO_ON) -> None:
        """Return to the interpreter, with the pc that is pushed."""
        code = self.code
        code.i32(0)
        pc()
        code.memory(w.I64_STORE[8], self.base + layout.PC)
        if status != GO_ON:
            code.i32(status)
            code.set(STATUS)
        code.br("exit")

    def indirect(self) -> None:
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
        self.leave(partial(code.get, VALUE))
