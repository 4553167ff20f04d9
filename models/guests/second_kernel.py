"""A second kernel with another ABI than the teaching kernel's: two tasks in one Sv48 space."""

from __future__ import annotations

from functools import cache

from models import stored
from models.guests.kernel.workloads.twins import CHECKSUM, mix
from models.machine import layout
from models.machine.assembler import Program, assemble

SIZE = 300  # calls of each task


@cache
def second_kernel(size: int = SIZE) -> Program:
    """Assemble it; it is started as the teaching kernel is (`models.guests.kernel.start`).

    Parameters
    ----------
    size
        Calls of each task, at least 1.

    Raises
    ------
    ValueError
        For another size.
    """
    _check(size)
    source = stored.text("models.guests", "second_kernel.S")
    return assemble(source, name="second_kernel.S", origin=layout.KERNEL, defines={"SIZE": size})


def checksum(size: int = SIZE) -> int:
    """Return what it must print, in hexadecimal."""
    _check(size)
    first, second = (mix(CHECKSUM, *(3 * call + task for call in range(size))) for task in (0, 1))
    return first ^ second


def _check(size: int) -> None:
    if not 1 <= size < 1 << 31:
        raise ValueError(f"size: {size}; allowed: 1 to {(1 << 31) - 1} calls")
