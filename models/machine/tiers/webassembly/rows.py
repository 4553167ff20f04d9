"""One row of the instruction table as a part of the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from models.machine.decode import expansion
from models.machine.encoding import Field
from models.machine.isa import Instruction
from models.machine.tiers.webassembly import csrs
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly.access import Accesses, Locals
from models.machine.tiers.webassembly.encoder import Code
from models.machine.tiers.webassembly.expression import Environment, Expressions
from models.machine.tiers.webassembly.frame import ADDRESS, FUEL, PC, VALUE, WORD

#: Kinds of instructions that the interpreter executes; the others are the stepper's.
KINDS = ("alu", "load", "store", "branch", "jal", "jalr", "lr", "sc", "amo", "fence", "csr")


class Operands:
    """Pushes what the fields of the instruction word say.

    Parameters
    ----------
    code, base
        The interpreter; address of the shared memory.
    """

    def __init__(self, code: Code, base: int):
        self.code, self.base = code, base

    def bits(self, lsb: int, low: int, width: int) -> None:
        """Push bits of the word, from `lsb` on, moved to `low`."""
        code = self.code
        code.get(WORD)
        if lsb > low:
            code.i32(lsb - low)
            code.op(w.I32_SHR_U)
        elif lsb < low:
            code.i32(low - lsb)
            code.op(w.I32_SHL)
        code.i32((1 << width) - 1 << low)
        code.op(w.I32_AND)

    def raw(self, field: Field) -> None:
        """Push a field's bits in their places, without sign and offset, 32 bits."""
        for n, (lsb, width, low) in enumerate(field.pieces):
            self.bits(lsb, low, width)
            if n:
                self.code.op(w.I32_OR)

    def immediate(self, source: Field | int) -> None:
        """Push an immediate, 64 bits."""
        code = self.code
        if isinstance(source, int):
            code.i64(source)
            return
        self.raw(source)
        if source.name == "imm":
            spare = 32 - source.range.stop.bit_length()
            if spare:
                code.i32(spare)
                code.op(w.I32_SHL)
                code.i32(spare)
                code.op(w.I32_SHR_S)
            code.op(w.I64_EXTEND_S)
        else:
            code.op(w.I64_EXTEND_U)

    def place(self, source: Field | int) -> int:
        """Push the address of a register (less what is returned, for the offset)."""
        if isinstance(source, int):
            self.code.i32(0)
            return self.base + 8 * source
        ((lsb, width, _),) = source.pieces
        self.bits(lsb, 3, width)
        return self.base + 8 * source.offset

    def read(self, source: Field | int) -> None:
        """Push a register."""
        offset = self.place(source)
        self.code.memory(w.I64_LOAD[8, False], offset)


class Row:
    """Writes what a row does, from its operands to the branch behind it.

    Parameters
    ----------
    row
        Of one of `KINDS`.
    operands, names, expressions
        The interpreter's.
    """

    def __init__(
        self, row: Instruction, operands: Operands, names: Locals, expressions: Expressions
    ):
        self.row, self.operands, self.code = row, operands, operands.code
        self.names, self.expressions = names, expressions
        self.base, sources = expansion(row.name)
        self.sources: dict[str, Field | int] = {
            name: row.fields[source] if isinstance(source, str) else source
            for name, source in sources.items()
        }
        self.env: Environment = {"pc": lambda code: code.get(PC)}
        for name, operand in (("a", "rs1"), ("b", "rs2")):
            self.env[name] = self._later(operands.read, self.sources.get(operand, 0))
        self.env["i"] = self._later(operands.immediate, self.sources.get("imm", 0))

    @staticmethod
    def _later(push: Callable[[Field | int], None], source: Field | int) -> Callable[[Code], None]:
        return lambda code: push(source)

    def write(self) -> None:
        """Write it by its kind."""
        getattr(self, f"_{self.base.kind}")()

    def assign(self, push: Callable[[], None]) -> None:
        """Write rd, and x0 back to zero where rd may be x0."""
        code, rd = self.code, self.sources["rd"]
        offset = self.operands.place(rd)
        push()
        code.memory(w.I64_STORE[8], offset)
        if rd == 0 or (isinstance(rd, Field) and not rd.offset and 0 not in rd.forbidden):
            code.i32(0)
            code.i64(0)
            code.memory(w.I64_STORE[8], self.operands.base)

    def _done(self, jump: bool = False) -> None:
        """Count the instruction, and go on behind it or at pc."""
        code = self.code
        code.get(FUEL)
        code.i64(1)
        code.op(w.I64_SUB)
        code.set(FUEL)
        if jump:
            code.br("jump")
            return
        code.get(PC)
        code.i64(self.row.bits // 8)
        code.op(w.I64_ADD)
        code.tee(PC)
        code.op(w.I32_WRAP)
        code.i32(4092)
        code.op(w.I32_AND)
        code.br_if("next")
        code.br("jump")  # the next page, whose first bytes may have been the end of this one

    def _after(self) -> None:
        self.code.get(PC)
        self.code.i64(self.row.bits // 8)
        self.code.op(w.I64_ADD)

    def _alu(self) -> None:
        self.assign(partial(self.expressions.value, self.code, self.base.name, self.env))
        self._done()

    def _fence(self) -> None:
        self._done()

    def _branch(self) -> None:
        code = self.code
        self.expressions.condition(code, self.base.name, self.env)
        code.when()
        code.get(PC)
        self.env["i"](code)
        code.op(w.I64_ADD)
        code.set(PC)
        self._done(jump=True)
        code.end()
        self._done()

    def _jal(self) -> None:
        code = self.code
        self.expressions.value(code, self.base.name, self.env)
        code.set(VALUE)
        self.assign(self._after)
        code.get(VALUE)
        code.set(PC)
        self._done(jump=True)

    _jalr = _jal

    def _accesses(self) -> Accesses:
        leave = partial(self.code.br, "leave")
        return Accesses(self.code, self.names, self.expressions, leave, self.assign)

    def _at(self, with_offset: bool = False) -> Accesses:
        """Compute the address first."""
        code = self.code
        self.env["a"](code)
        if with_offset:
            self.env["i"](code)
            code.op(w.I64_ADD)
        code.set(ADDRESS)
        return self._accesses()

    def _csr(self) -> None:
        """The two that are done here; the others leave."""
        code = self.code
        accesses = self._accesses()
        code.get(WORD)
        code.i32(20)
        code.op(w.I32_SHR_U)
        code.i32(csrs.SSTATUS)
        code.op(w.I32_EQ)
        code.when()
        csrs.sstatus(accesses, self.base, self.env)
        self._done()
        code.end()
        if self.base.name == "csrrs":
            code.get(WORD)
            code.i32(~(31 << 7))
            code.op(w.I32_AND)
            code.i32(csrs.READ_TIME)
            code.op(w.I32_EQ)
            code.when()
            csrs.time(accesses, partial(code.get, FUEL))
            self._done()
            code.end()
        code.br("leave")

    def _load(self) -> None:
        self._at(with_offset=True).load(self.base, self.env)
        self._done()

    def _store(self) -> None:
        self._at(with_offset=True).store(self.base, self.env)
        self._done()

    def _lr(self) -> None:
        self._at().lr(self.base)
        self._done()

    def _sc(self) -> None:
        self._at().sc(self.base, self.env)
        self._done()

    def _amo(self) -> None:
        self._at().amo(self.base, self.env)
        self._done()
