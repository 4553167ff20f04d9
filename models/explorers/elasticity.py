"""Chapter 2.4, rapid elasticity: 'Too late', its map, and the policies."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.cloud.demand import PATTERNS, Floats, Pattern, demand
from models.cloud.elasticity import elasticity
from models.cloud.fluid import fluid
from models.cloud.outcome import Outcome
from models.cloud.scaling import POLICIES, Scaler
from models.cloud.too_late import (
    BOOTS,
    BURSTS,
    USELESS,
    Race,
    TooLate,
    prevented_map,
    too_late,
    too_late_fluid,
    useless_from,
)
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

SHORTEST_WAIT = 0.1  # s: where the wait's logarithmic axis begins
STRIP = {"xaxis": "x", "yaxis": "y2"}


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
            *_fleet(e),
            _steps(e.interval, n.ready.mean(axis=1), "Doing nothing") | _THIN,
            *_strip(e, "Wait, 99th percentile"),
            _strip(n, "Doing nothing")[0] | _THIN,
            _odometer(bills, 44, e.seconds),
        ],
        figures.axis("Minutes", (0, e.seconds / 60), domain=[0, 1], anchor="y2"),
        figures.axis("Servers", (0, 48), domain=[0.36, 1]),
        yaxis2=_wait_axis(),
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


def _fleet(outcome: Outcome) -> list[Trace]:
    """Areas between demand and capacity, and the capacity as a step line."""
    demand, ready = outcome.offered.mean(axis=1), outcome.ready.mean(axis=1)
    met = np.minimum(demand, ready)
    step = outcome.interval
    return [
        _steps(step, met, "Demand met") | {"fill": "tozeroy", "fillcolor": var("band")} | _BARE,
        _steps(step, demand, "Demand not met") | _filled("/") | _BARE,
        _steps(step, met, "Demand met") | _BARE,
        _steps(step, ready, "Servers that are ready") | _filled(".") | {"meta": "ghost"},
    ]


def _steps(interval: float, values: Floats, name: str) -> Trace:
    """A step line over minutes; x by its start and step alone, which keeps the page small."""
    return {
        "type": "scatter",
        "x0": 0,
        "dx": float(f"{interval / 60:.6g}"),
        "y": figures.numbers(np.round(values, 1)),
        "name": name,
        "mode": "lines",
        "line": {"color": var("ink"), "width": 2.5, "shape": "hv"},
        "hovertemplate": f"%{{y}} {name}<extra></extra>",
    }


def _filled(shape: str) -> Trace:
    pattern = {"shape": shape, "fgcolor": var("muted"), "bgcolor": "rgba(0,0,0,0)", "size": 7}
    return {"fill": "tonexty", "fillpattern": pattern}


_BARE = {"line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip", "hovertemplate": None}
_THIN = {"line": {"color": var("muted"), "width": 1.5, "dash": "dot", "shape": "hv"}}


def _strip(outcome: Outcome, name: str) -> list[Trace]:
    """The 99th percentile of the wait by the interval of arrival."""
    late = np.maximum(outcome.quantile_by_arrival(0.99), SHORTEST_WAIT)
    line = _steps(outcome.interval, late, name) | STRIP
    return [line | {"hovertemplate": f"%{{y}} s {name}<extra></extra>"}]


def _wait_axis() -> Trace:
    ticks = {"tickvals": [0.1, 1, 10, 100], "ticktext": ["≤ 0.1", "1", "10", "100"]}
    return figures.axis("Wait, s", (SHORTEST_WAIT, 1_000), "log", domain=[0, 0.26], **ticks)


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


@dataclass(frozen=True)
class Boundary(Parameters):
    """The reader's line on the map: useless above `start` + `slope` x burst."""

    start: float = parameter(
        0.0, unit="s", low=0.0, high=600.0, step=10.0, label="Your line begins at"
    )
    slope: float = parameter(
        1.0, unit="s per second of burst", low=0.0, high=6.0, step=0.1, label="and rises by"
    )
    target: float = parameter(0.6, low=0.3, high=0.9, step=0.05, label="Target utilisation")
    policy: str = choice("target", POLICIES, label="Policy")


@dataclass(frozen=True)
class Map:
    """Where scaling helps, and where the reader says so.

    Attributes
    ----------
    parameters : Boundary
    prevented : ndarray, shape (bursts, boots)
        Share of violations that scaling prevents, by BURSTS and BOOTS.
    """

    parameters: Boundary
    prevented: Floats

    @property
    def guessed(self) -> np.ndarray:
        """Cells that the reader's line calls useless."""
        line = self.parameters.start + self.parameters.slope * BURSTS
        return line[:, None] <= BOOTS

    @property
    def right(self) -> float:
        """Share of cells on the right side of the reader's line."""
        return float((self.guessed == (self.prevented < USELESS)).mean())

    def facts(self) -> Facts:
        """How good the line is, and where useless begins for three bursts."""
        useless = self.prevented < USELESS
        first = [_first(row) for row in useless]
        return Facts(
            Fact("Settings on the right side of your line", 100 * self.right, "%", 0),
            Fact("Settings where scaling is useless", 100 * float(useless.mean()), "%", 0),
            *(
                Fact(f"Useless for {BURSTS[i]:g} s of burst from a boot delay of", first[i], "s")
                for i in (0, 2, -1)
            ),
            title="The map (a fluid, without chance)",
        )


def _first(useless: np.ndarray) -> float:
    """The boot delay from which a row of the map stays useless."""
    helps = np.flatnonzero(~useless)
    index = helps[-1] + 1 if helps.size else 0
    return float(BOOTS[index]) if index < len(BOOTS) else float("inf")


def boundary(parameters: Boundary) -> Map:
    """The map is computed once for a target and a policy; the line costs nothing."""
    return Map(parameters, prevented_map(parameters.target, parameters.policy, 1))


def draw_map(result: Map) -> Figure:
    """A dot a setting, the larger the more scaling prevents; crosses where it is useless."""
    bursts, boots = (axis.ravel() for axis in np.meshgrid(BURSTS, BOOTS, indexing="ij"))
    share = result.prevented.ravel()
    helps = share >= USELESS
    line = result.parameters.start + result.parameters.slope * BURSTS[[0, -1]]
    hover = "burst %{x} s, boot %{y} s<br>prevents %{customdata} %<extra></extra>"
    dots: dict[str, Any] = {"type": "scatter", "mode": "markers", "hovertemplate": hover}
    return figures.figure(
        [
            dots
            | {
                "x": figures.numbers(bursts[helps]),
                "y": figures.numbers(boots[helps]),
                "customdata": figures.numbers(np.round(100 * share[helps])),
                "marker": {
                    "color": var("ink"),
                    "size": figures.numbers(np.round(4 + 16 * np.sqrt(share[helps]), 1)),
                },
                "name": "Scaling helps",
            },
            dots
            | {
                "x": figures.numbers(bursts[~helps]),
                "y": figures.numbers(boots[~helps]),
                "customdata": figures.numbers(np.round(100 * share[~helps])),
                "marker": {"color": var("muted"), "size": 9, "symbol": "x-thin-open"},
                "name": "Useless",
            },
            figures.prediction(BURSTS[[0, -1]], line, "Your line"),
        ],
        figures.axis("Length of the burst, s", (10, 160)),
        figures.axis("Boot delay, s", (-20, 640)),
    )


def describe_map(result: Map) -> str:
    """In words what the map shows."""
    useless = result.prevented < USELESS
    return (
        f"Scaling is useless in {100 * useless.mean():.0f} % of the settings: from a boot delay "
        f"of {_delay(useless[0])} for a burst of {BURSTS[0]:g} s, and of "
        f"{_delay(useless[-1])} for one of {BURSTS[-1]:g} s. Your line puts "
        f"{100 * result.right:.0f} % of the settings on the right side."
    )


def _delay(useless: np.ndarray) -> str:
    first = _first(useless)
    return f"{first:g} s" if np.isfinite(first) else "none that was tried"


useless_map = Explorer(
    name="useless-map",
    title="Where elasticity is useless: drag your own line",
    model=boundary,
    parameters=Boundary,
    picture=draw_map,
    alt=describe_map,
    controls=("start", "slope"),
    more=("target", "policy"),
)


@dataclass(frozen=True)
class Day(Parameters):
    """A demand of twenty minutes and a policy for it."""

    pattern: str = choice("bursts", PATTERNS, label="Demand")
    policy: str = choice("target", POLICIES, label="Policy")
    boot: float = parameter(
        60.0, unit="s", low=0.1, high=900.0, step=1.0, scale="log", label="Boot delay"
    )
    cooldown: float = parameter(
        120.0, unit="s", low=0.0, high=600.0, step=10.0, label="Cooldown before shrinking"
    )
    maximum: int = parameter(40, unit="servers", low=4, high=60, step=1, label="At most")


def policies(parameters: Day) -> Outcome:
    """Twenty minutes, request by request."""
    return elasticity(*_twenty_minutes(parameters))


def policies_fluid(parameters: Day) -> Outcome:
    """The coarse answer for dragging."""
    scaler, pattern = _twenty_minutes(parameters)
    return fluid([scaler], [pattern])


def _twenty_minutes(p: Day) -> tuple[Scaler, Any]:
    scaler = Scaler(
        policy=p.policy, boot=p.boot, cooldown=p.cooldown, maximum=p.maximum,
        interval=10.0, service=3.0, objective=3.0, minimum=2,
    )  # fmt: skip
    return scaler, demand(Pattern(pattern=p.pattern, rate=1.0, peak=5.0, burst=90.0, seconds=1_200))


def draw_policies(outcome: Outcome) -> Figure:
    """As 'Too late', without a rival."""
    return draw_fleet(outcome, 48)


def draw_fleet(outcome: Outcome, top: float) -> Figure:
    """Demand, capacity and the wait over time, with `top` servers at the upper edge."""
    return figures.figure(
        [*_fleet(outcome), *_strip(outcome, "Wait, 99th percentile")],
        figures.axis("Minutes", (0, outcome.seconds / 60), domain=[0, 1], anchor="y2"),
        figures.axis("Servers", (0, top), domain=[0.36, 1]),
        yaxis2=_wait_axis(),
        showlegend=False,
    )


def describe_policies(outcome: Outcome) -> str:
    """In words what the figure shows."""
    ready = outcome.ready.mean(axis=1)
    return (
        f"The fleet varies between {ready.min():.0f} and {ready.max():.0f} servers and changes "
        f"direction {outcome.turns.mean():.1f} times; {100 * outcome.late.mean():.1f} % of the "
        f"requests wait too long."
    )


policies_explorer = Explorer(
    name="policies",
    title="Four rules for one fleet",
    model=policies,
    draft=policies_fluid,
    parameters=Day,
    picture=draw_policies,
    alt=describe_policies,
    controls=("policy", "pattern"),
    more=("boot", "cooldown", "maximum"),
)
