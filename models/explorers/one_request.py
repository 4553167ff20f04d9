"""Chapter 4: one request on its way up nine layers, and the answer that comes back down."""

from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.one_request import Visit, Visited, one_request
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.theme import var
from models.explorers.who_may_touch import layers_upward

HELD, SIGNED = 0.0, 0.25  # where the columns stand


def draw(visited: Visited) -> Figure:
    """Layers from the network upward: who holds each, how it signed, and what was taken."""
    p, via = visited.parameters, visited.answer.via
    taken = NAMES[NAMES.index(p.layer) :] if visited.taken else ()
    return figures.figure(
        [
            _tiles([n for n in NAMES if n in visited.yours], "Yours", "square"),
            _tiles([n for n in NAMES if n not in visited.yours], "The provider's", "square-open"),
            _tiles(list(taken), "In the attacker's hands", "x-thin-open", size=12),
            _words([NAMES.index(p.layer)], ["◀" if p.event != "none" else ""], HELD + 0.08),
            _words([NAMES.index(_layer(line)) for line in via], list(map(_rest, via)), SIGNED),
        ],
        figures.axis("", (-0.1, 1.2), visible=False),
        layers_upward() | {"showgrid": False},
        margin={"l": 92, "r": 8, "t": 8, "b": 40},
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"},
        phone={"margin": {"l": 84, "r": 4, "t": 8, "b": 64}, "height": 400},
    )  # fmt: skip


def _layer(line: str) -> str:
    """Which layer signed with this line."""
    return line.split(" ")[0]


def _rest(line: str) -> str:
    """What it signed with: its version and its knob."""
    return "v" + line.partition(" ")[2]


def _tiles(names: list[str], title: str, symbol: str, size: int = 22) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": title,
        "x": [HELD] * len(names),
        "y": [NAMES.index(name) for name in names],
        "hoverinfo": "skip",
        "showlegend": bool(names),
        "marker": {
            "symbol": symbol,
            "size": size,
            "color": var("ink" if "open" in symbol else "band"),
            "line": {"width": 2, "color": var("ink")},
        },
    }


def _words(rows: list[int], texts: list[str], x: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "text",
        "x": [x] * len(rows),
        "y": rows,
        "text": texts,
        "textposition": "middle right",
        "textfont": {"size": 13, "color": var("ink")},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def describe(visited: Visited) -> str:
    """In words what the figure shows."""
    names = [_layer(line) for line in visited.answer.via]
    signed = f"Signed by {', '.join(names)}" if names else "Signed by nobody"
    taken = f" {visited.taken} layers are in the attacker's hands." if visited.taken else ""
    return (
        f"{signed}. The visitor reads: {visited.answer.text.replace('<br>', ' / ')}.{taken} "
        f"Yours are {', '.join(visited.yours)}."
    )


visit = Explorer(
    name="one-request",
    title="One request, nine layers",
    model=one_request,
    parameters=Visit,
    picture=draw,
    alt=describe,
    controls=("layer", "event"),
    more=("model",),
    preview="event",
)
