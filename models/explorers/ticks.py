"""A grid of yes and no: dots and crosses in rows and columns, one row the reader's."""

from collections.abc import Iterable, Mapping, Sequence

from models.explorers import figures
from models.explorers.figures import Figure, Trace
from models.explorers.theme import var

HEIGHT = 40  # px a row


def grid(rows: Mapping[str, Sequence[bool]], columns: Sequence[str], yes: str, no: str) -> Figure:
    """Rows from top to bottom, the first of them on a band of its own.

    Parameters
    ----------
    rows : mapping
        Label to one answer a column; the first row is the reader's.
    columns : sequence of str
    yes, no : str
        What a dot and a cross say.

    Raises
    ------
    ValueError
        For a row with more or fewer answers than there are columns.
    """
    for label, answers in rows.items():
        if len(answers) != len(columns):
            raise ValueError(f"{label}: {len(answers)} answers; allowed: {len(columns)}")
    cells = [
        (column, -row, answer)
        for row, answers in enumerate(rows.values())
        for column, answer in enumerate(answers)
    ]
    width, depth = len(columns) - 0.5, 0.5 - len(rows)
    height = HEIGHT * len(rows) + 90
    return figures.figure(
        [
            figures.band([-0.5, width], [-0.45, -0.45], [0.45, 0.45], "Yours"),
            marks([(x, y) for x, y, answer in cells if answer], yes, "circle"),
            marks([(x, y) for x, y, answer in cells if not answer], no, "x-thin-open"),
        ],
        _labels(columns, (-0.5, width), side="top"),
        _labels(list(rows), (depth, 0.5), down=True),
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"},
        height=height,
        margin={"l": 190, "r": 8, "t": 40, "b": 50},
        phone={"margin": {"l": 132, "r": 44, "t": 76, "b": 50}, "height": height + 36,
               "xaxis": {"tickangle": -60, "tickfont": {"size": 12}},
               "yaxis": {"tickfont": {"size": 12}}},
    )  # fmt: skip


def marks(places: Iterable[tuple[float, float]], name: str, symbol: str, **more: object) -> Trace:
    """Dots or crosses of one meaning, at (x, y)."""
    there = list(places)
    return {
        "type": "scatter",
        "x": figures.numbers(x for x, _ in there),
        "y": figures.numbers(y for _, y in there),
        "name": name,
        "mode": "markers",
        "hovertemplate": f"{name}<extra></extra>",
        "marker": {
            "symbol": symbol,
            "size": 12,
            "color": var("ink"),
            "line": {"width": 2.5, "color": var("ink")},
        },
    } | more


def _labels(
    texts: Sequence[str], span: tuple[float, float], down: bool = False, **more: object
) -> Trace:
    places = [-n if down else n for n in range(len(texts))]
    return figures.axis("", span) | {
        "tickmode": "array",
        "tickvals": places,
        "ticktext": list(texts),
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        **more,
    }
