"""IEEE 754 arithmetic on bit patterns, exact in rounding and flags.

- `formats`: what the bits mean, and the one place where a number is rounded;
- `arithmetic`: the operations.

An operation computes its exact result in Python's integers, which have no limits, and rounds once.
"""

from models.machine.softfloat.arithmetic import Arithmetic
from models.machine.softfloat.formats import (
    DOUBLE,
    DZ,
    NV,
    NX,
    OF,
    SINGLE,
    UF,
    Format,
    Rounding,
)

__all__ = ["DOUBLE", "DZ", "NV", "NX", "OF", "SINGLE", "UF", "Arithmetic", "Format", "Rounding"]
