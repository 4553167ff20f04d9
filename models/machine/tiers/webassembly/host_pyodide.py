"""WebAssembly in the page: the engine that runs Python itself.

The shared memory is a bytearray, a piece of Python's own memory, which the modules import whole:
they are made with its address as a constant. Nothing is downloaded, and nothing is evaluated from
text, so the page's policy holds. Pyodide shows that memory to nobody; but it hands it to each
extension module that it loads, so we load one of 40 bytes and take the memory out of what it gets.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import js
import numpy as np
import pyodide_js
from pyodide.ffi import create_proxy, to_js

from models.machine.memory import PAGE
from models.machine.tiers.webassembly.host import FUNCTIONS

#: An extension module that has nothing and wants the memory: header, the section that marks such
#: modules (no memory and no table of its own), and one import, `env.memory`.
EXTENSION = (
    b"\0asm\1\0\0\0"
    + b"\x00\x0f\x08dylink.0\x01\x04\x00\x00\x00\x00"
    + b"\x02\x0f\x01\x03env\x06memory\x02\x00\x00"
)


def _record(**values: Any) -> Any:
    return to_js(values, dict_converter=js.Object.fromEntries)


@cache
def _memory() -> Any:
    """Return the memory that Python lives in."""
    found: list[Any] = []

    def construct(target: Any, arguments: Any, _: Any) -> Any:
        found.append(arguments[1].env.memory)
        return js.Reflect.construct(target, arguments)

    plain = js.WebAssembly.Instance
    trap = create_proxy(construct)
    js.WebAssembly.Instance = js.Proxy.new(plain, _record(construct=trap))
    try:
        options = _record(loadAsync=False, nodelete=True, allowUndefined=True)
        pyodide_js._module.loadWebAssemblyModule(
            to_js(EXTENSION), options, "memory", js.Object.new(), 0
        )
    finally:
        js.WebAssembly.Instance = plain
        trap.destroy()
    return found[0]


class PyodideHost:
    """See `Host`."""

    def __init__(self, size: int):
        whole = bytearray(size + PAGE)
        start: int = np.frombuffer(whole, np.uint8).__array_interface__["data"][0]
        skip = -start % PAGE
        self.memory = memoryview(whole)[skip : skip + size]
        self.base = start + skip
        self._table = js.WebAssembly.Table.new(_record(element="anyfunc", initial=FUNCTIONS))
        self._imports = _record(e=_record(m=_memory(), t=self._table))

    def _export(self, module: bytes) -> Any:
        compiled = js.WebAssembly.Module.new(to_js(module))
        return js.WebAssembly.Instance.new(compiled, self._imports).exports.f

    def function(self, module: bytes) -> Callable[[], int]:
        """See `Host`."""
        function: Callable[[], int] = self._export(module)
        return function

    def install(self, module: bytes, index: int) -> None:
        """See `Host`."""
        self._table.set(index, self._export(module))
