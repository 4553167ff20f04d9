"""What interpreter and regions share: an access to memory through the fast tables, and the atomics.

Registers are read and written by functions that the two give: the one finds a register's number in
the instruction word and its value in memory, the other has each in a local. A miss branches away
before anything has happened, and the hart's stepper does the instruction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.machine.isa import Instruction
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly.encoder import Code
from models.machine.tiers.webassembly.expression import Environment, Expressions
from models.machine.tiers.webassembly.layout import (
    RESERVED,
    RESERVED_ADDRESS,
    RESERVED_VALUE,
    SLOT_DELTA,
)

Write = Callable[[], None]


@dataclass(frozen=True)
class Locals:
    """Numbers of the locals that accesses use, and where things lie.

    Attributes
    ----------
    address, value
        64 bits, overwritten.
    slot
        32 bits, overwritten.
    loads, stores
        The fast tables' addresses, 32 bits.
    slots
        Entries of a fast table.
    base
        Address of the shared memory.
    """

    address: int
    value: int
    slot: int
    loads: int
    stores: int
    slots: int
    base: int


class Accesses:
    """Writes accesses into a function.

    Parameters
    ----------
    code, names, expressions
        The function, its locals, and the module's expressions.
    miss
        Writes what happens, inside an `if`, when the address is not in the fast table.
    assign
        Writes rd: called with what pushes the value.
    """

    def __init__(
        self,
        code: Code,
        names: Locals,
        expressions: Expressions,
        miss: Write,
        assign: Callable[[Write], None],
    ):
        self.code, self.names, self.expressions = code, names, expressions
        self.miss, self.assign = miss, assign

    def find(self, width: int, store: bool, aligned: bool = False) -> None:
        """Look `address` up; leave the place in RAM on the stack.

        The tag is compared with the page of the access's last byte. If that is another page than
        the first byte's, it cannot stand here: neighbours have different places. An atomic must be
        aligned besides: there the alignment's bits stay in what is compared.
        """
        code, names = self.code, self.names
        code.get(names.address)
        code.op(w.I32_WRAP)
        code.i32(8)
        code.op(w.I32_SHR_U)
        code.i32((names.slots - 1) << 4)
        code.op(w.I32_AND)
        code.get(names.stores if store else names.loads)
        code.op(w.I32_ADD)
        code.tee(names.slot)
        code.memory(w.I64_LOAD[8, False])
        code.get(names.address)
        if width > 1 and not aligned:
            code.i64(width - 1)
            code.op(w.I64_ADD)
        code.i64(-4096 | (width - 1 if aligned else 0))
        code.op(w.I64_AND, w.I64_NE)
        code.when()
        self.miss()
        code.end()
        self._place()

    def _place(self) -> None:
        code, names = self.code, self.names
        code.get(names.address)
        code.op(w.I32_WRAP)
        code.get(names.slot)
        code.memory(w.I32_LOAD, SLOT_DELTA)
        code.op(w.I32_ADD)

    def load(self, row: Instruction, env: Environment) -> None:
        """Write a load at `address`."""
        self.find(row.width, store=False)
        self.code.memory(w.I64_LOAD[row.width, False])
        self.code.set(self.names.value)
        self.assign(lambda: self.expressions.value(self.code, row.name, self._with_memory(env)))

    def store(self, row: Instruction, env: Environment) -> None:
        """Write a store at `address`."""
        self.find(row.width, store=True)
        self.expressions.value(self.code, row.name, env)
        self.code.memory(w.I64_STORE[row.width])

    def _with_memory(self, env: Environment) -> Environment:
        return {**env, "m": lambda code: code.get(self.names.value)}

    def amo(self, row: Instruction, env: Environment) -> None:
        """Write an atomic operation at `address`: found by the store table, as is the rule."""
        code, names = self.code, self.names
        self.find(row.width, store=True, aligned=True)
        code.memory(w.I64_LOAD[row.width, True])
        code.set(names.value)
        self._place()
        self.expressions.value(code, row.name, self._with_memory(env))
        code.memory(w.I64_STORE[row.width])
        self.assign(lambda: code.get(names.value))

    def lr(self, row: Instruction) -> None:
        """Write a load-reserved at `address`."""
        code, names = self.code, self.names
        self.find(row.width, store=False, aligned=True)
        code.memory(w.I64_LOAD[row.width, True])
        code.set(names.value)
        self._reserve(RESERVED, lambda: code.i64(1))
        self._reserve(RESERVED_ADDRESS, lambda: code.get(names.address))
        self._reserve(RESERVED_VALUE, lambda: code.get(names.value))
        self.assign(lambda: code.get(names.value))

    def _reserve(self, place: int, push: Write) -> None:
        self.code.i32(0)
        push()
        self.code.memory(w.I64_STORE[8], self.names.base + place)

    def _reserved(self, place: int) -> None:
        self.code.i32(0)
        self.code.memory(w.I64_LOAD[8, False], self.names.base + place)

    def sc(self, row: Instruction, env: Environment) -> None:
        """Write a store-conditional at `address`.

        It looks the address up only if that is the reserved one, and stores only if the reserved
        value still stands there.
        """
        code, names = self.code, self.names
        code.block("failed")
        self._reserved(RESERVED)
        code.op(w.I64_EQZ)
        code.br_if("failed")
        self._reserved(RESERVED_ADDRESS)
        code.get(names.address)
        code.op(w.I64_NE)
        code.br_if("failed")
        self.find(row.width, store=True, aligned=True)
        code.memory(w.I64_LOAD[row.width, True])
        self._reserved(RESERVED_VALUE)
        code.op(w.I64_NE)
        code.br_if("failed")
        self._place()
        self.expressions.value(code, row.name, env)
        code.memory(w.I64_STORE[row.width])
        self._reserve(RESERVED, lambda: code.i64(2))
        code.end()
        # The reservation is 2 where the store was made, which is the opposite of a failure.
        self._reserved(RESERVED)
        code.i64(2)
        code.op(w.I64_NE, w.I64_EXTEND_U)
        code.set(names.value)
        self._reserve(RESERVED, lambda: code.i64(0))
        self.assign(lambda: code.get(names.value))
