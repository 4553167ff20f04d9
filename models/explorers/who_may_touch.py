"""Chapter 4: 'Who may touch this layer?', every operation tried on every layer of every model."""

from typing import Any

from models.cloud.service_models.attempts import (
    EFFECT,
    NO_EFFECT,
    REFUSED,
    Attempt,
    Question,
    Tried,
    attempts,
    kernel_package,
)
from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.offers import MODELS
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var

COLUMNS = tuple(MODELS)
MARKS = {
    EFFECT: ("The answer changes", "circle", "ink"),
    NO_EFFECT: ("Allowed, but the answer stays", "circle-open", "ink"),
    REFUSED: ("Refused", "x-thin-open", "muted"),
}


def _truth() -> str:
    return kernel_package("CaaS")


kernel_in_image = Prediction(
    name="kernel-in-image",
    question=(
        "Your application runs in a container on somebody's cluster. Its kernel has a hole, and "
        "the vendor has released a kernel package without it. You install that package in your "
        "container image, build the image, and deploy it. Then the attack comes again. What "
        "happens?"
    ),
    truth=_truth,
    because=(
        "The file lies in the image, and nobody boots it. A container is started on the kernel "
        "that runs already, and that one is the provider's."
    ),
    options={
        "mended": "It fails: the container came up with the new kernel",
        "refused": "The platform has refused the image",
        "down": "Nothing answers: two kernels cannot run together",
        "same": "It succeeds as before",
    },
    misconceptions=(
        Misconception(
            "mended",
            "A container is a small machine",
            "a machine boots the kernel of its disk. A container boots nothing: it is a group of "
            "processes on a kernel that it shares.",
        ),
        Misconception(
            "refused",
            "What has no effect is forbidden",
            "to the platform the image is a heap of files, and a kernel is one of them.",
        ),
        Misconception(
            "down",
            "The image's kernel runs too",
            "it does not run at all, so nothing can clash.",
        ),
    ),
)


def draw(tried: Tried) -> Figure:
    """A mark a layer and model: what came of the operation; a frame around the one asked for."""
    p = tried.parameters
    return figures.figure(
        [
            *(_marks(tried, outcome) for outcome in MARKS),
            _frame(COLUMNS.index(p.model), NAMES.index(p.layer)),
        ],
        models_across(),
        layers_upward(),
        margin={"l": 92, "r": 8, "t": 34, "b": 40},
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"},
        phone=narrow(420, 76),
    )  # fmt: skip


def models_across() -> Trace:
    """The axis of the service models."""
    return figures.axis(
        "", (-0.6, len(COLUMNS) - 0.4), tickvals=list(range(len(COLUMNS))),
        ticktext=[_short(m) for m in COLUMNS], side="top", tickangle=0, showgrid=False,
        ticks="", zeroline=False, showline=False,
    )  # fmt: skip


def narrow(height: int, below: int) -> dict[str, Any]:
    """The patch for narrow screens, on which every second model's name stands a line higher."""
    names = [_short(m) + ("<br> " if i % 2 else "") for i, m in enumerate(COLUMNS)]
    margin = {"l": 84, "r": 4, "t": 48, "b": below}
    return {"margin": margin, "height": height, "xaxis": {"ticktext": names}}


def layers_upward() -> Trace:
    """The axis of the layers, the network at the bottom."""
    return figures.axis(
        "", (-0.6, len(NAMES) - 0.4), tickvals=list(range(len(NAMES))),
        ticktext=[name.capitalize() for name in NAMES], ticks="", zeroline=False,
        showline=False,
    )  # fmt: skip


def _short(model: str) -> str:
    return "Own" if model == "own" else model


def _marks(tried: Tried, outcome: str) -> Trace:
    name, symbol, colour = MARKS[outcome]
    cells = [(at, a) for at, a in tried.grid.items() if a.outcome == outcome]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [COLUMNS.index(model) for (model, _), _ in cells],
        "y": [NAMES.index(layer) for (_, layer), _ in cells],
        "text": [_hover(a) for _, a in cells],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "symbol": symbol, "size": 15, "color": var(colour),
            "line": {"width": 2, "color": var(colour)},
        },
    }  # fmt: skip


def _hover(attempt: Attempt) -> str:
    return f"{MODELS[attempt.model].title}, {attempt.layer}<br>{attempt.refusal or attempt.outcome}"


def _frame(x: int, y: int) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x],
        "y": [y],
        "name": "Your attempt",
        "hoverinfo": "skip",
        "showlegend": False,
        "marker": {
            "symbol": "square-open", "size": 30, "color": var("ink"), "line": {"width": 2.5},
        },
    }  # fmt: skip


def describe(tried: Tried) -> str:
    """In words what the figure shows."""
    p = tried.parameters
    takes = "; ".join(
        f"{_short(model)} {', '.join(tried.layers(model)) or 'nowhere'}" for model in COLUMNS
    )
    attempt = tried.chosen
    return (
        f"{MODELS[p.model].title}, {p.layer}: {attempt.refusal or attempt.outcome}. The operation "
        f"takes effect on: {takes}."
    )


touch = Explorer(
    name="who-may-touch",
    title="Who may touch this layer?",
    model=attempts,
    parameters=Question,
    picture=draw,
    alt=describe,
    controls=("model", "layer", "operation"),
    more=("guarded",),
    presets={
        "A port on IaaS": {"model": "IaaS", "layer": "network", "operation": "set"},
        "A kernel package in a container": {"operation": "install"},
        "New code on SaaS": {"model": "SaaS", "layer": "code"},
    },
    preview="operation",
    guard=kernel_in_image.name,
)
