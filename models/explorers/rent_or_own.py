"""Chapter 3: a contract for each server, the cost over years, and where two clouds beat one."""

import numpy as np

from models.cloud.deployment.both import PORTING, RATIOS, Both, Region, both, worthless_from
from models.cloud.deployment.burst import PEAK, Burst
from models.cloud.deployment.contracts import Mix, Offers, mix
from models.cloud.deployment.total_cost import (
    KILO,
    MONTHS,
    RentOrOwn,
    Totals,
    by_size,
    total_cost,
)
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact

DASHES = ("solid", "dash", "dot", "dashdot")  # contracts differ by their line, not their hue
SYMBOLS = ("circle", "square-open", "diamond-open", "x-thin-open")
SIZES = np.unique(np.geomspace(1, 10_000, 25).round().astype(int))  # servers
COST = (0.0, 1.2)  # $/h of a server, on the axis


def draw_mix(result: Mix) -> Figure:
    """Contracts over the busy share; below, each server's share and the contract it gets."""
    busy = np.linspace(0.0, 1.0, 11)
    lines = [
        figures.reference(100 * busy, contract.cost(busy), contract.name)
        | {"line": {"color": var("ink"), "width": 2, "dash": DASHES[i]}}
        for i, contract in enumerate(result.contracts)
    ]
    return figures.figure(
        [*lines, *(_bought(result, i) for i in range(len(result.contracts)))],
        figures.axis("Busy share of a server, %", (0, 100), domain=[0, 0.44]),
        figures.axis("Cost of a server, $/h", COST),
        xaxis2=figures.axis("Server, busiest first", (0, PEAK), domain=[0.57, 1], anchor="y2"),
        yaxis2=figures.axis("Busy, % of the time", (0, 105), anchor="x2"),
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        phone=_STACKED | {"height": 620},
    )


def _bought(result: Mix, index: int) -> Trace:
    """The servers that get a contract, by their busy share."""
    chosen = result.chosen == index
    name = result.contracts[index].name
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [int(n) + 1 for n in np.flatnonzero(chosen)],
        "y": figures.numbers(np.round(100 * result.usage[chosen])),
        "name": name,
        "showlegend": False,
        "marker": {"color": var("ink"), "size": 7, "symbol": SYMBOLS[index]},
        "hovertemplate": f"server %{{x}}: %{{y}} % busy, {name}<extra></extra>",
        "xaxis": "x2",
        "yaxis": "y2",
    }


def describe_mix(result: Mix) -> str:
    """In words what the figure shows."""
    counts = ", ".join(f"{result.count(c.name)} {c.name}" for c in result.contracts)
    return (
        f"Of {len(result.usage)} servers, busy from {100 * result.usage[0]:.0f} % of the time down "
        f"to {100 * result.usage[-1]:.0f} %, the cheapest contracts are: {counts}."
    )


_STACKED = {
    "xaxis": {"domain": [0, 1]},
    "xaxis2": {"domain": [0, 1]},
    "yaxis": {"domain": [0.6, 1]},
    "yaxis2": {"domain": [0, 0.4]},
}

contracts_explorer = Explorer(
    name="contracts",
    title="A contract for each server",
    model=mix,
    parameters=Offers,
    picture=draw_mix,
    alt=describe_mix,
    controls=("discount", "interruptible"),
    more=("own", "demand", "spot", "lost", "shape"),
    preview="interruptible",
)


def draw_totals(result: Totals) -> Figure:
    """What a server has cost by each month, and what its hour costs in fleets of any size."""
    p = result.parameters
    years = np.arange(result.own.size)[::3] / MONTHS
    paid = {"Own": result.own, "On demand": result.demand, "Reserved": result.reserved}
    left = [
        figures.run(years, total[::3] / KILO / p.servers, name) | _line(i)
        for i, (name, total) in enumerate(paid.items())
    ]
    right = [
        figures.run(SIZES, by_size(p, SIZES), "Own", showlegend=False) | _line(0),
        figures.reference(SIZES[[0, -1]], [result.hour("demand")] * 2, "On demand") | _line(1),
        figures.reference(SIZES[[0, -1]], [result.hour("reserved")] * 2, "Reserved") | _line(2),
        figures.mark(p.servers, result.hour("own"), f"${result.hour('own'):.2f}")
        | {"textposition": "top right"},
    ]
    return figures.figure(
        [*left, *(trace | {"xaxis": "x2", "yaxis": "y2", "showlegend": False} for trace in right)],
        figures.axis("Years", (0, 10), domain=[0, 0.44]),
        figures.axis("Paid for a server, k$", (0, 40)),
        xaxis2=figures.axis("Servers at the peak", (1, 10_000), "log", anchor="y2", dtick=1)
        | {"domain": [0.57, 1]},
        yaxis2=figures.axis("A server at hand, $/h", (0.1, 20), "log", anchor="x2", dtick=1),
        phone=_STACKED | {"height": 620},
    )


def _line(index: int) -> Trace:
    """Own solid, on demand dashed, reserved dotted."""
    return {"mode": "lines", "line": {"color": var("ink"), "width": 2.5, "dash": DASHES[index]}}


def describe_totals(result: Totals) -> str:
    """In words what the figure shows."""
    p = result.parameters
    own, demand, reserved = (x[-1] / KILO for x in (result.own, result.demand, result.reserved))
    return (
        f"{p.servers:,} servers, {p.busy:.0f} % busy, for {p.years} years: owned "
        f"{own:,.0f} k$, on demand {demand:,.0f} k$, reserved {reserved:,.0f} k$."
    )


years_explorer = Explorer(
    name="rent-or-own",
    title="Rent or own, over the years",
    model=total_cost,
    parameters=RentOrOwn,
    picture=draw_totals,
    alt=describe_totals,
    controls=("servers", "busy"),
    more=("years", "public", "price", "salary", "per_person"),
)


def _truth() -> Fact:
    return Fact("Worth nothing from a porting time of", worthless_from(Burst()), "h", 2)


porting_hours = Prediction(
    name="porting-hours",
    question=(
        "With work that is at home in both clouds at once, owning some servers and renting the "
        "rest saves about a quarter. Now let it take some time, at the beginning of each day's "
        "ten office hours, until the rented servers are of use. From how many hours on is the "
        "whole saving gone? (A server that is missing for an hour loses $5.)"
    ),
    truth=_truth,
    because=(
        "The saving per server and day is small, and paid back by the loss in the first hours of "
        "each office day. The rent is due in those hours as well."
    ),
    low=0,
    high=24,
    near=0.5,
    misconceptions=(
        Misconception(
            10,
            "As long as the burst",
            "that is when renting serves nothing at all. The saving is gone long before, because "
            "owning was only a little dearer than renting for ten hours.",
            within=2,
        ),
        Misconception(
            5,
            "Half of the burst",
            "half of the hours served does not mean half of the saving: each hour without a server "
            "loses more than twelve hours of owning one.",
            within=1.5,
        ),
    ),
)


def draw_region(result: Region) -> Figure:
    """A dot a setting, the larger the more both save; crosses where they save nothing."""
    hours, ratios = (axis.ravel() for axis in np.meshgrid(_rows(), RATIOS, indexing="ij"))
    saved, worth = result.benefit.ravel(), result.worth.ravel()
    hover = "price %{x} times, %{customdata}<extra></extra>"
    told = [
        f"porting {h:g} h: saves {100 * s:.0f} %"
        for h, s in zip(np.repeat(PORTING, RATIOS.size), saved, strict=True)
    ]
    dots = {"type": "scatter", "mode": "markers", "hovertemplate": hover}
    return figures.figure(
        [
            dots
            | {
                "x": figures.numbers(ratios[mask]),
                "y": figures.numbers(hours[mask]),
                "customdata": [text for text, yes in zip(told, mask, strict=True) if yes],
                "marker": marker,
                "name": name,
            }
            for name, mask, marker in (
                (
                    "Both save",
                    worth,
                    {"color": var("ink"), "size": _sizes(saved[worth]), "opacity": 1},
                ),
                (
                    "Both save nothing",
                    ~worth,
                    {"color": var("muted"), "size": 9, "symbol": "x-thin-open"},
                ),
            )
        ],
        figures.axis(
            "Public price, times one's own", (0.4, 13), "log", tickvals=[0.5, 1, 2, 4, 10]
        ),
        figures.axis(
            "Porting time, h",
            (0.08, 26),
            "log",
            tickvals=_rows().tolist(),
            ticktext=[f"{h:g}" for h in PORTING],
        ),
    )


def _rows() -> np.ndarray:
    """Porting times on a logarithmic axis, where none has a place of its own below the others."""
    return np.where(PORTING > 0, PORTING, PORTING[1] / 2)


def _sizes(saved: np.ndarray) -> list[float | None]:
    return figures.numbers(np.round(6 + 40 * np.sqrt(saved) / 2, 1))


def describe_region(result: Region) -> str:
    """In words what the figure shows."""
    best = np.unravel_index(result.benefit.argmax(), result.benefit.shape)
    return (
        f"Own and public together save something in {100 * result.worth.mean():.0f} % of the "
        f"settings, most ({100 * result.benefit.max():.0f} %) at {RATIOS[best[1]]:g} times the own "
        f"price and {PORTING[best[0]]:g} h of porting; from {PORTING[-2]:g} h on in "
        f"{100 * result.worth[-2:].mean():.0f} %."
    )


both_map = Explorer(
    name="own-public-or-both",
    title="Where two clouds beat one",
    model=both,
    parameters=Both,
    picture=draw_region,
    alt=describe_region,
    controls=("missing", "shape"),
    more=("ahead", "own"),
    presets={"By forecast": {"ahead": True}, "Two launches": {"shape": "launch"}},
    preview="shape",
    guard=porting_hours.name,
)
