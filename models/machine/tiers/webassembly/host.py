"""Where WebAssembly comes from: Pyodide's own engine in the page, wasmtime on CPython.

A host has memory that Python and WebAssembly see alike, and makes functions of modules.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Protocol

#: Functions that a host's table holds, 0 being none.
FUNCTIONS = 4096


class Host(Protocol):
    """One board's WebAssembly.

    Attributes
    ----------
    memory
        The shared memory, never moved or resized.
    base
        Its first byte's address in WebAssembly's memory.
    """

    memory: memoryview
    base: int

    def function(self, module: bytes) -> Callable[[], int]:
        """Return a module's function (of nothing, giving 32 bits) for Python to call."""

    def install(self, module: bytes, index: int) -> None:
        """Put a module's function into the table."""


def missing() -> str:
    """Return why there is no WebAssembly here; empty if there is."""
    if sys.platform == "emscripten" or find_spec("wasmtime"):
        return ""
    return "the package wasmtime is not installed (pip install 'models[fast]')"


def make_host(size: int) -> Host:
    """Return a host with at least so many bytes of memory, a multiple of 64 KiB."""
    if sys.platform == "emscripten":
        from models.machine.tiers.webassembly.host_pyodide import PyodideHost

        return PyodideHost(size)
    from models.machine.tiers.webassembly.host_wasmtime import WasmtimeHost

    return WasmtimeHost(size)
