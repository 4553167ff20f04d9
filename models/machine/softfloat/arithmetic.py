"""The operations of F and D on the bits of one format."""

from __future__ import annotations

from math import isqrt

from models.machine.softfloat.formats import (
    DOUBLE,
    DZ,
    NV,
    NX,
    SINGLE,
    Format,
    Number,
    Rounding,
    shifted,
)


class Arithmetic:
    """Arithmetic in one format.

    Parameters
    ----------
    form
        The format of operands and results, unsigned bit patterns.

    Attributes
    ----------
    rounding
        The mode in force.
    flags
        What operations have raised so far; whoever reads them clears them.
    """

    def __init__(self, form: Format):
        self.form = form
        self.rounding = Rounding.RNE
        self.flags = 0

    # ------------------------------------------------------------------ results
    def _round(self, number: Number) -> int:
        bits, flags = self.form.round(number, self.rounding)
        self.flags |= flags
        return bits

    def _invalid(self) -> int:
        self.flags |= NV
        return self.form.nan

    def _nan_of(self, *operands: int) -> int:
        """Return the one NaN that comes of all others: RISC-V keeps no payload."""
        if any(self.form.is_signalling(bits) for bits in operands):
            self.flags |= NV
        return self.form.nan

    def _any_nan(self, *operands: int) -> bool:
        return any(self.form.is_nan(bits) for bits in operands)

    # ------------------------------------------------------------------ arithmetic
    def negated(self, x: int) -> int:
        """Return x with the other sign."""
        return x ^ self.form.sign

    def with_sign(self, x: int, y: int) -> int:
        """Return x with the sign of y."""
        return x & self.form.sign - 1 | y & self.form.sign

    def add(self, x: int, y: int) -> int:
        """Return x + y."""
        form = self.form
        if self._any_nan(x, y):
            return self._nan_of(x, y)
        if form.is_infinite(x):
            return self._invalid() if form.is_infinite(y) and x != y else x
        if form.is_infinite(y):
            return y
        return self._sum(form.unpack(x), form.unpack(y))

    def _sum(self, one: Number, other: Number) -> int:
        exponent = min(one.exponent, other.exponent)
        total = sum(
            (-n.significand if n.sign else n.significand) << n.exponent - exponent
            for n in (one, other)
        )
        sign = int(total < 0)
        if not total:  # -0 comes of two negative zeros, or of x - x rounded down
            sign = one.sign if one.sign == other.sign else int(self.rounding == Rounding.RDN)
        return self._round(Number(sign, exponent, abs(total)))

    def multiply(self, x: int, y: int) -> int:
        """Return x * y."""
        form = self.form
        if self._any_nan(x, y):
            return self._nan_of(x, y)
        if form.is_infinite(x) or form.is_infinite(y):
            zero = not x & form.sign - 1 or not y & form.sign - 1
            return self._invalid() if zero else form.infinity | (x ^ y) & form.sign
        return self._round(_product(form.unpack(x), form.unpack(y)))

    def fused(self, x: int, y: int, z: int) -> int:
        """Return x * y + z, rounded once."""
        form = self.form
        infinite = form.is_infinite(x) or form.is_infinite(y)
        if infinite and not (x & form.sign - 1 and y & form.sign - 1):
            return self._invalid()  # infinity times zero, even if z is a quiet NaN
        if self._any_nan(x, y, z):
            return self._nan_of(x, y, z)
        if infinite:
            return self.add(form.infinity | (x ^ y) & form.sign, z)
        if form.is_infinite(z):
            return z
        return self._sum(_product(form.unpack(x), form.unpack(y)), form.unpack(z))

    def divide(self, x: int, y: int) -> int:
        """Return x / y."""
        form = self.form
        sign = (x ^ y) & form.sign
        if self._any_nan(x, y):
            return self._nan_of(x, y)
        if form.is_infinite(x):
            return self._invalid() if form.is_infinite(y) else form.infinity | sign
        if form.is_infinite(y):
            return sign
        one, other = form.unpack(x), form.unpack(y)
        if not other.significand:
            if not one.significand:
                return self._invalid()
            self.flags |= DZ
            return form.infinity | sign
        # Two bits more than fit, and below them one that tells whether anything is left over.
        wanted = form.fraction_bits + 3 + other.significand.bit_length()
        shift = max(0, wanted - one.significand.bit_length())
        quotient, rest = divmod(one.significand << shift, other.significand)
        exponent = one.exponent - other.exponent - shift - 1
        return self._round(Number(1 if sign else 0, exponent, quotient << 1 | (rest != 0)))

    def root(self, x: int) -> int:
        """Return the square root of x."""
        form = self.form
        if form.is_nan(x):
            return self._nan_of(x)
        if not x & form.sign - 1:
            return x  # of -0 it is -0
        if x & form.sign:
            return self._invalid()
        if x == form.infinity:
            return x
        number = form.unpack(x)
        shift = 2 * form.fraction_bits + 6
        shift += (number.exponent - shift) & 1  # the exponent is halved: it must be even
        radicand = number.significand << shift
        found = isqrt(radicand)
        significand = found << 1 | (found * found != radicand)
        return self._round(Number(0, (number.exponent - shift) // 2 - 1, significand))

    # ------------------------------------------------------------------ comparison
    def _order(self, x: int) -> int:
        """Return an integer in the order of the numbers; zeros are equal."""
        magnitude = x & self.form.sign - 1
        return -magnitude if x & self.form.sign else magnitude

    def equal(self, x: int, y: int) -> int:
        """Return 1 if x = y, else 0; only a signalling NaN is invalid."""
        if self._any_nan(x, y):
            self._nan_of(x, y)
            return 0
        return int(self._order(x) == self._order(y))

    def less(self, x: int, y: int) -> int:
        """Return 1 if x < y, else 0; any NaN is invalid."""
        if self._any_nan(x, y):
            self._invalid()
            return 0
        return int(self._order(x) < self._order(y))

    def less_or_equal(self, x: int, y: int) -> int:
        """Return 1 if x <= y, else 0; any NaN is invalid."""
        if self._any_nan(x, y):
            self._invalid()
            return 0
        return int(self._order(x) <= self._order(y))

    def minimum(self, x: int, y: int) -> int:
        """Return the lesser, -0 before 0; a number before a NaN."""
        return self._chosen(x, y, 1)

    def maximum(self, x: int, y: int) -> int:
        """Return the greater, 0 before -0; a number before a NaN."""
        return self._chosen(x, y, -1)

    def _chosen(self, x: int, y: int, direction: int) -> int:
        form = self.form
        if self._any_nan(x, y):
            nan = self._nan_of(x, y)
            return nan if self._any_nan(x) and self._any_nan(y) else y if form.is_nan(x) else x
        # Of two zeros the one with the sign is the lesser.
        return min(x, y, key=lambda n: direction * (2 * self._order(n) - (n >= form.sign)))

    def classified(self, x: int) -> int:
        """Return the bit of x's class.

        From bit 0 on: -infinity, negative normal and subnormal, -0, and the same backwards for
        positive ones; then a signalling and a quiet NaN.
        """
        form = self.form
        if form.is_nan(x):
            return 1 << (8 if form.is_signalling(x) else 9)
        magnitude = x & form.sign - 1
        hidden = 1 << form.fraction_bits
        rank = (magnitude >= 1) + (magnitude >= hidden) + (magnitude >= form.infinity)
        return 1 << (3 - rank if x & form.sign else 4 + rank)

    # ------------------------------------------------------------------ conversion
    def to_signed(self, x: int, bits: int) -> int:
        """Return the integer of so many bits, the nearest one where x does not fit."""
        return self._to_integer(x, -1 << bits - 1, (1 << bits - 1) - 1)

    def to_unsigned(self, x: int, bits: int) -> int:
        """Return the integer of so many bits, the nearest one where x does not fit."""
        return self._to_integer(x, 0, (1 << bits) - 1)

    def _to_integer(self, x: int, low: int, high: int) -> int:
        form = self.form
        if form.is_nan(x) or form.is_infinite(x):
            self.flags |= NV
            return low if x & form.sign and not form.is_nan(x) else high
        number = form.unpack(x)
        value, inexact = shifted(number.significand, -number.exponent, number.sign, self.rounding)
        value = -value if number.sign else value
        if not low <= value <= high:
            self.flags |= NV
            return low if value < low else high
        self.flags |= NX if inexact else 0
        return value

    def from_integer(self, value: int) -> int:
        """Return an integer as a number of this format."""
        return self._round(Number(int(value < 0), 0, abs(value)))

    def from_single(self, x: int) -> int:
        """Return a single in this format."""
        return self._converted(x, SINGLE)

    def from_double(self, x: int) -> int:
        """Return a double in this format."""
        return self._converted(x, DOUBLE)

    def _converted(self, x: int, origin: Format) -> int:
        if origin.is_nan(x):
            if origin.is_signalling(x):
                self.flags |= NV
            return self.form.nan
        if origin.is_infinite(x):
            return self.form.infinity | (self.form.sign if x & origin.sign else 0)
        return self._round(origin.unpack(x))


def _product(one: Number, other: Number) -> Number:
    """Multiply, exactly."""
    return Number(
        one.sign ^ other.sign,
        one.exponent + other.exponent,
        one.significand * other.significand,
    )
