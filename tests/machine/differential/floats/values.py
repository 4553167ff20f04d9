"""Numbers at which floating-point arithmetic goes wrong, as bits."""

from __future__ import annotations

import random

from models.machine.semantics_float import box
from models.machine.softfloat import DOUBLE, SINGLE, Format


def special(form: Format) -> list[int]:
    """Zeros, subnormals, the edges of the ranges, ones and halves, infinities, NaNs; both signs."""
    one, hidden = unit(form), 1 << form.fraction_bits
    positive = (
        *(0, 1, 2, 3, hidden // 2, hidden - 1, hidden, hidden + 1),  # around the least normal
        *(one - 1, one, one + 1, one + hidden // 2, one + hidden, one - hidden),  # 1, 1.5, 2, 1/2
        *(one | form.quiet | 1, one + hidden - 1),
        *(form.infinity - 1, form.infinity - 2, form.infinity - hidden, form.infinity),
        *(form.nan, form.nan | 5, form.infinity | 1, form.infinity | form.quiet - 1),
    )
    integers = [integer(form, power, off) for power in (31, 32, 63, 64) for off in (-1, 0, 1)]
    return [bits | sign for bits in (*positive, *integers) for sign in (0, form.sign)]


def unit(form: Format) -> int:
    """One."""
    return (1 << form.exponent_bits - 1) - 1 << form.fraction_bits


def integer(form: Format, power: int, off: int) -> int:
    """2**power, or the number of this format `off` places beside it."""
    return unit(form) + (power << form.fraction_bits) + off


def number(rng: random.Random, form: Format) -> int:
    """A number: special, of any size, or near one, where sums cancel."""
    pick = rng.random()
    if pick < 0.3:
        return rng.choice(_SPECIAL[form])
    bits = rng.getrandbits(form.width)
    if pick < 0.5:
        return bits
    if pick < 0.6:  # subnormal
        return bits & (form.sign | (1 << form.fraction_bits) - 1)
    bias = (1 << form.exponent_bits - 1) - 1
    spread = rng.choice((1, 3, form.fraction_bits, 70))
    exponent = bias + rng.randrange(-spread, spread + 1)
    if rng.random() < 0.3:  # few bits: halfway cases
        bits &= -1 << form.fraction_bits - rng.randrange(1, 8)
    fraction = bits & (1 << form.fraction_bits) - 1
    return bits & form.sign | exponent << form.fraction_bits | fraction


def register(rng: random.Random) -> int:
    """The content of a register: a double, a boxed single, or a single badly boxed."""
    pick = rng.random()
    if pick < 0.5:
        return number(rng, DOUBLE)
    bits = number(rng, SINGLE)
    return box(bits) if pick < 0.95 else bits | rng.getrandbits(32) << 32


_SPECIAL = {form: special(form) for form in (SINGLE, DOUBLE)}
