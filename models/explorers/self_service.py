"""Chapter 2.1, on-demand self-service: a ticket desk or an API."""

import numpy as np

from models.cloud.self_service import Answered, Leads, SelfService, self_service, sketch
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.facts import Fact

LEVELS = np.linspace(0.005, 0.995, 67)  # shares of the requests at which the lines are drawn
SPAN = (1 / 100, 500.0)  # hours, on the picture's axis
TICKS = {"1 min": 1 / 60, "10 min": 1 / 6, "1 h": 1.0, "8 h": 8.0, "3 days": 72.0}


def _truth() -> Fact:
    mean = self_service(SelfService()).desk.total.mean()
    return Fact("Mean lead time", float(mean), "hours", 0)


hours_for_minutes = Prediction(
    name="hours-for-minutes",
    question=(
        "Whoever needs a machine writes a ticket. Two clerks answer, eight hours a day from Monday "
        "to Friday; a ticket is ten minutes of work, and they are busy a fifth of their time. "
        "Tickets are written at any hour of the week. How many hours pass, on average, from the "
        "ticket to the machine?"
    ),
    truth=_truth,
    because=(
        "Three tickets in four are written while nobody is there, and wait for a night or a "
        "weekend to end. The work itself hardly counts."
    ),
    low=0,
    high=200,
    near=2.5,
    misconceptions=(
        Misconception(
            0.5,
            "The work and a short line",
            "that is what the clerks see: most tickets lie there in the morning, and each is soon "
            "done. Who wrote it at night has waited since then.",
            within=1.5,
        ),
        Misconception(
            7,
            "Half a night",
            "a night has sixteen hours, and who falls into one waits for half of it. But a weekend "
            "has sixty-four, and far more people fall into it than into a night.",
            within=3,
        ),
    ),
)


def draw(answered: Answered) -> Figure:
    """The share of requests answered within a time, desk and API."""
    return figures.figure(
        [
            _line(answered.api, "Through the API") | {"mode": "lines"},
            _line(answered.desk, "At the desk"),
        ],
        figures.axis("Lead time", SPAN, "log", tickvals=list(TICKS.values()), ticktext=list(TICKS)),
        figures.axis("Requests that have their machine, %", (0, 104)),
    )


def _line(leads: Leads, name: str) -> Trace:
    hover = "%{y:.0f} % within %{x:.3g} h<extra></extra>"
    return figures.run(leads.quantile(LEVELS), 100 * LEVELS, name, hovertemplate=hover)


def describe(answered: Answered) -> str:
    """In words what the figure shows."""
    desk, api = answered.desk, answered.api
    return (
        f"At the desk half of the requests have their machine within "
        f"{float(desk.quantile(0.5)):.1f} hours and nearly all within "
        f"{float(desk.quantile(0.95)):.0f}; through the API half have it within "
        f"{60 * float(api.quantile(0.5)):.1f} minutes and nearly all within "
        f"{60 * float(api.quantile(0.95)):,.1f}."
    )


desk_or_api = Explorer(
    name="desk-or-api",
    title="Ticket desk or API",
    model=self_service,
    draft=sketch,
    parameters=SelfService,
    picture=draw,
    alt=describe,
    controls=("clerks", "handling", "days"),
    more=("requests", "approval", "hours", "rhythm", "over_quota"),
    presets={
        "Open every day": {"days": 7},
        "A boss approves": {"approval": 8.0},
        "One in twenty over quota": {"over_quota": 5.0},
    },
    preview="clerks",
    guard=hours_for_minutes.name,
)
