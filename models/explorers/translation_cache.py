"""Chapter 7: the translation cache. A guest's loop, and what is executed in its place."""

from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.theme import MONO, var
from models.hypervisors.translation_cache import Line, Translating, Translation, translation

ROWS = 9  # of the longest loop
#: What may stand in the cache: the legend's words, the mark, whose it is.
KINDS = {
    "copied": ("copied", "circle-open", "guest-kernel"),
    "call": ("a call of the hypervisor", "square", "host-kernel"),
    "inlined": ("a load or store in its place", "diamond", "host-kernel"),
    "none": ("not translated", "line-ew-open", "edge"),
}
GUEST, MARK = 0.0, 0.49  # where the columns stand


def draw(result: Translation) -> Figure:
    """Two columns of code, instruction beside instruction."""
    data = [_column(["The guest's code", *(line.guest for line in result.lines)], GUEST)]
    data.append(_column(["The cache"], MARK))
    there = {line.kind for line in result.lines}
    data += [_cached(result, kind) for kind in KINDS if kind in there]
    hidden: Trace = {"visible": False, "showgrid": False, "zeroline": False}
    return figures.figure(
        data,
        figures.axis("", (0, 1), **hidden),
        figures.axis("", (-ROWS - 0.6, 0.6), **hidden),
        height=380,
        margin={"l": 8, "r": 8, "t": 4, "b": 50},
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"},
        phone={"height": 430, "margin": {"l": 2, "r": 2, "t": 4, "b": 110}},
    )


def _column(texts: list[str], x: float) -> Trace:
    """Text from the top down; its first line is the heading."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [x] * len(texts),
        "y": [-row for row in range(len(texts))],
        "text": [f"<b>{texts[0]}</b>", *texts[1:]],
        "textposition": "middle right",
        "textfont": {"family": MONO, "size": 13, "color": var("ink")},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _cached(result: Translation, kind: str) -> Trace:
    """The instructions of one kind, where they stand."""
    name, symbol, role = KINDS[kind]
    rows = [(-row, line) for row, line in enumerate(result.lines, 1) if line.kind == kind]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [MARK] * len(rows),
        "y": [y for y, _ in rows],
        "text": [f" {line.cached}" for _, line in rows],
        "textposition": "middle right",
        "textfont": {"family": MONO, "size": 13, "color": var("ink")},
        "name": name,
        "hoverinfo": "skip",
        "marker": {
            "symbol": symbol, "size": 10, "color": var(role),
            "line": {"color": var(role if "open" in symbol else f"{role}-line"), "width": 1.5},
        },
    }  # fmt: skip


def describe(result: Translation) -> str:
    """In words what the figure shows."""
    return f"After {result.parameters.rounds} rounds: {'; '.join(map(_told, result.lines))}."


def _told(line: Line) -> str:
    made = {
        "copied": "copied",
        "call": f"a call of the hypervisor, made {line.calls} times",
        "inlined": f"{line.cached} in its place, after {line.calls} calls",
        "none": "not translated",
    }
    return f"{line.guest}: {made[line.kind]}"


translation_cache = Explorer(
    name="translation-cache",
    title="What the translator made of the guest's code",
    model=translation,
    parameters=Translating,
    picture=draw,
    alt=describe,
    controls=("rounds", "code"),
    more=("frames",),
    preview="rounds",
)
