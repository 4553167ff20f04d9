"""What the interpreter and the compiled functions agree on: why they return, types, locals."""

from __future__ import annotations

from models.machine.tiers.webassembly import encoder as w

# Why the interpreter, or a compiled function, returns.
GO_ON, STEP, HOT, TAIL = range(4)
MAIN, REGION, HELPER = range(3)  # the types of functions
TYPES: w.Types = (([], [w.I32]), ([w.I32], [w.I32]), ([w.I64, w.I64], [w.I64]))

# The interpreter's locals.
PC, FUEL, ADDRESS, VALUE = range(4)  # 64 bits
WORD, SLOT, LOADS, STORES, DELTA, RECORD, STATE, STATUS, COMPILED = range(4, 13)  # 32 bits
