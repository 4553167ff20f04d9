"""Chapter 2.2, broad network access: one interface, four clients."""

from typing import Any

import numpy as np

from models.cloud.access import PATIENCE, STAGES, Access, Accessed, access
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact

LONGEST = 4.0  # s, on the picture's axis
# A stage is told by its pattern, since hues are kept for who owns code.
PATTERN = dict(zip(STAGES, ("", "/", ".", "x"), strict=True))


def _truth() -> Fact:
    before, after = (
        access(Access(bandwidth=times)).visits[0].quantile(0.5) for times in (1.0, 10.0)
    )
    return Fact("Shorter by", 100 * (1 - after / before), "%", 0)


ten_times_the_band = Prediction(
    name="ten-times-the-band",
    question=(
        "A phone works through a cloud's console: it connects to a data centre some hundred "
        "milliseconds away and makes five requests, one after the other, each with an answer of "
        "30 kB. Then it gets ten times the bandwidth, 200 Mbit/s for 20. By how many per cent does "
        "the task get shorter?"
    ),
    truth=_truth,
    because=(
        "The bits were sent in a twentieth of the time before. What is left is round trips, and "
        "their length is distance: no bandwidth brings the data centre nearer."
    ),
    low=0,
    high=100,
    near=4,
    misconceptions=(
        Misconception(
            90,
            "Ten times as fast",
            "so it would be, were the time spent on sending. A film is sent; a console asks, "
            "waits, and asks again.",
            within=10,
        ),
        Misconception(
            50,
            "About half",
            "half would have to be sending. Count instead how often the phone has to wait for an "
            "answer before it can go on.",
            within=20,
        ),
    ),
)


def draw(accessed: Accessed) -> Figure:
    """Mean seconds of each client's task, stage by stage."""
    stages = [_stage(accessed, stage) for stage in STAGES]
    cannot = [v.client.name for v in accessed.visits if not v.reached]
    return figures.figure(
        [*stages, _refused(cannot)] if cannot else stages,
        figures.axis("Seconds, on average", (0, LONGEST)),
        {"type": "category", "autorange": "reversed", "fixedrange": True, "ticks": ""},
        barmode="stack",
        margin={"l": 104, "r": 16, "t": 12, "b": 56},
        phone={"margin": {"l": 96, "r": 10, "t": 10, "b": 52}},
    )


def _stage(accessed: Accessed, stage: str) -> Trace:
    seconds = [v.stages[stage].mean() if v.reached else 0.0 for v in accessed.visits]
    return {
        "type": "bar",
        "orientation": "h",
        "y": [v.client.name for v in accessed.visits],
        "x": figures.numbers(np.round(seconds, 4)),
        "name": stage,
        "marker": _filled(PATTERN[stage]),
        "hovertemplate": f"%{{x:.2f}} s {stage}<extra></extra>",
    }


def _filled(shape: str) -> dict[str, Any]:
    pattern = {"shape": shape, "fgcolor": var("ink"), "bgcolor": var("panel"), "size": 7}
    return {
        "color": var("muted"),
        "line": {"color": var("ink"), "width": 1},
        "pattern": pattern if shape else {},
    }


def _refused(names: list[str]) -> Trace:
    return {
        "type": "scatter",
        "x": [0.05] * len(names),
        "y": names,
        "text": ["✗ cannot use this interface"] * len(names),
        "mode": "text",
        "textposition": "middle right",
        "textfont": {"color": var("ink"), "size": 14},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def describe(accessed: Accessed) -> str:
    """In words what the figure shows."""
    parts = []
    for visit in accessed.visits:
        trips = float(visit.stages["Connecting"].mean() + visit.stages["Round trips"].mean())
        mean = float(visit.seconds.mean())
        parts.append(
            f"{visit.client.name} {mean:.2f} s, {trips / mean:.0%} of them round trips"
            if visit.reached
            else f"{visit.client.name} cannot use this interface"
        )
    return f"Mean seconds for a task: {'; '.join(parts)}. Who waits {PATIENCE:.0f} s gives up."


many_clients = Explorer(
    name="many-clients",
    title="One interface, four clients",
    model=access,
    parameters=Access,
    picture=draw,
    alt=describe,
    controls=("distance", "bandwidth"),
    more=("loss", "turns", "kilobytes", "interface"),
    preview="bandwidth",
    guard=ten_times_the_band.name,
)
