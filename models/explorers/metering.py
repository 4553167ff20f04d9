"""Chapter 2.5, measured service: what a lost record costs, rounding up, records that are sealed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.cloud.metering.bill import SHARES, Metered, Metering, by_loss, metering
from models.cloud.metering.chain import HOURS, Audit, Tampering, audit
from models.cloud.metering.records import KINDS
from models.cloud.metering.rounding import LIVES, Rounded, Rounding, rounding
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact, Facts

EDGES, INTERVALS, READINGS = KINDS
STYLE = {EDGES: ("solid", "circle"), INTERVALS: ("dash", "square"), READINGS: ("dot", "diamond")}
BILLS = (50.0, 1_200_000.0)  # per cent of the true use, on the picture's axis


def _truth() -> Fact:
    return Fact("Too much", 100 * (metering(Metering(lost=1.0)).share(EDGES) - 1), "% of the use")


one_in_a_hundred = Prediction(
    name="one-in-a-hundred",
    question=(
        "A meter writes a record when a machine starts and another when it stops. Machines live "
        "for an hour on average; the bill is made at the end of the month. One record in a hundred "
        "gets lost. By how many per cent are all bills together too high?"
    ),
    truth=_truth,
    because=(
        "A machine whose stop was lost is thought to run until the month ends: two weeks on "
        "average, for an hour of use. One such machine in a hundred is enough."
    ),
    low=-100,
    high=10_000,
    near=60,
    misconceptions=(
        Misconception(
            1,
            "As large as the loss",
            "that would be so if each record stood for its own share of the use. A start and a "
            "stop stand for all that is between them.",
            within=1.5,
        ),
        Misconception(
            -1,
            "Too low",
            "a lost start takes the machine from the bill, which is one per cent less, as you "
            "say. A lost stop does the opposite, and has no such limit.",
            within=0.5,
        ),
        Misconception(
            50,
            "Half as much again",
            "think of one machine whose stop is missing. What does the meter believe, and for how "
            "long?",
            within=45,
        ),
    ),
)


@dataclass(frozen=True)
class Losses:
    """A month's bills among those with more and fewer records lost."""

    here: Metered
    curves: dict[str, NDArray[np.float64]]

    def facts(self) -> Facts:
        """Of the reader's setting."""
        return self.here.facts()


def losses(parameters: Metering) -> Losses:
    """The month at the reader's share of lost records, and at others."""
    return Losses(metering(parameters), by_loss(parameters))


def draw_losses(result: Losses) -> Figure:
    """What all tenants are billed for against the records lost, by the kind of record."""
    lost = result.here.parameters.lost
    traces: list[Trace] = []
    for kind, curve in result.curves.items():
        dash, symbol = STYLE[kind]
        traces.append(
            figures.run(
                100 * SHARES,
                100 * curve,
                f"Billed from {kind}",
                mode="lines",
                line={"color": var("ink"), "width": 2.5, "dash": dash},
            )
        )
        share = 100 * result.here.share(kind)
        traces.append(figures.mark(lost, share, "", symbol, name=kind, hoverinfo="skip"))
    return figures.figure(
        traces,
        figures.axis("Records lost, %", (0, 5.2)),
        figures.axis("Billed, % of the true use", BILLS, "log", dtick=1, tickformat="~s"),
        phone={"legend": {"orientation": "h", "y": -0.26, "yanchor": "top"}, "height": 420},
    )


def describe_losses(result: Losses) -> str:
    """In words what the figure shows."""
    here = result.here
    shares = "; ".join(f"{100 * here.share(kind):,.1f} % from {kind}" for kind in KINDS)
    return f"With {here.parameters.lost:g} % of the records lost, the bills are {shares}."


meter = Explorer(
    name="meter",
    title="What a lost record costs",
    model=losses,
    parameters=Metering,
    picture=draw_losses,
    alt=describe_losses,
    controls=("lost", "life"),
    more=("twice", "numbered", "interval", "granularity", "law"),
    presets={
        "Functions, 10 s": {"life": 10.0, "lost": 0.1},
        "Machines, 1 day": {"life": 86_400.0, "lost": 0.1},
        "Records come twice": {"lost": 0.0, "twice": 2.0},
    },
    preview="lost",
    guard=one_in_a_hundred.name,
)


@dataclass(frozen=True)
class Units:
    """One rounding among those of shorter and longer lifetimes."""

    here: Rounded
    curve: NDArray[np.float64]

    def facts(self) -> Facts:
        """Of the reader's setting."""
        return self.here.facts()


def units(parameters: Rounding) -> Units:
    """The reader's machines, and the same with other lifetimes."""
    others = (rounding(replace(parameters, life=float(life))) for life in LIVES)
    return Units(rounding(parameters), np.array([other.together for other in others]))


def draw_units(result: Units) -> Figure:
    """All bills over all use, against the mean lifetime."""
    here = result.here
    ticks = {"10 s": 10, "1 min": 60, "10 min": 600, "1 h": 3_600, "1 day": 86_400}
    return figures.figure(
        [
            figures.run(LIVES, 100 * result.curve, "All bills", mode="lines"),
            figures.mark(
                here.parameters.life, 100 * here.together, "yours", textposition="top right"
            ),
        ],
        figures.axis(
            "Mean lifetime", (10, 1e6), "log", tickvals=list(ticks.values()), ticktext=list(ticks)
        ),
        figures.axis("Billed, % of use", (80, 50_000), "log", dtick=1, tickformat="~s"),
        showlegend=False,
    )


def describe_units(result: Units) -> str:
    """In words what the figure shows."""
    here = result.here
    return (
        f"Machines that live {here.parameters.life:,.0f} s on average, billed by the "
        f"{here.parameters.granularity}, are billed {100 * here.together:,.1f} % of their use. The "
        "longer they live, the nearer the bill is to the use."
    )


rounding_up = Explorer(
    name="rounding-up",
    title="Rounding up",
    model=units,
    parameters=Rounding,
    picture=draw_units,
    alt=describe_units,
    controls=("life", "granularity"),
    more=("law", "minimum"),
    preview="life",
)


def draw_audit(result: Audit) -> Figure:
    """The chain that the tenant is shown, record by record, with the digests that it kept."""
    shown = result.shown
    bad = set(result.misfits)
    there = [place for place in range(len(shown)) if place not in bad]
    gone = range(len(shown), HOURS)
    rows = (
        ("Record and digest agree", there, 1, "circle", 13),
        ("Digest does not follow", sorted(bad), 1, "x", 13),
        ("Not shown", gone, 1, "circle-open-dot", 11),
        ("Kept by the tenant", result.kept, 2, "diamond", 14),
        ("Kept, and not in the chain", result.disowned, 2, "x-open", 20),
    )
    return figures.figure(
        [_row(*row) for row in rows],
        figures.axis("Record of the hour", (-0.7, HOURS - 0.3), dtick=6),
        figures.axis(
            "", (0.4, 2.6), tickvals=[1, 2], ticktext=["the chain", "the tenant"], showgrid=False
        ),
        margin={"l": 88, "r": 10, "t": 10, "b": 56},
        height=280,
        phone={"margin": {"l": 80, "r": 8, "t": 8, "b": 52}, "height": 360},
    )


def _row(name: str, places: Sequence[int], y: int, symbol: str, size: int) -> Trace:
    return {
        "type": "scatter",
        "x": list(places),
        "y": [y] * len(places),
        "name": name,
        "mode": "markers",
        "marker": {"symbol": symbol, "size": size, "color": var("ink"), "line": {"width": 2}},
        "hovertemplate": f"record of %{{x}} o'clock<br>{name}<extra></extra>",
    }


def describe_audit(result: Audit) -> str:
    """In words what the figure shows."""
    facts = result.facts()
    return (
        f"{len(result.shown)} records are shown, {len(result.misfits)} digests do not follow, "
        f"{len(result.disowned)} of {len(result.kept)} kept digests are not in the chain: "
        f"{facts['The deed'].value}."
    )


tampering = Explorer(
    name="tampering",
    title="Tamper with a sealed day",
    model=audit,
    parameters=Tampering,
    picture=draw_audit,
    alt=describe_audit,
    controls=("deed", "kept"),
    more=("hour",),
    preview="hour",
)
