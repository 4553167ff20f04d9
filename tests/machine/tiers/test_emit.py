"""The text that the tiers compile gives what the table's expression gives."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.machine.isa import INSTRUCTIONS
from models.machine.semantics import CONVERSIONS, HELPERS, function
from models.machine.tiers.emit import assign, condition, expression

EDGES = (0, 1, -1, 5, -5, 1 << 31, -(1 << 31), (1 << 32) - 1, 1 << 62, -(1 << 63), (1 << 63) - 1)
words = st.sampled_from(EDGES) | st.integers(-(1 << 63), (1 << 63) - 1)
ROWS = [row for row in INSTRUCTIONS if row.kind in ("alu", "branch") and not row.compressed]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@settings(max_examples=25, deadline=None)
@given(a=words, b=words, zeros=st.sampled_from(["", "a", "b", "ab"]), data=st.data())
def test_text_equals_semantics(row, a, b, zeros, data):
    field = row.fields.get("imm") or row.fields.get("uimm")
    i = data.draw(st.sampled_from((0, 1, field.range[0], field.range[-1]))) if field else 0
    i = i if not field or i in field.range else 0
    a, b = 0 if "a" in zeros else a, 0 if "b" in zeros else b
    env = {"a": 0 if "a" in zeros else "a", "b": 0 if "b" in zeros else "b", "i": i, "pc": 64}
    if row.kind == "branch":
        lines = [f"value = int({condition(row.name, env, {})})"]
    else:
        lines = assign("value", row.name, env, {})
    space = {**HELPERS, "a": a, "b": b}
    exec("\n".join(lines), space)
    assert space["value"] == function(row.name)(a, b, i, 64, 0)


@pytest.mark.parametrize(
    "text", ["a if a < b else b", "0 if b == 0 else a", "s64(a if b < a else i)"]
)
@given(a=words, b=words, zero=st.booleans())
def test_a_choice_is_in_the_subset(text, a, b, zero):
    """No computing row has one yet; a reader's may (czero.eqz, min)."""
    b = 0 if zero else b
    node = ast.parse(text, mode="eval").body
    written = expression(node, {"a": "a", "b": 0 if zero else "b", "i": 7}, {})
    space = {"a": a, "b": b, "i": 7}
    assert eval(str(written), space) == eval(text, {**CONVERSIONS, **space})
