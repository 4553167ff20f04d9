"""Chapter 2.4, 'Too late': servers that take time to boot."""

from models.cloud.too_late import Race, TooLate, too_late, too_late_fluid, useless_from
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.fleet import THIN, fleet, steps, strip, wait_axis
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact


def _truth() -> Fact:
    return Fact("Useless from a boot delay of", useless_from(TooLate()), "s", 0)


no_use = Prediction(
    name="no-use",
    question=(
        "For 60 seconds, four times the usual number of requests arrives. New servers are ordered "
        "as soon as the load rises, but take some time to boot. How long must booting take for "
        "scaling to be no use at all: to prevent fewer than one in ten of the requests that wait "
        "too long?"
    ),
    truth=_truth,
    because=(
        "The crowd leaves a line behind, and the old servers alone need minutes to clear it. A "
        "server that comes after the crowd has gone still shortens that line."
    ),
    low=1,
    high=900,
    near=90,
    misconceptions=(
        Misconception(
            60,
            "As long as the burst",
            "the crowd has gone when the servers arrive, but the line has not: whoever stands in "
            "it is still waiting, and new servers take from it.",
            within=15,
        ),
        Misconception(
            120,
            "Twice the burst",
            "for a fleet with much to spare, perhaps. This one has few spare servers, so the line "
            "lasts several times as long as the crowd that left it.",
            within=20,
        ),
    ),
)


def draw(race: Race) -> Figure:
    """Demand and capacity, unmet and idle; beneath, the 99th percentile of the wait."""
    e, n = race.elastic, race.nothing
    bills = f"Bill ${e.bill.mean():.3f}, doing nothing ${n.bill.mean():.3f}"
    return figures.figure(
        [
            *fleet(e),
            steps(e.interval, n.ready.mean(axis=1), "Doing nothing") | THIN,
            *strip(e, "Wait, 99th percentile"),
            strip(n, "Doing nothing")[0] | THIN,
            _odometer(bills, 44, e.seconds),
        ],
        figures.axis("Minutes", (0, e.seconds / 60), domain=[0, 1], anchor="y2"),
        figures.axis("Servers", (0, 48), domain=[0.36, 1]),
        yaxis2=wait_axis(),
        showlegend=False,
    )


def describe(race: Race) -> str:
    """In words what the figure shows."""
    p, e = race.parameters, race.elastic
    ready, offered = e.ready.mean(axis=1), e.offered.mean(axis=1)
    return (
        f"Work for {offered.max():.0f} servers arrives at the height of a burst of {p.burst:g} s. "
        f"The fleet goes from {ready[0]:.0f} to {ready.max():.0f} servers; "
        f"{100 * race.late:.1f} % of the requests wait longer than {p.objective:g} s, "
        f"{100 * float(race.nothing.late.mean()):.1f} % if nothing is done."
    )


def _odometer(text: str, height: float, seconds: float) -> Trace:
    return {
        "type": "scatter",
        "x": figures.numbers([seconds / 60 * 0.98]),
        "y": figures.numbers([height]),
        "text": [text],
        "mode": "text",
        "textposition": "middle left",
        "textfont": {"size": 15, "color": var("ink")},
        "hoverinfo": "skip",
    }


too_late_explorer = Explorer(
    name="too-late",
    title="Too late: servers that take time to boot",
    model=too_late,
    draft=too_late_fluid,
    parameters=TooLate,
    picture=draw,
    alt=describe,
    controls=("boot", "target", "burst"),
    more=("policy", "peak", "cooldown", "objective", "seed"),
    presets={
        "MicroVM, 0.125 s": {"boot": 0.125},
        "VM, 1 minute": {"boot": 60.0},
        "Bare metal, 10 minutes": {"boot": 600.0},
    },
    preview="boot",
    guard=no_use.name,
)
