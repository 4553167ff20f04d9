"""A fleet over time as a picture: demand, capacity, and the wait beneath."""

import numpy as np

from models.cloud.demand import Floats
from models.cloud.outcome import Outcome
from models.explorers import figures
from models.explorers.figures import Figure, Trace
from models.explorers.theme import var

SHORTEST_WAIT = 0.1  # s: where the wait's logarithmic axis begins
_STRIP = {"xaxis": "x", "yaxis": "y2"}
#: The edge of an area, and a line to compare with.
_BARE = {"line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip", "hovertemplate": None}
THIN = {"line": {"color": var("muted"), "width": 1.5, "dash": "dot", "shape": "hv"}}


def draw_fleet(outcome: Outcome, top: float) -> Figure:
    """Demand, capacity and the wait over time, with `top` servers at the upper edge."""
    return figures.figure(
        [*fleet(outcome), *strip(outcome, "Wait, 99th percentile")],
        figures.axis("Minutes", (0, outcome.seconds / 60), domain=[0, 1], anchor="y2"),
        figures.axis("Servers", (0, top), domain=[0.36, 1]),
        yaxis2=wait_axis(),
        showlegend=False,
    )


def fleet(outcome: Outcome) -> list[Trace]:
    """Areas between demand and capacity, and the capacity as a step line."""
    demand, ready = outcome.offered.mean(axis=1), outcome.ready.mean(axis=1)
    met = np.minimum(demand, ready)
    step = outcome.interval
    return [
        steps(step, met, "Demand met") | {"fill": "tozeroy", "fillcolor": var("band")} | _BARE,
        steps(step, demand, "Demand not met") | _filled("/") | _BARE,
        steps(step, met, "Demand met") | _BARE,
        steps(step, ready, "Servers that are ready") | _filled(".") | {"meta": "ghost"},
    ]


def steps(interval: float, values: Floats, name: str) -> Trace:
    """A step line over minutes; x by its start and step alone, which keeps the page small."""
    return {
        "type": "scatter",
        "x0": 0,
        "dx": float(f"{interval / 60:.6g}"),
        "y": figures.numbers(np.round(values, 1)),
        "name": name,
        "mode": "lines",
        "line": {"color": var("ink"), "width": 2.5, "shape": "hv"},
        "hovertemplate": f"%{{y}} {name}<extra></extra>",
    }


def _filled(shape: str) -> Trace:
    pattern = {"shape": shape, "fgcolor": var("muted"), "bgcolor": "rgba(0,0,0,0)", "size": 7}
    return {"fill": "tonexty", "fillpattern": pattern}


def strip(outcome: Outcome, name: str) -> list[Trace]:
    """The 99th percentile of the wait by the interval of arrival."""
    late = np.maximum(outcome.quantile_by_arrival(0.99), SHORTEST_WAIT)
    line = steps(outcome.interval, late, name) | _STRIP
    return [line | {"hovertemplate": f"%{{y}} s {name}<extra></extra>"}]


def wait_axis() -> Trace:
    """Return the lower axis: seconds, logarithmic."""
    ticks = {"tickvals": [0.1, 1, 10, 100], "ticktext": ["≤ 0.1", "1", "10", "100"]}
    return figures.axis("Wait, s", (SHORTEST_WAIT, 1_000), "log", domain=[0, 0.26], **ticks)
