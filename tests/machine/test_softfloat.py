"""Arithmetic on bits against numpy (to nearest) and against exact fractions (all modes, flags)."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.machine.softfloat import (
    DOUBLE,
    DZ,
    NV,
    NX,
    OF,
    SINGLE,
    UF,
    Arithmetic,
    Format,
    Rounding,
)
from tests.machine.differential.floats.values import integer, special, unit

FORMATS = {"single": SINGLE, "double": DOUBLE}
NUMPY = {SINGLE: (np.uint32, np.float32), DOUBLE: (np.uint64, np.float64)}
both = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
modes = st.sampled_from(list(Rounding))


def words(form: Format) -> st.SearchStrategy[int]:
    """Bits of a format: any, special, or near one."""
    near = st.builds(
        lambda sign, power, fraction: sign * form.sign | integer(form, power, fraction),
        st.integers(0, 1),
        st.integers(-30, 30),
        st.integers(0, (1 << form.fraction_bits) - 1),
    )
    return st.one_of(st.sampled_from(special(form)), near, st.integers(0, 2 * form.sign - 1))


def exact(form: Format, bits: int) -> Fraction:
    """A finite number, read by Python's struct."""
    code, kind = ("<I", "<f") if form is SINGLE else ("<Q", "<d")
    return Fraction(struct.unpack(kind, struct.pack(code, bits))[0])


def finite(form: Format, bits: int) -> bool:
    return bits & form.sign - 1 < form.infinity


def as_numpy(form: Format, bits: int) -> np.floating:
    integer, floating = NUMPY[form]
    return integer(bits).view(floating)


def bits_of(form: Format, number: np.floating) -> int:
    """Its bits; all NaNs as one."""
    integer, floating = NUMPY[form]
    bits = int(floating(number).view(integer))
    return form.nan if form.is_nan(bits) else bits


def check_rounded(
    form: Format, result: int, flags: int, value: Fraction, rounding: Rounding
) -> None:
    """Raise unless `result` and `flags` are what rounding the exact value gives.

    The neighbours of a number are the bit patterns beside it, so nothing of the rounding under
    test is used: only which of two numbers lies where.
    """
    largest = exact(form, form.infinity - 1)
    overflow = largest + (largest - exact(form, form.infinity - 2))  # where infinity would be
    magnitude, size = result & form.sign - 1, abs(value)
    up = rounding == (Rounding.RDN if value < 0 else Rounding.RUP)
    nearest = rounding in (Rounding.RNE, Rounding.RMM)
    below = exact(form, magnitude) if magnitude < form.infinity else overflow
    assert (result & form.sign != 0) == (value < 0)
    if below == size and magnitude < form.infinity:
        assert flags & ~UF == 0
        return
    assert flags & NX
    larger = min(magnitude if below > size else magnitude + 1, form.infinity)
    low = exact(form, larger - 1)
    high = exact(form, larger) if larger < form.infinity else overflow
    assert low < size
    if size < high:
        middle = (low + high) / 2
        tie_up = rounding == Rounding.RMM or larger & 1 == 0
        goes_up = up or (nearest and (size > middle or (size == middle and tie_up)))
        assert magnitude == (larger if goes_up else larger - 1)
        assert bool(flags & OF) == overflows(form, size, up, nearest)
    else:
        assert magnitude == (form.infinity if up or nearest else form.infinity - 1)
        assert flags & OF
    assert bool(flags & UF) == tiny(form, size, up, nearest, rounding)


def overflows(form: Format, size: Fraction, up: bool, nearest: bool) -> bool:
    """Whether it leaves the range once rounded to the format's precision."""
    largest = exact(form, form.infinity - 1)
    half = (largest - exact(form, form.infinity - 2)) / 2
    return (up and size > largest) or (nearest and size >= largest + half)


def tiny(form: Format, size: Fraction, up: bool, nearest: bool, rounding: Rounding) -> bool:
    """Whether it is below the normal numbers once rounded to their precision."""
    least = exact(form, 1 << form.fraction_bits)
    ulp = least / 2 ** (form.fraction_bits + 1)  # just below the least normal number
    if size <= least - ulp:
        return True
    reaches = (up and size > least - ulp) or (nearest and size >= least - ulp / 2)
    return size < least and not reaches


# ---------------------------------------------------------------------- against numpy
@both
@given(data=st.data())
def test_arithmetic_to_nearest_is_numpys(form, data):
    x, y = data.draw(words(form)), data.draw(words(form))
    made, a, b = Arithmetic(form), as_numpy(form, x), as_numpy(form, y)
    with np.errstate(all="ignore"):
        assert made.add(x, y) == bits_of(form, a + b)
        assert made.add(x, made.negated(y)) == bits_of(form, a - b)
        assert made.multiply(x, y) == bits_of(form, a * b)
        assert made.divide(x, y) == bits_of(form, a / b)
        assert made.root(x) == bits_of(form, np.sqrt(a))
        assert (made.equal(x, y), made.less(x, y)) == (a == b, a < b)
        assert made.less_or_equal(x, y) == (a <= b)


@given(x=words(DOUBLE), y=words(SINGLE))
def test_conversions_between_the_formats_are_numpys(x, y):
    with np.errstate(all="ignore"):
        narrow = Arithmetic(SINGLE).from_double(x)
        assert narrow == bits_of(SINGLE, np.float32(as_numpy(DOUBLE, x)))
        assert Arithmetic(DOUBLE).from_single(y) == bits_of(DOUBLE, np.float64(as_numpy(SINGLE, y)))


# ---------------------------------------------------------------------- against fractions
@both
@settings(max_examples=150)
@given(data=st.data(), rounding=modes)
def test_every_mode_rounds_the_exact_result_once(form, data, rounding):
    x, y, z = (data.draw(words(form).filter(lambda n: finite(form, n))) for _ in range(3))
    made = Arithmetic(form)
    made.rounding = rounding
    a, b, c = (exact(form, bits) for bits in (x, y, z))
    cases = [(made.add, (x, y), a + b), (made.multiply, (x, y), a * b)]
    cases.append((made.fused, (x, y, z), a * b + c))
    if b:
        cases.append((made.divide, (x, y), a / b))
    for operation, operands, value in cases:
        made.flags = 0
        result = operation(*operands)
        if value:
            check_rounded(form, result, made.flags, value, rounding)
        else:
            assert (result & form.sign - 1, made.flags) == (0, 0)


@both
@given(data=st.data(), rounding=modes)
def test_a_root_is_rounded_as_its_square_says(form, data, rounding):
    x = data.draw(words(form).filter(lambda n: 0 < n < form.infinity))
    made = Arithmetic(form)
    made.rounding = rounding
    result, value = made.root(x), exact(form, x)
    below, here, above = (exact(form, bits) for bits in (result - 1, result, result + 1))
    assert bool(made.flags & NX) == (here * here != value)
    if rounding == Rounding.RUP:
        assert below * below < value <= here * here
    elif rounding in (Rounding.RTZ, Rounding.RDN):
        assert here * here <= value < above * above
    else:  # a root never lies in the middle
        assert ((below + here) / 2) ** 2 < value < ((here + above) / 2) ** 2


@both
@given(data=st.data(), rounding=modes, bits=st.sampled_from((32, 64)), signed=st.booleans())
def test_integers_are_rounded_and_clipped(form, data, rounding, bits, signed):
    x = data.draw(words(form))
    made = Arithmetic(form)
    made.rounding = rounding
    low, high = (-1 << bits - 1, (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    result = (made.to_signed if signed else made.to_unsigned)(x, bits)
    if not finite(form, x):
        negative = x & form.sign and not form.is_nan(x)
        assert (result, made.flags) == (low if negative else high, NV)
        return
    value = exact(form, x)
    whole = {
        Rounding.RNE: round(value),
        Rounding.RTZ: math.trunc(value),
        Rounding.RDN: math.floor(value),
        Rounding.RUP: math.ceil(value),
        Rounding.RMM: math.floor(abs(value) + Fraction(1, 2)) * (-1 if value < 0 else 1),
    }[rounding]
    clipped = min(max(whole, low), high)
    flags = NV if clipped != whole else NX if whole != value else 0
    assert (result, made.flags) == (clipped, flags)


@both
@given(value=st.integers(-(1 << 63), (1 << 64) - 1), rounding=modes)
def test_from_an_integer(form, value, rounding):
    made = Arithmetic(form)
    made.rounding = rounding
    result = made.from_integer(value)
    check_rounded(form, result, made.flags, Fraction(value), rounding) if value else None
    assert value or (result, made.flags) == (0, 0)


# ---------------------------------------------------------------------- special cases
@both
def test_what_has_no_number_is_the_canonical_nan_and_invalid(form):
    made = Arithmetic(form)
    infinity, minus = form.infinity, form.infinity | form.sign
    one = unit(form)
    cases = (
        (made.add, (infinity, minus)),
        (made.multiply, (0, minus)),
        (made.fused, (infinity, form.sign, form.nan)),
        (made.fused, (infinity, one, minus)),
        (made.divide, (0, form.sign)),
        (made.divide, (infinity, minus)),
        (made.root, (one | form.sign,)),
        (made.add, (one, form.infinity | 1)),  # a signalling NaN
    )
    for operation, operands in cases:
        made.flags = 0
        assert (operation(*operands), made.flags) == (form.nan, NV), operation
    made.flags = 0
    assert (made.add(form.nan | form.sign | 5, one), made.flags) == (form.nan, 0)
    assert (made.divide(one | form.sign, 0), made.flags) == (minus, DZ)


@both
def test_zeros_keep_their_signs(form):
    one, zero, minus = unit(form), 0, form.sign
    made = Arithmetic(form)
    assert made.root(minus) == minus
    assert (made.minimum(zero, minus), made.maximum(minus, zero)) == (minus, zero)
    for rounding in Rounding:
        made.rounding = rounding
        down = minus if rounding == Rounding.RDN else zero
        assert made.add(one, one | minus) == made.fused(one, one, one | minus) == down
        assert (made.add(minus, minus), made.add(zero, minus)) == (minus, down)
    assert (made.equal(zero, minus), made.less(minus, zero), made.flags) == (1, 0, 0)


@both
def test_the_lesser_and_greater_of_a_number_and_a_nan_is_the_number(form):
    made, one = Arithmetic(form), unit(form)
    signalling = form.infinity | 1
    assert (made.minimum(one, form.nan), made.maximum(form.nan | 3, one)) == (one, one)
    assert (made.minimum(form.nan | 3, form.nan), made.flags) == (form.nan, 0)
    assert (made.maximum(signalling, one), made.flags) == (one, NV)


@both
def test_each_number_has_one_class(form):
    made, hidden, minus = Arithmetic(form), 1 << form.fraction_bits, form.sign
    rising = (form.infinity | minus, hidden | minus, 1 | minus, minus)
    rising += (0, hidden - 1, form.infinity - 1, form.infinity, form.infinity | 1, form.nan)
    assert [made.classified(bits) for bits in rising] == [1 << n for n in range(10)]


def test_comparing_with_a_quiet_nan():
    made = Arithmetic(DOUBLE)
    assert (made.equal(DOUBLE.nan, 0), made.flags) == (0, 0)
    assert (made.less(DOUBLE.nan, 0), made.flags) == (0, NV)


def test_underflow_is_judged_after_rounding():
    """What rounds up to the least normal number was tiny only if 24 bits keep it below."""
    made = Arithmetic(SINGLE)
    least = 1 << 23
    almost_one = 0x3F7FFFFF  # 1 - 2**-24
    assert (made.multiply(least, almost_one), made.flags) == (least, NX | UF)
    made.flags = 0
    wide = Arithmetic(DOUBLE)
    value = wide.multiply(wide.from_single(least), wide.from_single(0x3F800000) - 1)
    assert (made.from_double(value), made.flags) == (least, NX)
