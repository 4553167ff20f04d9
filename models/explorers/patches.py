"""Chapter 4: a year of patches, and the prediction about the language's runtime."""

import numpy as np

from models.cloud.service_models.patches import DAYS, LAYERS, Floats, Patched, Year, patches
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact

IRREGULAR = Year(model="PaaS", regular=False)


def _truth() -> Fact:
    return Fact("The runtime's flaw stays open for", patches(IRREGULAR).exposure("runtime"), "days")


runtime_days = Prediction(
    name="runtime-days",
    question=(
        "You run an application on a PaaS, where the provider looks after the language. You deploy "
        "whenever a feature is ready, on average every 60 days. A flaw is found in the language's "
        "runtime, and three days later the provider has the fixed version. How many days, on "
        "average, does the flaw stay open in your running application?"
    ),
    truth=_truth,
    because=(
        "The runtime was copied into your build, so its fix waits for your next deployment. And "
        "flaws fall into long gaps more often than into short ones, because the long ones hold "
        "more days: at random intervals the wait is a whole mean gap, not half of one."
    ),
    low=0,
    high=400,
    near=7,
    misconceptions=(
        Misconception(
            3,
            "The provider patches, and that is all",
            "the provider patches what it builds with. What you run was built before.",
            within=2,
        ),
        Misconception(
            33,
            "Half a gap on average",
            "that is so where deployments come at regular intervals. Yours do not, and most days "
            "of the year lie in the long gaps.",
            within=6,
        ),
    ),
)


def draw(run: Patched) -> Figure:
    """The first year: a line a flaw, thin while the provider is awaited, thick while you are."""
    found, ready, closed = run.found[0], run.ready[0], run.closed[0]
    return figures.figure(
        [
            _spans(found, ready, "Waits for the provider", 2.0),
            _spans(ready, closed, "Waits for you", 6.0),
            _deployments(run.deployed[0]),
        ],
        figures.axis("Day of the year", (0, DAYS)),
        figures.axis(
            "", (-1.6, len(LAYERS) - 0.4), tickvals=list(range(-1, len(LAYERS))),
            ticktext=["You deploy", *(name.capitalize() for name in LAYERS)], zeroline=False,
        ),
        margin={"l": 96, "r": 10, "t": 8, "b": 92},
        phone={"margin": {"l": 90, "r": 6, "t": 8, "b": 104}, "height": 420},
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
    )  # fmt: skip


def _spans(begin: Floats, end: Floats, name: str, width: float) -> Trace:
    """Horizontal lines from `begin` to `end`, a row a layer; gaps between them."""
    rows = np.arange(len(LAYERS))[:, None] + np.zeros_like(begin)
    there = ((end > begin) & (begin < DAYS)).ravel()
    gap = np.full(int(there.sum()), np.nan)
    x = np.column_stack([begin.ravel()[there], np.minimum(end, DAYS).ravel()[there], gap])
    y = np.column_stack([rows.ravel()[there], rows.ravel()[there], gap])
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": figures.numbers(x.ravel()),
        "y": figures.numbers(y.ravel()),
        "hoverinfo": "skip",
        "line": {"color": var("muted" if width < 3 else "ink"), "width": width},
    }


def _deployments(days: Floats) -> Trace:
    shown = days[days <= DAYS]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Deployment",
        "x": figures.numbers(shown),
        "y": [-1] * len(shown),
        "hovertemplate": "day %{x:.0f}<extra></extra>",
        "showlegend": False,
        "marker": {"symbol": "triangle-up", "size": 9, "color": var("ink")},
    }


def describe(run: Patched) -> str:
    """In words what the figure shows."""
    mean = (run.closed - run.found).mean(axis=(0, 2))
    longest = LAYERS[int(np.argmax(mean))]
    yours = ", ".join(run.yours) or "no layer"
    return (
        f"One year on {run.parameters.model}. Flaws of {yours} wait for you. Those of the "
        f"{longest} stay open longest, {mean.max():.0f} days on average; those of all layers "
        f"{mean.mean():.0f} days."
    )


year = Explorer(
    name="year-of-patches",
    title="A year of patches: who is waited for?",
    model=patches,
    parameters=Year,
    picture=draw,
    alt=describe,
    controls=("model", "gap", "regular"),
    more=("provider", "automatic", "flaws", "seed"),
    preview="model",
    guard=runtime_days.name,
)
