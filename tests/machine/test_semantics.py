"""The helpers against arithmetic on exact rationals, and the subset's guard."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.machine import semantics
from models.machine.isa import BY_NAME, INSTRUCTIONS
from models.machine.semantics import M64, div, divu, function, mulh, mulhsu, mulhu, rem, remu, s64

words = st.integers(-(1 << 63), (1 << 63) - 1) | st.sampled_from([0, 1, -1, -(1 << 63)])


@given(words, words)
def test_division_is_the_euclidean_identity_with_the_right_signs(a, b):
    if b == 0:
        assert (div(a, b), divu(a, b), rem(a, b), remu(a, b)) == (-1, -1, a, a)
        return
    assert s64(div(a, b) * b + rem(a, b)) == a
    assert abs(rem(a, b)) < abs(b)
    assert rem(a, b) == 0 or (rem(a, b) < 0) == (a < 0)
    quotient, remainder = divu(a, b) & M64, remu(a, b) & M64
    assert quotient * (b & M64) + remainder == a & M64
    assert remainder < b & M64


@given(words, words)
def test_high_halves_join_the_low_half_to_the_whole_product(a, b):
    low = a * b & M64
    assert mulh(a, b) << 64 | low == a * b
    assert (mulhu(a, b) & M64) << 64 | low == (a & M64) * (b & M64)
    assert mulhsu(a, b) << 64 | low == a * (b & M64)


@given(words, words, st.sampled_from([row for row in INSTRUCTIONS if row.kind == "alu"]))
def test_every_result_fits_a_register(a, b, row):
    if not row.compressed:
        immediate = row.fields.get("imm") or row.fields.get("uimm")
        i = immediate.range[-1] if immediate else 0
        value = function(row.name)(a, b, i, 0x8000_0000, 0)
        assert value == s64(value)


@pytest.mark.parametrize("text", ["__import__('os')", "a ** b", "x + 1", "a and b", "u64", "[a]"])
def test_what_is_not_in_the_subset_is_refused(text, monkeypatch):
    row = dataclasses.replace(BY_NAME["add"], name="planted", semantics=text)
    monkeypatch.setitem(BY_NAME, "planted", row)
    with pytest.raises(ValueError, match="planted"):
        semantics.tree("planted")
    semantics.tree.cache_clear()
