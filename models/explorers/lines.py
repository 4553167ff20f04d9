"""Chapter 4: the reader drags one line a model, and is told how many attempts it foretells."""

from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.lines import MOST, Drawn, Lines, lines
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.theme import var
from models.explorers.who_may_touch import COLUMNS, layers_upward, models_across, narrow


def draw(drawn: Drawn) -> Figure:
    """The reader's lines, and nothing of the truth."""
    p = drawn.parameters
    cells = [(x, y) for x in range(len(COLUMNS)) for y in range(MOST)]
    yours = [(x, y) for x, y in cells if p.says(COLUMNS[x], NAMES[y])]
    edges = [MOST - getattr(p, model.lower()) - 0.5 for model in COLUMNS]
    return figures.figure(
        [
            _cells(yours, "You say: yours", "diamond-open", 13),
            _cells([c for c in cells if c not in yours], "The provider's", "circle", 5),
            _edges(edges),
        ],
        models_across(),
        layers_upward(),
        margin={"l": 92, "r": 8, "t": 34, "b": 40},
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"},
        phone=narrow(420, 84),
    )


def _cells(cells: list[tuple[int, int]], name: str, symbol: str, size: int) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [x for x, _ in cells],
        "y": [y for _, y in cells],
        "hoverinfo": "skip",
        "marker": {
            "symbol": symbol, "size": size, "color": var("ink"),
            "line": {"width": 2, "color": var("ink")},
        },
    }  # fmt: skip


def _edges(heights: list[float]) -> Trace:
    """One dashed stroke a model, where the reader's line runs."""
    x = [end for i in range(len(heights)) for end in (i - 0.4, i + 0.4, float("nan"))]
    y = [end for height in heights for end in (height, height, float("nan"))]
    line = {"color": var("ink"), "width": 2.5, "dash": "dash"}
    return figures.reference(x, y, "Your lines", line=line)


def describe(drawn: Drawn) -> str:
    """In words what the figure shows."""
    p = drawn.parameters
    said = ", ".join(f"{model} {getattr(p, model.lower())}" for model in COLUMNS)
    return (
        f"Layers that you call the consumer's, counted from the top: {said}. Your lines foretell "
        f"{sum(drawn.right.values())} of {MOST * len(COLUMNS)} attempts."
    )


your_lines = Explorer(
    name="your-lines",
    title="Draw the lines yourself",
    model=lines,
    parameters=Lines,
    picture=draw,
    alt=describe,
    controls=("iaas", "paas", "saas"),
    more=("own", "caas", "faas"),
    preview="iaas",
)
