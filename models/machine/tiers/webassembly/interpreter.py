"""An interpreter of the whole instruction table, in WebAssembly: the cold code's tier.

It is made from the table as everything else: a table of branches on opcode and funct3 leads to the
rows that have them, each row tests its own bits, takes its operands out of the word by the drawing
of its encoding, and computes its expression. Before each jump's target it looks whether the page
has a compiled block there and runs that, or counts the arrival. So code that runs a few times costs
no translation at all, which is most of the code of a booting system.

It leaves for Python, with nothing done, at whatever is not arithmetic, RAM or a jump: a CSR, a
trap, a device, a page that is not in the fast tables.
"""

from __future__ import annotations

from functools import cache

from models.machine.decode import BUCKETS, expansion
from models.machine.isa import Instruction
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly import layout
from models.machine.tiers.webassembly.access import Locals
from models.machine.tiers.webassembly.encoder import Code
from models.machine.tiers.webassembly.expression import Expressions
from models.machine.tiers.webassembly.frame import (
    ADDRESS,
    COMPILED,
    DELTA,
    FUEL,
    HELPER,
    HOT,
    LOADS,
    MAIN,
    PC,
    RECORD,
    REGION,
    SLOT,
    STATE,
    STATUS,
    STEP,
    STORES,
    TYPES,
    VALUE,
    WORD,
)
from models.machine.tiers.webassembly.helpers import helpers
from models.machine.tiers.webassembly.rows import KINDS, Operands, Row


@cache
def interpreter(slots: int, base: int, hot: int) -> bytes:
    """Return the module.

    Parameters
    ----------
    slots
        Entries of a fast table.
    base
        Address of the shared memory.
    hot
        Arrivals at a jump's target after which it returns HOT.
    """
    code = Code()
    _Interpreter(code, slots, base, hot).write()
    main = (MAIN, [(4, w.I64), (9, w.I32)], code)
    return w.module(TYPES, [main, *helpers(HELPER)], export=0)


class _Interpreter:
    def __init__(self, code: Code, slots: int, base: int, hot: int):
        self.code, self.slots, self.base, self.hot = code, slots, base, hot
        self.expressions = Expressions(first=1)
        self.operands = Operands(code, base)
        self.names = Locals(ADDRESS, VALUE, SLOT, LOADS, STORES, slots, base)

    # ------------------------------------------------------------------ the frame
    def write(self) -> None:
        """Write the function: returns why it stopped; pc and fuel are then in the memory."""
        code = self.code
        for local, place in ((PC, layout.PC), (FUEL, layout.FUEL)):
            self._fetch(w.I64_LOAD[8, False], place)
            code.set(local)
        for local, place in ((LOADS, layout.LOADS), (STORES, layout.STORES)):
            self._fetch(w.I32_LOAD, place)
            code.set(local)
        code.i32(1)
        code.set(COMPILED)
        code.i32(STEP)
        code.set(STATUS)
        code.block("leave")
        code.loop("jump")
        self._arrive()
        code.loop("next")
        self._instruction()
        code.end()
        code.end()
        code.end()
        self._write_back()
        code.get(STATUS)

    def _write_back(self) -> None:
        for local, place in ((PC, layout.PC), (FUEL, layout.FUEL)):
            self.code.i32(0)
            self.code.get(local)
            self.code.memory(w.I64_STORE[8], self.base + place)

    def _fetch(self, operation: int, place: int) -> None:
        self.code.i32(0)
        self.code.memory(operation, self.base + place)

    def _arrive(self) -> None:
        """At a jump's target: find its page; run its compiled block, or count the arrival."""
        code = self.code
        code.get(PC)
        code.op(w.I32_WRAP)
        code.i32(8)
        code.op(w.I32_SHR_U)
        code.i32((self.slots - 1) << 4)
        code.op(w.I32_AND)
        self._fetch(w.I32_LOAD, layout.FETCHES)
        code.op(w.I32_ADD)
        code.tee(SLOT)
        code.memory(w.I64_LOAD[8, False])
        code.get(PC)
        code.i64(-4096)
        code.op(w.I64_AND, w.I64_NE)
        code.br_if("leave")
        code.get(SLOT)
        code.memory(w.I32_LOAD, layout.SLOT_DELTA)
        code.set(DELTA)
        self._state()
        code.i32(layout.ENTRY)
        code.op(w.I32_LT_U)
        code.when()
        self._count()
        code.otherwise()
        self._run_block()
        code.end()

    def _state(self) -> None:
        """Read the state of the half word at pc, and leave it on the stack."""
        code = self.code
        code.get(SLOT)
        code.memory(w.I32_LOAD, layout.SLOT_RECORD)
        code.tee(RECORD)
        code.get(PC)
        code.op(w.I32_WRAP)
        code.i32(4094)
        code.op(w.I32_AND, w.I32_ADD)
        code.tee(SLOT)
        code.memory(w.I32_LOAD16_U)
        code.tee(STATE)

    def _count(self) -> None:
        code = self.code
        code.get(STATE)
        code.i32(layout.COLD)
        code.op(w.I32_NE)
        code.when()
        code.get(SLOT)
        code.get(STATE)
        code.i32(1)
        code.op(w.I32_ADD)
        code.tee(STATE)
        code.memory(w.I32_STORE16)
        code.get(STATE)
        code.i32(self.hot)
        code.op(w.I32_EQ)
        code.when()
        code.i32(HOT)
        code.set(STATUS)
        code.br("leave")
        code.end()
        code.end()

    def _run_block(self) -> None:
        """Run compiled code, unless it just said that the fuel is too little for it."""
        code = self.code
        code.get(COMPILED)
        code.when()
        self._write_back()
        code.get(STATE)
        code.i32(layout.ENTRY)
        code.op(w.I32_SUB)
        code.get(RECORD)
        code.memory(w.I32_LOAD, layout.RECORD_FUNCTION)
        code.call_indirect(REGION)
        code.set(STATUS)
        for local, place in ((PC, layout.PC), (FUEL, layout.FUEL)):
            self._fetch(w.I64_LOAD[8, False], place)
            code.set(local)
        code.get(STATUS)
        code.i32(STEP)
        code.op(w.I32_EQ)
        code.br_if("leave")
        code.get(STATUS)
        code.op(w.I32_EQZ)  # GO_ON; else TAIL
        code.set(COMPILED)
        code.i32(STEP)
        code.set(STATUS)
        code.br("jump")
        code.end()

    # ------------------------------------------------------------------ one instruction
    def _instruction(self) -> None:
        """Fetch, and branch to the rows that opcode and funct3 choose."""
        code = self.code
        code.get(FUEL)
        code.op(w.I64_EQZ)
        code.br_if("leave")
        code.get(PC)
        code.op(w.I32_WRAP)
        code.get(DELTA)
        code.op(w.I32_ADD)
        code.memory(w.I32_LOAD)
        code.set(WORD)
        groups = {tuple(rows): n for n, rows in enumerate(_groups())}
        code.block("unknown")
        for n in reversed(groups.values()):
            code.block(n)
        self._selector()
        code.br_table(
            [groups.get(tuple(_rows(index)), "unknown") for index in range(256 + 32)], "unknown"
        )
        for rows, n in groups.items():
            code.end()
            for row in rows:
                self._row(row)
            code.br("unknown")
            assert not code.opened(n)
        code.end()
        code.br("leave")  # the stepper knows what to do: STATUS is STEP

    def _selector(self) -> None:
        """Push 0 to 255: funct3 and opcode; or 256 to 287: funct3 and quadrant."""
        code = self.code
        code.get(WORD)
        code.i32(3)
        code.op(w.I32_AND)
        code.i32(3)
        code.op(w.I32_EQ)
        code.set(SLOT)
        self.operands.bits(12, 5, 3)
        self.operands.bits(2, 0, 5)
        code.op(w.I32_OR)
        self.operands.bits(0, 0, 2)
        self.operands.bits(13, 2, 3)
        code.op(w.I32_OR)
        code.i32(256)
        code.op(w.I32_OR)
        code.get(SLOT)
        code.op(w.SELECT)

    def _row(self, row: Instruction) -> None:
        """Write a row: try the next if the word is not of it."""
        code = self.code
        code.block("other")
        code.get(WORD)
        code.i32(row.mask)
        code.op(w.I32_AND)
        code.i32(row.match)
        code.op(w.I32_NE)
        code.br_if("other")
        for field in row.fields.values():
            for reserved in field.forbidden:
                self.operands.raw(field)
                code.i32(reserved - field.offset)
                code.op(w.I32_EQ)
                code.br_if("other")
        if expansion(row.name)[0].kind in KINDS:
            if not row.compressed:
                self._whole()
            Row(row, self.operands, self.names, self.expressions).write()
        else:
            code.br("leave")
        code.end()

    def _whole(self) -> None:
        """Leave if a long instruction begins with the page's last two bytes."""
        code = self.code
        code.get(PC)
        code.op(w.I32_WRAP)
        code.i32(4094)
        code.op(w.I32_AND)
        code.i32(4094)
        code.op(w.I32_EQ)
        code.br_if("leave")


def _rows(index: int) -> list[Instruction]:
    """Return the rows that a selector's index leaves possible."""
    if index < 256:
        return BUCKETS.get((index & 31) << 2 | 3 | (index >> 5) << 12, [])
    return BUCKETS.get(index & 3 | (index >> 2 & 7) << 13, [])


def _groups() -> list[list[Instruction]]:
    """Return the different lists of rows."""
    groups: list[list[Instruction]] = []
    for index in range(256 + 32):
        rows = _rows(index)
        if rows and rows not in groups:
            groups.append(rows)
    return groups
