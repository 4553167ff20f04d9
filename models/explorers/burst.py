"""Chapter 3: the burst planner, own servers and a public cloud for what exceeds them."""

import math
from dataclasses import replace

import numpy as np

from models.cloud.deployment.burst import MOST, Burst, Plan, plan
from models.cloud.deployment.load import Floats
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact

ASKED = Burst()  # the setting of the prediction
POINTS = 168  # of a line over time: of two weeks one in two hours
COST = (0.0, 60.0)  # $/h, on the picture's axis


def _truth() -> Fact:
    return Fact("Own servers of the cheapest plan", plan(ASKED).best, "servers")


own_servers = Prediction(
    name="own-servers",
    question=(
        "A service keeps 100 servers busy in office hours, ten hours on each working day, and "
        "about 20 at all other times. A server of your own costs $0.40 an hour, used or not. A "
        "rented one is two and a half times as dear, $1.00, but only while you use it. How many "
        "of the 100 should you own to pay least?"
    ),
    truth=_truth,
    because=(
        "An own server has to be busy for 40% of the time to be worth its price. Office hours are "
        "30% of the week, so only the servers that are busy at night, too, deserve to be bought."
    ),
    low=0,
    high=120,
    near=4,
    misconceptions=(
        Misconception(
            100,
            "All of them",
            "owning is cheaper by the hour, but four in five of these servers would stand idle "
            "for 70% of the hours, and idle hours of your own cost as much as busy ones.",
            within=15,
        ),
        Misconception(
            38,
            "The average",
            "the mean demand says nothing about a single server. Ask of each one how much of the "
            "time it would be busy: hardly any is busy for just the middle share of it.",
            within=8,
        ),
        Misconception(
            60,
            "The middle",
            "the price ratio does decide, but not as a share of the servers: as a share of the "
            "time for which a server is busy.",
            within=12,
        ),
    ),
)


def draw(result: Plan) -> Figure:
    """Two weeks of demand and who serves it; what each number of own servers would cost."""
    return draw_plan(result, MOST, COST)


def draw_plan(result: Plan, most: float, cost: tuple[float, float]) -> Figure:
    """A plan for any demand, with axes up to `most` servers and over a span of costs."""
    days = result.load.servers.size * result.load.hours / 24
    return figures.figure(
        [*_over_time(result), *_curves(result, most, cost)],
        figures.axis("Day", (0, days), domain=[0, 0.52], dtick=_tick(days)),
        figures.axis("Servers", (0, most)),
        xaxis2=figures.axis("Own servers", (0, most), domain=[0.64, 1], anchor="y2", nticks=4),
        yaxis2=figures.axis("Cost, $/h", cost, anchor="x2"),
        showlegend=False,
        phone=_PHONE,
    )


def describe(result: Plan) -> str:
    """In words what the figure shows."""
    f, wanted = result.flows, result.load.mean
    own, public, missing = (100 * float(x.mean()) / wanted for x in (f.own, f.public, f.missing))
    return (
        f"{result.base:.0f} own servers take {own:.0f} % of the work, rented ones {public:.0f} %, "
        f"and {missing:.1f} % is missing. The cost falls from "
        f"{result.hybrid.total[0]:.1f} $/h without own servers to {result.hybrid.total.min():.1f} "
        f"with {result.best:.0f}, and rises to {result.hybrid.total[-1]:.1f} with {MOST}."
    )


def drawn(values: Floats) -> Floats:
    """At most POINTS means of neighbours: what a picture can show."""
    group = -(-values.size // POINTS)
    return values[: values.size // group * group].reshape(-1, group).mean(axis=1)


def _over_time(result: Plan) -> list[Trace]:
    """Own, rented and missing work on top of each other, and the line of one's own servers."""
    f = result.flows
    digits = 0 if result.load.peak >= 20 else 2
    own, served, wanted = (
        np.round(drawn(x), digits) for x in (f.own, f.own + f.public, result.load.servers)
    )
    days = result.load.servers.size * result.load.hours / 24
    day = days / own.size
    return [
        _line(own, day, "busy at home") | {"fill": "tozeroy", "fillcolor": var("band")},
        _line(served, day, "served, here or there") | _filled("/"),
        _line(wanted, day, "wanted") | _filled("."),
        figures.reference([0, days], [result.base] * 2, "Own servers", mode="lines"),
    ]


def _tick(days: float) -> int:
    """Days between two ticks: one, a week, or some weeks."""
    return 1 if days < 8 else 7 * math.ceil(days / 28)


def _line(values: Floats, day: float, name: str) -> Trace:
    """A line over days; x by its start and step alone, which keeps the page small."""
    return {
        "type": "scatter",
        "x0": 0,
        "dx": float(f"{day:.6g}"),
        "y": figures.numbers(values),
        "name": name,
        "mode": "lines",
        "line": {"color": var("ink"), "width": 1},
        "hovertemplate": f"%{{y}} servers {name}<extra></extra>",
    }


def _filled(shape: str) -> Trace:
    pattern = {"shape": shape, "fgcolor": var("ink"), "bgcolor": "rgba(0,0,0,0)", "size": 6}
    return {"fill": "tonexty", "fillpattern": pattern}


def _curves(result: Plan, most: float, cost: tuple[float, float]) -> list[Trace]:
    """Cost against own servers, with and without bursting, and the pure plans."""
    place = {"xaxis": "x2", "yaxis": "y2"}
    some = result.capacities[::4]
    hover = "%{x} own servers: %{y:.1f} $/h<extra></extra>"
    together = figures.run(some, result.hybrid.total[::4], "With bursting", hovertemplate=hover)
    together |= {"mode": "lines"}
    alone = figures.reference(some, result.alone.total[::4], "Without a public cloud")
    rented = figures.reference([0, most], [result.public_alone] * 2, "Public alone")
    here = float(result.here.total[0])
    traces = [alone, rented, together]
    if result.parameters and replace(result.parameters, base=ASKED.base) == ASKED:
        traces.append(_guess())
    mark = figures.mark(result.base, min(here, cost[1]), f"${here:,.1f}", cliponaxis=False)
    traces.append(mark | {"textposition": f"{'top' if here < 0.9 * cost[1] else 'bottom'} center"})
    return [trace | place for trace in traces]


def _guess() -> Trace:
    """The reader's prediction as a dashed line; the page fills in where it stands."""
    line = figures.prediction([0, 0, 0], [COST[0], 3, COST[1]])
    line |= {"text": ["", " you", ""], "textposition": "middle right", "mode": "lines+markers+text"}
    line["marker"] |= {"size": [0, 12, 0]}
    return line | {"meta": {"guess": {"name": own_servers.name, "along": "x", "factor": 1}}}


_PHONE = {
    "height": 560,
    "xaxis": {"domain": [0, 1]},
    "xaxis2": {"domain": [0, 1]},
    "yaxis": {"domain": [0.6, 1]},
    "yaxis2": {"domain": [0, 0.42]},
}

burst_planner = Explorer(
    name="burst-planner",
    title="Burst planner: how many servers of your own?",
    model=plan,
    parameters=Burst,
    picture=draw,
    alt=describe,
    controls=("base", "public", "porting"),
    more=("shape", "own", "missing", "egress", "ahead"),
    presets={
        "Web shop": {"shape": "shop", "base": 40},
        "Two launches": {"shape": "launch", "base": 10},
        "Three hours to port": {"base": 19, "porting": 3.0},
    },
    preview="base",
    guard=own_servers.name,
)
