"""Plotly figures as plain dictionaries, in the book's visual language.

A reader's prediction is a dashed line with an open diamond, a run a solid line with dots, a
published datum a square with its error bar, and a band 20 % ink. Numbers are rounded and stored as
plain lists, so that two processors store the same figure.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from models.explorers.theme import SANS, var

Figure = dict[str, Any]
Trace = dict[str, Any]

PHONE = 480  # px; narrower pictures take the layout's `meta.phone` patch
SIGNIFICANT = 5  # digits that a figure stores: finer than a pixel on any axis


def numbers(values: Iterable[float]) -> list[float | None]:
    """A plain list, rounded to significant digits; a gap (None) where a value is not finite."""
    return [float(f"{v:.{SIGNIFICANT}g}") if math.isfinite(v) else None for v in map(float, values)]


def run(x: Iterable[float], y: Iterable[float], name: str, **more: Any) -> Trace:
    """What a run gave: a solid ink line with dots. Its previous state stays as a ghost."""
    return _series(x, y, name, "ink", dash="solid", symbol="circle", meta="ghost") | more


def reference(x: Iterable[float], y: Iterable[float], name: str, **more: Any) -> Trace:
    """Something to compare a run with: a thin muted line."""
    thin = {"color": var("muted"), "width": 1.5, "dash": "dot"}
    return _series(x, y, name, "muted") | {"mode": "lines", "line": thin} | more


def prediction(x: Iterable[float], y: Iterable[float], name: str = "Your prediction") -> Trace:
    """What the reader expects: a dashed ink line with open diamonds."""
    return _series(x, y, name, "ink", dash="dash", symbol="diamond-open")


def published(x: Iterable[float], y: Iterable[float], error: Iterable[float], name: str) -> Trace:
    """What somebody measured: squares with error bars."""
    bars = {"type": "data", "array": numbers(error), "color": var("ink"), "thickness": 1.5}
    series = _series(x, y, name, "ink", symbol="square")
    return series | {"mode": "markers", "error_y": bars}


def band(x: Iterable[float], low: Iterable[float], high: Iterable[float], name: str) -> Trace:
    """A range as an area of 20 % ink."""
    there, lower, upper = list(x), list(low), list(high)
    return {
        "type": "scatter",
        "x": numbers(there + there[::-1]),
        "y": numbers(upper + lower[::-1]),
        "name": name,
        "fill": "toself",
        "fillcolor": var("band"),
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
    }


def mark(x: float, y: float, text: str, symbol: str = "circle", **more: Any) -> Trace:
    """One point that matters, with its name beside it."""
    return {
        "type": "scatter",
        "x": numbers([x]),
        "y": numbers([y]),
        "name": text,
        "text": [text],
        "mode": "markers+text",
        "textposition": "bottom left",
        "textfont": {"color": var("ink"), "size": 14},
        "marker": {"size": 13, "symbol": symbol, "color": var("ink"), "line": {"width": 2}},
        "showlegend": False,
    } | more


def axis(title: str, span: tuple[float, float], scale: str = "linear", **more: Any) -> Trace:
    """A fixed axis: it does not move while the reader drags.

    `span` is in the axis' own numbers, on a logarithmic scale too.
    """
    ends = [math.log10(v) for v in span] if scale == "log" else list(span)
    return {
        "title": {"text": title, "standoff": 8, "font": {"size": 13}},
        "type": scale,
        "range": numbers(ends),
        "fixedrange": True,
    } | more


def figure(
    data: list[Trace],
    xaxis: Trace,
    yaxis: Trace,
    *,
    phone: Mapping[str, Any] | None = None,
    **more: Any,
) -> Figure:
    """A whole figure.

    Parameters
    ----------
    data : list of dict
        Traces, back to front.
    xaxis, yaxis : dict
        From `axis`.
    phone : mapping, optional
        A patch of the layout for narrow screens: fewer ticks, shorter titles, other margins.
    **more
        Further entries of the layout.
    """
    narrow = {"margin": {"l": 56, "r": 10, "t": 10, "b": 52}, "height": 340, **(phone or {})}
    layout = {
        "template": TEMPLATE,
        "xaxis": xaxis,
        "yaxis": yaxis,
        "meta": {"phone": narrow},
        **more,
    }
    return {"data": data, "layout": layout}


def with_ghost(figure: Figure, before: Figure) -> Figure:
    """`figure` over what it showed before, at 40 %; lines alone, for an area would cover it.

    A figure that shows what it showed before covers its ghost: so a picture is made of the same
    lines from the first to the last, and none has to be drawn anew for one that comes or goes.
    """
    old = {"opacity": 0.4, "showlegend": False, "hoverinfo": "skip", "meta": "old"}
    ghosts = [
        {key: value for key, value in trace.items() if key not in ("fill", "fillpattern")}
        | old
        | {"mode": "lines"}
        for trace in before["data"]
        if trace.get("meta") == "ghost"
    ]
    return {**figure, "data": [*ghosts, *figure["data"]]}


def blank(figure: Figure) -> bool:
    """Whether nothing in it would be seen."""
    return not any(
        value is not None
        for trace in figure.get("data", [])
        for value in _flat(trace.get("z", trace.get("y", [])))
    )


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from _flat(value)
        else:
            yield value


def _series(
    x: Iterable[float],
    y: Iterable[float],
    name: str,
    colour: str,
    dash: str = "solid",
    symbol: str = "circle",
    **more: Any,
) -> Trace:
    return {
        "type": "scatter",
        "x": numbers(x),
        "y": numbers(y),
        "name": name,
        "mode": "lines+markers",
        "line": {"color": var(colour), "width": 2.5, "dash": dash},
        "marker": {"color": var(colour), "size": 6, "symbol": symbol},
    } | more


_AXIS = {
    "color": var("ink"),
    "gridcolor": var("rule"),
    "linecolor": var("edge"),
    "zerolinecolor": var("edge"),
    "showline": True,
    "ticks": "outside",
    "ticklen": 4,
    "tickcolor": var("edge"),
    "automargin": False,
}

TEMPLATE: Figure = {
    "layout": {
        "font": {"family": SANS, "size": 14, "color": var("ink")},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 64, "r": 16, "t": 12, "b": 56},
        "height": 400,
        "colorway": [var("ink"), var("muted")],
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": var("panel"),
            "bordercolor": var("edge"),
            "font": {"color": var("ink")},
        },
        "legend": {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
    }
}
