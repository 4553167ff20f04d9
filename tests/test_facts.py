"""What is shown is rounded, never lies about zero, and is a real table."""

import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.facts import Beside, Fact, Facts

WAIT = Fact("mean wait", 0.20457, "service times", 3)
SHARE = Fact("share that waits", 40.9, "%", 1)


def test_shown_to_the_declared_digits():
    assert str(WAIT) == "0.205 service times"
    assert str(Fact("customers", 1_234_567)) == "1,234,567"
    assert str(Fact("change", -1.25, "s", 1)) == "−1.2 s"
    assert str(Fact("wait", math.inf, "s", 1)) == "∞ s"
    assert str(Fact("verdict", "stable")) == "stable"


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(0, 9))
def test_a_number_is_shown_as_zero_only_when_it_is_zero(value, digits):
    shown = Fact("x", value, digits=digits).shown()
    assert (float(shown.strip("<> ").replace(",", "").replace("−", "-")) == 0) == (value == 0)


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_rounding_is_within_half_a_unit_and_stable(value, digits):
    fact = Fact("x", value, digits=digits)
    assert abs(fact.rounded - value) <= 0.5001 * 10**-digits
    assert Fact("x", fact.rounded, digits=digits).rounded == fact.rounded


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="wait: not a number"):
        Fact("wait", math.nan)
    with pytest.raises(ValueError, match="digits is -1"):
        Fact("wait", 1.0, digits=-1)


def test_facts_are_found_by_name():
    facts = Facts(WAIT, SHARE, title="Ten servers")
    assert facts["mean wait"] is WAIT
    assert [fact.name for fact in facts] == ["mean wait", "share that waits"]
    with pytest.raises(KeyError, match="no fact 'median'; there are mean wait"):
        facts["median"]
    with pytest.raises(ValueError, match="share a name"):
        Facts(WAIT, WAIT)


def test_text_lines_up():
    assert Facts(WAIT, SHARE, title="Ten servers").text() == (
        "Ten servers\n  mean wait         0.205 service times\n  share that waits  40.9 %"
    )


def test_html_is_a_table_with_caption_and_row_headers():
    table = ET.fromstring(Facts(WAIT, SHARE, title="A < B").html())
    assert table.findtext("caption") == "A < B"
    rows = [[cell.text or "" for cell in row] for row in table.iter("tr")]
    assert rows == [["mean wait", "0.205", "service times"], ["share that waits", "40.9", "%"]]
    assert all(head.get("scope") == "row" for head in table.iter("th"))


def test_equal_means_shown_alike():
    assert Facts(Fact("x", 0.1 + 0.2, digits=3)) == Facts(Fact("x", 0.3, digits=3))
    assert Facts(Fact("x", 0.31, digits=3)) != Facts(Fact("x", 0.3, digits=3))


def test_runs_stand_beside_each_other():
    table = Beside({"10 ×": Facts(WAIT), "100 ×": Facts(Fact("mean wait", 0.1, WAIT.unit, 3))})
    assert table.text().splitlines()[1:] == [
        "             10 ×                 100 ×",
        "  mean wait  0.205 service times  0.100 service times",
    ]
    page = ET.fromstring(table.html())
    assert [cell.text for cell in page.iter("td")] == [None, "0.205", "0.100"]
    assert [head.get("scope") for head in page.iter("th")] == ["col", "col", "row"]
    with pytest.raises(ValueError, match="same facts"):
        Beside({"a": Facts(WAIT), "b": Facts(SHARE)})
