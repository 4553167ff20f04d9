"""WebAssembly on CPython, by the package wasmtime.

The memory is allocated at its final size, so it never moves, and Python sees it by a memoryview. A
call through wasmtime's Python interface takes 15 µs, of which the engine needs 1.5 (measured):
`function` calls the engine's C interface as that interface does, with everything prepared once.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import wasmtime
from wasmtime import _bindings

from models.machine.tiers.webassembly.host import FUNCTIONS
from models.machine.tiers.webassembly.layout import WASM_PAGE


@cache
def _engine() -> Any:
    return wasmtime.Engine()


@cache
def _compiled(module: bytes) -> Any:
    """Compile what every board uses alike, once in a process."""
    return wasmtime.Module(_engine(), module)


class WasmtimeHost:
    """See `Host`."""

    base = 0

    def __init__(self, size: int):
        self._store = wasmtime.Store(_engine())
        limits = wasmtime.Limits(size // WASM_PAGE, size // WASM_PAGE)
        self._memory = wasmtime.Memory(self._store, wasmtime.MemoryType(limits))
        kind = wasmtime.TableType(wasmtime.ValType.funcref(), wasmtime.Limits(FUNCTIONS, FUNCTIONS))
        self._table = wasmtime.Table(self._store, kind, None)
        address = ctypes.cast(self._memory.data_ptr(self._store), ctypes.c_void_p).value
        assert address is not None
        data = (ctypes.c_ubyte * size).from_address(address)
        data.owner = self._store  # type: ignore[attr-defined]  # a view keeps the memory alive
        self.memory = memoryview(data).cast("B")

    def _export(self, module: Any) -> Any:
        instance = wasmtime.Instance(self._store, module, [self._memory, self._table])
        return instance.exports(self._store)["f"]

    def function(self, module: bytes) -> Callable[[], int]:
        """See `Host`."""
        function = self._export(_compiled(module))
        call = _bindings._wasmtime_func_call_unchecked
        context, place = self._store._context(), ctypes.byref(function._func)
        values = (_bindings.wasmtime_val_raw_t * 1)()
        trap = ctypes.POINTER(_bindings.wasm_trap_t)()
        trapped = ctypes.byref(trap)

        def run() -> int:
            if call(context, place, values, 1, trapped) or trap:
                raise RuntimeError(f"WebAssembly trapped: {wasmtime.Trap._from_ptr(trap)}")
            return int(values[0].i32)

        return run

    def install(self, module: bytes, index: int) -> None:
        """See `Host`."""
        self._table.set(self._store, index, self._export(wasmtime.Module(_engine(), module)))
