"""An interpreter of the whole instruction table, in WebAssembly: the cold code's tier.

Before each jump's target it looks whether the page has a compiled block there and runs that, or
counts the arrival; what follows it executes one by one (`dispatch`). So code that runs a few times
costs no translation at all, which is most of the code of a booting system.

It leaves for Python, with nothing done, at whatever is not arithmetic, RAM or a jump: most CSRs, a
trap, a device, a page that is not in the fast tables.
"""

from __future__ import annotations

from functools import cache

from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly import layout
from models.machine.tiers.webassembly.access import Locals
from models.machine.tiers.webassembly.dispatch import Dispatch
from models.machine.tiers.webassembly.encoder import Code
from models.machine.tiers.webassembly.expression import Expressions
from models.machine.tiers.webassembly.frame import (
    ADDRESS,
    COMPILED,
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
)
from models.machine.tiers.webassembly.helpers import helpers


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
    writer = _Interpreter(code, slots, base, hot)
    writer.write()
    main = (MAIN, [(4, w.I64), (9, w.I32)], code)
    return w.module(TYPES, [main, *helpers(HELPER, writer.expressions.called)], export=0)


class _Interpreter:
    def __init__(self, code: Code, slots: int, base: int, hot: int):
        self.code, self.base, self.hot = code, base, hot
        self.expressions = Expressions(first=1)
        names = Locals(ADDRESS, VALUE, SLOT, LOADS, STORES, slots, base)
        self.dispatch = Dispatch(code, names, self.expressions)

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
        self.dispatch.instruction()
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
        self.dispatch.find_page(PC)
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
