"""Formats of floating-point numbers: what the bits mean, and rounding.

::

    single   sign  exponent 8   fraction 23        double   sign  exponent 11  fraction 52

A finite number is ``(-1)**sign * significand * 2**exponent`` with integers; a normal one has the
hidden bit above its fraction. The flags are those of fflags::

      4    3    2    1    0
    +----+----+----+----+----+   invalid, division by zero, overflow, underflow, inexact
    | NV | DZ | OF | UF | NX |
    +----+----+----+----+----+

Source: IEEE 754-2008; The RISC-V Instruction Set Manual, volume I (20191213), chapters 11 and 12.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

NX, UF, OF, DZ, NV = (1 << n for n in range(5))


class Rounding(IntEnum):
    """Rounding modes, by their numbers in frm and in the instructions."""

    RNE = 0  # to nearest, ties to even
    RTZ = 1  # towards zero
    RDN = 2  # down
    RUP = 3  # up
    RMM = 4  # to nearest, ties away from zero


class Number(NamedTuple):
    """A finite number: ``(-1)**sign * significand * 2**exponent``.

    Attributes
    ----------
    sign
        1 for negative ones, -0 too.
    exponent, significand
        Any integer; any that is not negative.
    """

    sign: int
    exponent: int
    significand: int


@dataclass(frozen=True)
class Format:
    """A binary interchange format.

    Attributes
    ----------
    exponent_bits, fraction_bits
        Widths of its fields.
    """

    exponent_bits: int
    fraction_bits: int

    @cached_property
    def width(self) -> int:
        """Bits in all."""
        return 1 + self.exponent_bits + self.fraction_bits

    @cached_property
    def sign(self) -> int:
        """The sign's bit."""
        return 1 << self.exponent_bits + self.fraction_bits

    @cached_property
    def infinity(self) -> int:
        """Positive infinity."""
        return (1 << self.exponent_bits) - 1 << self.fraction_bits

    @cached_property
    def quiet(self) -> int:
        """The bit that tells quiet NaNs from signalling ones."""
        return 1 << self.fraction_bits - 1

    @cached_property
    def nan(self) -> int:
        """The canonical NaN: what every operation gives that has no number to give."""
        return self.infinity | self.quiet

    @cached_property
    def least(self) -> int:
        """Exponent of the last bit of a subnormal number."""
        return 2 - (1 << self.exponent_bits - 1) - self.fraction_bits

    def is_nan(self, bits: int) -> bool:
        """Tell whether it is not a number."""
        return bits & self.sign - 1 > self.infinity

    def is_signalling(self, bits: int) -> bool:
        """Tell whether it is a NaN that every operation reports."""
        return self.is_nan(bits) and not bits & self.quiet

    def is_infinite(self, bits: int) -> bool:
        """Tell whether it is an infinity."""
        return bits & self.sign - 1 == self.infinity

    def unpack(self, bits: int) -> Number:
        """Read a finite number."""
        magnitude = bits & self.sign - 1
        biased, fraction = divmod(magnitude, 1 << self.fraction_bits)
        sign = 1 if bits & self.sign else 0
        if not biased:
            return Number(sign, self.least, fraction)
        return Number(sign, self.least + biased - 1, fraction | 1 << self.fraction_bits)

    def round(self, number: Number, rounding: Rounding) -> tuple[int, int]:
        """Return the bits of the nearest number of this format, and the flags of the rounding."""
        sign, exponent, significand = number.sign, number.exponent, number.significand
        negative = self.sign if sign else 0
        if not significand:
            return negative, 0
        precise = significand.bit_length() - self.fraction_bits - 1  # low bits that do not fit
        shift = max(precise, self.least - exponent)
        kept, inexact = shifted(significand, shift, sign, rounding)
        flags = NX if inexact else 0
        # Adding the hidden bit counts the exponent up: to 1 from a subnormal's 0, and once more
        # where rounding has carried to the next power of two.
        bits = (exponent + shift - self.least << self.fraction_bits) + kept
        if bits >= self.infinity:
            away = rounding in (Rounding.RNE, Rounding.RMM, _AWAY[sign])
            return negative | (self.infinity if away else self.infinity - 1), OF | NX
        if inexact and shift > precise and self._tiny(number, precise, rounding):
            flags |= UF
        return negative | bits, flags

    def _tiny(self, number: Number, precise: int, rounding: Rounding) -> bool:
        """Tell whether it is below the normal numbers once rounded to their precision."""
        kept, _ = shifted(number.significand, precise, number.sign, rounding)
        top = number.exponent + precise + kept.bit_length()
        return top <= self.least + self.fraction_bits


#: The mode that rounds a number of this sign away from zero.
_AWAY = (Rounding.RUP, Rounding.RDN)


def shifted(significand: int, shift: int, sign: int, rounding: Rounding) -> tuple[int, bool]:
    """Divide by ``2**shift`` and round to an integer; tell whether that was inexact."""
    if shift <= 0:
        return significand << -shift, False
    kept = significand >> shift
    rest = significand - (kept << shift)
    if not rest:
        return kept, False
    half = 1 << shift - 1
    if rounding == Rounding.RNE:
        up = rest > half or (rest == half and kept & 1)
    elif rounding == Rounding.RMM:
        up = rest >= half
    else:
        up = rounding == _AWAY[sign]
    return kept + 1 if up else kept, True


SINGLE, DOUBLE = Format(8, 23), Format(11, 52)
