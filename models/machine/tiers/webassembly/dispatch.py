"""One instruction of the interpreter: fetched, found in the table, executed.

It is made from the table as everything else: a table of branches on opcode and funct3 leads to the
rows that have them, each row tests its own bits, takes its operands out of the word by the drawing
of its encoding, and computes its expression.
"""

from __future__ import annotations

from models.machine.decode import BUCKETS, expansion
from models.machine.isa import Instruction
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly import layout
from models.machine.tiers.webassembly.access import Locals
from models.machine.tiers.webassembly.encoder import Code
from models.machine.tiers.webassembly.expression import Expressions
from models.machine.tiers.webassembly.frame import ADDRESS, DELTA, FUEL, PC, SLOT, WORD
from models.machine.tiers.webassembly.rows import KINDS, Operands, Row


class Dispatch:
    """Writes the instruction at pc into the interpreter.

    It branches to "next" behind it, to "jump" at a jump's target, and to "leave" with nothing done.

    Parameters
    ----------
    code, names, expressions
        The function, its locals, and the module's expressions.
    """

    def __init__(self, code: Code, names: Locals, expressions: Expressions):
        self.code, self.names, self.expressions = code, names, expressions
        self.operands = Operands(code, names.base)

    def instruction(self) -> None:
        """Fetch, and branch to the rows that opcode and funct3 choose."""
        code = self.code
        code.get(FUEL)
        code.op(w.I64_EQZ)
        code.br_if("leave")
        self._fetch()
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

    def _fetch(self) -> None:
        """Read the word; a long one may begin with its page's last two bytes."""
        code = self.code
        self._load(w.I32_LOAD, PC)
        code.set(WORD)
        code.get(PC)
        code.op(w.I32_WRAP)
        code.i32(4094)
        code.op(w.I32_AND)
        code.i32(4094)
        code.op(w.I32_EQ)
        code.when()
        self._long()
        code.when()
        code.get(PC)
        code.i64(2)
        code.op(w.I64_ADD)
        code.set(ADDRESS)
        self.find_page(ADDRESS)
        code.get(WORD)
        code.i32(0xFFFF)
        code.op(w.I32_AND)
        self._load(w.I32_LOAD16_U, ADDRESS)
        code.i32(16)
        code.op(w.I32_SHL, w.I32_OR)
        code.set(WORD)
        code.end()
        code.end()

    def _load(self, operation: int, address: int) -> None:
        """Push what stands at an address of the page that was found last."""
        self.code.get(address)
        self.code.op(w.I32_WRAP)
        self.code.get(DELTA)
        self.code.op(w.I32_ADD)
        self.code.memory(operation)

    def _long(self) -> None:
        """Push whether the word is of four bytes."""
        self.code.get(WORD)
        self.code.i32(3)
        self.code.op(w.I32_AND)
        self.code.i32(3)
        self.code.op(w.I32_EQ)

    def find_page(self, address: int) -> None:
        """Find the page of an address in the fast table of fetches; leave if it is not there.

        SLOT is then its entry, and DELTA its difference to RAM.
        """
        code = self.code
        code.get(address)
        code.op(w.I32_WRAP)
        code.i32(8)
        code.op(w.I32_SHR_U)
        code.i32((self.names.slots - 1) << 4)
        code.op(w.I32_AND)
        code.i32(0)
        code.memory(w.I32_LOAD, self.names.base + layout.FETCHES)
        code.op(w.I32_ADD)
        code.tee(SLOT)
        code.memory(w.I64_LOAD[8, False])
        code.get(address)
        code.i64(-4096)
        code.op(w.I64_AND, w.I64_NE)
        code.br_if("leave")
        code.get(SLOT)
        code.memory(w.I32_LOAD, layout.SLOT_DELTA)
        code.set(DELTA)

    def _selector(self) -> None:
        """Push 0 to 255: funct3 and opcode; or 256 to 287: funct3 and quadrant."""
        code = self.code
        self._long()
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
            Row(row, self.operands, self.names, self.expressions).write()
        else:
            code.br("leave")
        code.end()


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
