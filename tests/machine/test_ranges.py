"""An interval never leaves out a value that can occur."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.machine.isa import INSTRUCTIONS
from models.machine.semantics import function, tree
from models.machine.tiers.ranges import ANY, WORD, interval, within

ROWS = [
    row.name for row in INSTRUCTIONS if not row.compressed and row.kind in ("alu", "branch", "jalr")
]

edges = st.sampled_from([n for k in (0, 7, 8, 16, 31, 32, 62) for n in (1 << k, (1 << k) - 1)])
numbers = st.one_of(st.integers(*ANY), st.integers(-300, 300), edges, edges.map(lambda n: -n))
intervals = st.tuples(numbers, numbers).map(sorted).map(tuple)


@pytest.mark.parametrize("name", ROWS)
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_every_instruction_stays_in_its_interval(name, data):
    a_range, b_range = data.draw(intervals), data.draw(intervals)
    a, b = data.draw(st.integers(*a_range)), data.draw(st.integers(*b_range))
    i, pc = data.draw(st.integers(0, 31)), 0x8000_0000
    known = {"a": a_range, "b": b_range, "i": (i, i), "pc": (pc, pc)}
    for name_ in data.draw(st.sets(st.sampled_from(sorted(known)))):
        del known[name_]
    low, high = interval(tree(name), known)
    value = function(name)(a, b, i, pc, 0)
    assert low <= value <= high
    assert within((low, high), ANY) or name.startswith("b")


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("s32(a << 16)", {"a": (0, 255)}, (0, 255 << 16)),
        ("s32(a << 24)", {"a": (0, 255)}, WORD),
        ("s32(a + 0)", {"a": WORD}, WORD),
        ("a | b", {"a": (0, 255), "b": (0, 65280)}, (0, 65535)),
        ("a & b", {"b": (0, 15)}, (0, 15)),
        ("u64(a)", {"a": (0, 9)}, (0, 9)),
        ("u64(a) < u64(b)", {}, (0, 1)),
        ("~a", {"a": (0, 9)}, (-10, -1)),
        ("a * b", {"a": (-2, 3), "b": (5, 7)}, (-14, 21)),
    ],
)
def test_intervals_are_as_narrow_as_they_should(text, known, expected):
    assert interval(ast.parse(text, mode="eval").body, known) == expected
