"""Figures are plain, rounded, valid for Plotly, and hold roles instead of colours."""

import json
import math
import re

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.explorers import figures

LINE = figures.run([1, 2], [3, 4], "Run")


def whole() -> figures.Figure:
    return figures.figure(
        [
            figures.band([1, 2], [0, 1], [2, 3], "Band"),
            figures.reference([1, 2], [1, 1], "Target"),
            figures.prediction([1, 2], [2, 2]),
            figures.published([1], [2], [0.1], "Measured"),
            LINE,
            figures.mark(2, 4, "here"),
        ],
        figures.axis("Load", (0, 1)),
        figures.axis("Wait, s", (0.01, 100), "log"),
        phone={"height": 300},
    )


def test_plotly_accepts_every_kind_of_trace():
    go.Figure(whole())  # raises for anything that it does not know


def test_no_figure_stores_a_colour():
    text = json.dumps(whole())
    assert "var(--ink)" in text
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgb\(", text)


def test_the_same_kind_of_thing_looks_the_same_everywhere():
    _, _, prediction, published, run, _ = whole()["data"]
    assert (prediction["line"]["dash"], prediction["marker"]["symbol"]) == ("dash", "diamond-open")
    assert (run["line"]["dash"], run["marker"]["symbol"]) == ("solid", "circle")
    assert (published["mode"], published["marker"]["symbol"]) == ("markers", "square")


@given(st.lists(st.floats(width=32)))
def test_numbers_are_plain_rounded_and_leave_gaps(values):
    stored = figures.numbers(values)
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored
    for value, kept in zip(values, stored, strict=True):
        if math.isfinite(value):
            assert kept == pytest.approx(value, rel=1e-4)
        else:
            assert kept is None


def test_a_logarithmic_axis_takes_its_ends_as_they_are():
    assert whole()["layout"]["yaxis"]["range"] == [-2, 2]


def test_the_previous_curve_stays_as_a_ghost_at_40_percent():
    before, after = whole(), whole()
    after["data"][4] = figures.run([1, 2], [5, 6], "Run")
    ghost, *rest = figures.with_ghost(after, before)["data"]
    assert rest == after["data"]
    assert (ghost["opacity"], ghost["y"], ghost["showlegend"]) == (0.4, [3, 4], False)
    # A ghost of a ghost would fill the picture.
    again = figures.with_ghost(whole(), figures.with_ghost(after, before))
    assert len(again["data"]) == len(after["data"]) + 1


def test_a_ghost_is_a_line_whose_area_covers_nothing():
    area = figures.run([1, 2], [3, 4], "Run", fill="tonexty", fillpattern={"shape": "."})
    (ghost,) = figures.with_ghost({"data": []}, {"data": [area]})["data"]
    assert ghost["y"] == [3, 4]
    assert not {"fill", "fillpattern"} & set(ghost)


def test_a_figure_has_as_many_lines_before_anything_moved_as_after():
    after = whole()
    after["data"][4] = figures.run([1, 2], [5, 6], "Run")
    still, moved = (figures.with_ghost(each, whole()) for each in (whole(), after))
    assert len(still["data"]) == len(moved["data"]) == len(whole()["data"]) + 1
    assert still["data"][0] == moved["data"][0]


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"type": "scatter", "x": [], "y": []}],
        [{"type": "scatter", "x": [None, None], "y": [None, None]}],
        [{"type": "heatmap", "z": [[None]]}],
        [{"type": "scatter", "x": [1, 2], "y": [None, None]}],
    ],
)
def test_a_blank_figure_is_seen_as_blank(data):
    assert figures.blank({"data": data, "layout": {}})


def test_a_figure_with_one_point_is_not_blank():
    assert not figures.blank({"data": [figures.mark(1, 2, "x")]})
