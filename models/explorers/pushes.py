"""Chapter 4: a push to the small platform, seen by its visitors."""

from models.cloud.service_models.pushes import PUSHED_AT, VISITS, Push, Pushed, pushed
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.theme import var


def draw(run: Pushed) -> Figure:
    """A mark a visit, in the row of the release that served it; crosses are errors."""
    good = [n for n, status in enumerate(run.statuses) if status < 500]
    bad = [n for n, status in enumerate(run.statuses) if status >= 500]
    return figures.figure(
        [
            _visits(run, good, "Page", "circle"),
            _visits(run, bad, "Error", "x-thin-open"),
            _pushed_here(),
        ],
        figures.axis("Visits", (0, VISITS + 1)),
        figures.axis(
            "", (0.4, 2.6), tickvals=[1, 2], ticktext=["Release 1", "Release 2"],
            zeroline=False, showgrid=False,
        ),
        height=240,
        margin={"l": 88, "r": 10, "t": 10, "b": 84},
        legend={"orientation": "h", "x": 0, "y": -0.42, "yanchor": "top"},
        phone={"height": 240, "margin": {"l": 82, "r": 6, "t": 10, "b": 84}},
    )  # fmt: skip


def _visits(run: Pushed, chosen: list[int], name: str, symbol: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [n + 1 for n in chosen],
        "y": [run.served_by[n] for n in chosen],
        "hovertemplate": f"visit %{{x}}: {name.lower()}<extra></extra>",
        "marker": {
            "symbol": symbol, "size": 9, "color": var("ink"),
            "line": {"width": 2, "color": var("ink")},
        },
    }  # fmt: skip


def _pushed_here() -> Trace:
    x = PUSHED_AT + 0.5
    return figures.reference([x, x], [0.4, 2.6], "Push")


def describe(run: Pushed) -> str:
    """In words what the figure shows."""
    return (
        f"{PUSHED_AT} visits meet release 1, then the push comes. {run.errors} of the {VISITS} "
        f"visits get an error, and release {run.served_by[-1]} serves at the end."
    )


push = Explorer(
    name="push",
    title="Push it, and watch the visitors",
    model=pushed,
    parameters=Push,
    picture=draw,
    alt=describe,
    controls=("change", "checks", "watch"),
    preview="change",
)
