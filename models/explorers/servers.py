"""Chapter 2: the servers that keep the wait when the customers multiply."""

from typing import Any

from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact
from models.performance.queueing.erlang import Floats
from models.performance.queueing.staffing import Plan, Staffing, staffing

ASKED = Staffing(growth=10.0)  # the setting of the prediction
WAITS = (1e-3, 10.0)  # service times, on the picture's axis
LATE = (0.01, 100.0)  # per cent
SHARE = (50.0, 130.0)  # servers, per cent of growing in proportion


def _truth() -> Fact:
    return staffing(ASKED).facts()["Servers needed"]


ten_times = Prediction(
    name="ten-times",
    question=(
        "A service runs on 10 servers that are busy 80% of the time. It is about to have ten "
        "times the customers. How many servers keep the mean wait as short as it is today?"
    ),
    truth=_truth,
    because=(
        "80 servers' worth of work arrive, and a line before many servers needs few above that: "
        "whichever is free first takes the next customer, so hardly anybody waits."
    ),
    low=1,
    high=1000,
    near=2,
    misconceptions=(
        Misconception(
            100,
            "In proportion",
            "ten times the customers, ten times the servers: that keeps the load at 80%, but the "
            "wait nearly vanishes. You would pay for servers that mostly stand idle.",
            within=5,
        ),
        Misconception(
            80,
            "Fully busy",
            "80 servers can just do the work if it comes evenly. It comes at random, so the line "
            "grows without bound.",
        ),
    ),
)


def draw(plan: Plan) -> Figure:
    """Mean wait and its tail against servers, today's service beside the grown one."""
    waits = (*WAITS, "service times")
    late = (*LATE, "% of customers")
    return figures.figure(
        [
            *_panel(plan, plan.curve.mean, float(plan.then.mean), waits, "x", "y"),
            *_panel(
                plan,
                100 * plan.curve.late(plan.parameters.patience),
                100 * float(plan.then.late(plan.parameters.patience)),
                late, "x2", "y2",
            ),
        ],
        _across("Servers, % of proportional", (0, 0.44)),
        figures.axis("Mean wait, service times", WAITS, "log", **_TICKS),
        xaxis2=_across("Servers, % of proportional", (0.57, 1)) | {"anchor": "y2"},
        yaxis2=figures.axis("Wait too long, % of customers", LATE, "log", **_TICKS)
        | {"anchor": "x2"},
        showlegend=False,
        phone=_PHONE,
    )  # fmt: skip


def describe(plan: Plan) -> str:
    """In words what the figure shows."""
    p = plan.parameters
    customers = f"{p.growth:,.4g} times the customers" if p.growth > 1 else "today's customers"
    return (
        f"With {customers}, {plan.needed:,} servers keep the mean wait "
        f"within today's {float(plan.now.mean):,.3f} service times, {_share(plan, plan.needed):.0f}"
        f"% of growing in proportion; below {_share(plan, _work(plan)):.0f}% the line never ends."
    )


def _panel(
    plan: Plan, curve: Floats, there: float, span: tuple[float, float, str], x: str, y: str
) -> list[Trace]:
    """One quantity against servers: the curve, where no line is stable, and the plan's place."""
    low, high, unit = span
    place = {"xaxis": x, "yaxis": y}
    share = _share(plan, plan.curve.servers)
    edge = _share(plan, _work(plan))
    hover = f"%{{customdata:,}} servers<br>%{{y:.3g}} {unit}<extra></extra>"
    traces = [
        {
            "type": "scatter",
            "x": figures.numbers([SHARE[0], edge, edge, SHARE[0]]),
            "y": figures.numbers([low, low, high, high]),
            "fill": "toself",
            "fillcolor": var("band"),
            "line": {"width": 0},
            "mode": "lines",
            "hoverinfo": "skip",
            "name": "The line never ends",
        } | place,
        figures.run(share, curve, "Grown service") | place | {
            "customdata": [int(c) for c in plan.curve.servers],
            "hovertemplate": hover,
        },
    ]  # fmt: skip
    if y == "y":
        today = float(plan.now.mean)
        traces.append(figures.reference(SHARE, [today, today], "Today's wait"))
        if plan.parameters == ASKED:
            traces.append(_guess(low, high))
    name = f"{plan.needed:,}"
    traces.append(figures.mark(_share(plan, plan.needed), there, name, cliponaxis=False) | place)
    return traces


def _guess(low: float, high: float) -> Trace:
    """The reader's prediction as a dashed line; the page fills in where it stands."""
    line = figures.prediction([0, 0, 0], [low, 3, high])
    line |= {"text": ["", " you", ""], "textposition": "middle right", "mode": "lines+markers+text"}
    line["marker"] |= {"size": [0, 12, 0]}
    factor = 100 / staffing(ASKED).proportional
    return line | {"meta": {"guess": {"name": ten_times.name, "along": "x", "factor": factor}}}


def _share(plan: Plan, servers: Any) -> Any:
    """Servers, one or many, in per cent of growing in proportion."""
    return 100 * servers / (plan.parameters.servers * plan.parameters.growth)


def _work(plan: Plan) -> float:
    """Servers' worth of work that arrive."""
    return float(plan.then.servers * plan.then.load)


def _across(title: str, domain: tuple[float, float]) -> Trace:
    return figures.axis(title, SHARE, domain=list(domain), ticksuffix=" %", nticks=5)


_TICKS = {"dtick": 1, "tickformat": "~g"}
_PHONE = {
    "height": 560,
    "xaxis": {"domain": [0, 1], "title": {"text": ""}},
    "xaxis2": {"domain": [0, 1]},
    "yaxis": {"domain": [0.57, 1]},
    "yaxis2": {"domain": [0, 0.43]},
}

servers = Explorer(
    name="how-many-servers",
    title="How many servers keep the wait?",
    model=staffing,
    parameters=Staffing,
    picture=draw,
    alt=describe,
    controls=("growth", "servers", "load"),
    more=("patience",),
    presets={
        "One counter": {"servers": 1, "load": 0.8, "growth": 10.0},
        "A web shop": {"servers": 10, "load": 0.8, "growth": 10.0},
        "A cloud region": {"servers": 100, "load": 0.8, "growth": 100.0},
    },
    preview="growth",
    guard=ten_times.name,
)
