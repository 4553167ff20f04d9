"""Chapter 1, 'Scatter-gather': how finely to cut a job."""

import heapq
from collections.abc import Iterable
from typing import Any

import numpy as np

from models.cloud.how_finely import JOB, Cut, Cuts, coarsely, how_finely, soonest
from models.cloud.scatter_gather import Spread
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact
from models.performance.queueing.erlang import Floats

LANES, LAST = 36, 6  # machines drawn: evenly chosen, and those of the last tasks to end
TASKS, SECONDS = (1.0, 1e5), (10.0, 1e4)  # the axes of the curve


def _truth() -> Fact:
    return Fact("Finished soonest with", soonest(), "tasks")


how_many_tasks = Prediction(
    name="how-many-tasks",
    question=(
        "One machine needs an hour for a job. The job can be cut into as many equal tasks as you "
        "like, and there is a machine for every task. Handing out one task takes a tenth of a "
        "second. Into how many tasks should the job be cut to be finished soonest?"
    ),
    truth=_truth,
    because=(
        "More tasks make each of them shorter, and the handing out longer. The best cut is where "
        "both take equally long; beyond it, every further machine makes the job finish later."
    ),
    low=1,
    high=1_000_000,
    near=40,
    misconceptions=(
        Misconception(
            36_000,
            "Tasks as short as their hand-out",
            "a tenth of a second each, but handing out 36,000 of them takes an hour. The job ends "
            "no sooner than on one machine.",
            within=5_000,
        ),
        Misconception(
            3_600,
            "A second each",
            "the machines would need one second, but the last one gets its task only after six "
            "minutes.",
            within=600,
        ),
        Misconception(
            1_000_000,
            "As many as possible",
            "a cut costs something each time, so 'countless' tasks take for ever to hand out.",
            within=940_000,
        ),
    ),
)


def draw(cuts: Cuts) -> Figure:
    """One run, machine by machine, beside the makespan of every cut."""
    return figures.figure(
        [*_one_run(cuts.spread), *_every_cut(cuts)],
        figures.axis("Time, % of the whole", (0, 100), domain=[0, 0.42], nticks=5),
        figures.axis("Machines", (-0.14, 1), showticklabels=False, ticks="", showgrid=False),
        xaxis2=figures.axis("Tasks", TASKS, "log", **_TICKS, domain=[0.58, 1], anchor="y2"),
        yaxis2=figures.axis("Finished after, s", SECONDS, "log", **_TICKS, anchor="x2"),
        showlegend=False,
        barmode="overlay",
        phone=_PHONE,
    )


def describe(cuts: Cuts) -> str:
    """In words what the figure shows."""
    p, spread = cuts.parameters, cuts.spread
    beyond = ", and rises beyond them" if cuts.best < cuts.tasks[-1] else ""
    return (
        f"With {p.tasks:,} tasks the hour of work is finished after "
        f"{spread.makespan.mean():,.1f} s, and {100 * spread.useful.mean():.0f} % of the machines' "
        f"time is useful work. The curve falls until about {cuts.best:,} tasks, where it is "
        f"{cuts.mean.min():,.1f} s{beyond}."
    )


def _one_run(spread: Spread) -> list[Trace]:
    """The first run: at the foot the master, above it every machine's tasks, evenly chosen."""
    job, whole = spread.job, float(spread.makespan[0])
    cut, handed = job.serial * job.work, job.serial * job.work + job.overhead * job.tasks
    starts, ends, backed = spread.starts[:, 0], spread.ends[:, 0], spread.backed[:, 0]
    lanes = machine_of(ends, min(job.machines, job.tasks))
    even = np.linspace(0, lanes.max(), LANES).astype(int)
    drawn = np.union1d(even, lanes[np.argsort(ends)[-LAST:]])
    height = 1 / len(drawn)
    traces = [
        _bars([0.0], [cut], whole, [-0.08], 0.07, "The part that cannot be cut", _SOLID),
        _bars([cut], [handed], whole, [-0.08], 0.07, "The master hands out", _STRIPED),
    ]
    for which, name, marker in ((~backed, "A task", _SOLID), (backed, "Had a backup", _HATCHED)):
        own = np.flatnonzero(which & np.isin(lanes, drawn))
        middle = (np.searchsorted(drawn, lanes[own]) + 0.5) * height
        traces.append(_bars(starts[own], ends[own], whole, middle, 0.8 * height, name, marker))
    return [trace for trace in traces if trace["x"]]


def machine_of(ends: Floats, machines: int) -> np.ndarray:
    """Which machine each task ran on, in the order of handing out: the one free longest."""
    free = [(0.0, machine) for machine in range(machines)]
    lanes = np.empty(len(ends), int)
    for task, end in enumerate(ends):
        lanes[task] = free[0][1]
        heapq.heapreplace(free, (float(end), int(lanes[task])))
    return lanes


def _bars(
    starts: Iterable[float],
    ends: Iterable[float],
    whole: float,
    middle: Iterable[float],
    height: float,
    name: str,
    marker: dict[str, Any],
) -> Trace:
    """Bars from start to end, in per cent of the whole."""
    begin = 100 * np.asarray(starts) / whole
    return {
        "type": "bar",
        "orientation": "h",
        "base": figures.numbers(begin),
        "x": figures.numbers(100 * np.asarray(ends) / whole - begin),
        "y": figures.numbers(middle),
        "width": float(f"{height:.4g}"),
        "name": name,
        "marker": marker,
        "hovertemplate": f"{name}<extra></extra>",
    }


def _every_cut(cuts: Cuts) -> list[Trace]:
    """Makespans, the two bounds that make the curve, and the chosen cut."""
    p, place = cuts.parameters, {"xaxis": "x2", "yaxis": "y2"}
    work, alone = JOB * (1 - p.serial), JOB * p.serial
    ends = np.array(TASKS)
    both = np.geomspace(*TASKS, 21)
    split = alone + work / np.minimum(both, p.machines)
    slow = figures.reference(cuts.tasks, cuts.slow, "The slowest in 20")
    here = float(cuts.spread.makespan.mean())
    curves = [
        figures.reference(ends, alone + p.overhead * ends, "Handing out alone"),
        figures.reference(both, split, "The work alone"),
        slow | {"line": slow["line"] | {"dash": "solid"}},
        figures.run(cuts.tasks, cuts.mean, "Finished after") | {"mode": "lines"},
        figures.mark(p.tasks, here, f"{here:,.0f} s", textposition="top right", cliponaxis=False),
    ]
    if p == Cut(tasks=p.tasks):
        curves.append(_guess())
    return [curve | place for curve in curves]


def _guess() -> Trace:
    """The reader's prediction as a dashed line; the page fills in where it stands."""
    low, high = SECONDS
    line = figures.prediction([1, 1, 1], [low, 1_000, high])
    line |= {"text": ["", " you", ""], "textposition": "middle right", "mode": "lines+markers+text"}
    line["marker"] |= {"size": [0, 12, 0]}
    return line | {"meta": {"guess": {"name": how_many_tasks.name, "along": "x", "factor": 1}}}


_SOLID = {"color": var("ink"), "line": {"width": 0}}
_STRIPED = {
    "color": "rgba(0,0,0,0)",
    "line": {"width": 1, "color": var("muted")},
    "pattern": {"shape": "|", "fgcolor": var("muted"), "size": 5},
}
_HATCHED = {
    "color": "rgba(0,0,0,0)",
    "line": {"width": 1, "color": var("ink")},
    "pattern": {"shape": "/", "fgcolor": var("ink"), "size": 6},
}
_TICKS = {"dtick": 1, "tickformat": "~s"}
_PHONE = {
    "height": 600,
    "xaxis": {"domain": [0, 1]},
    "xaxis2": {"domain": [0, 1]},
    "yaxis": {"domain": [0.62, 1]},
    "yaxis2": {"domain": [0, 0.44]},
}

scatter_gather = Explorer(
    name="scatter-gather",
    title="How finely to cut an hour of work?",
    model=how_finely,
    draft=coarsely,
    parameters=Cut,
    picture=draw,
    alt=describe,
    controls=("tasks", "overhead", "slowness"),
    more=("machines", "serial", "patience", "failure", "seed"),
    presets={
        "Ten machines": {"machines": 10, "tasks": 10, "slowness": "pareto"},
        "One in a hundred is slow": {"slowness": "few", "tasks": 190},
        "The same, with backups": {"slowness": "few", "tasks": 190, "patience": 1.5},
    },
    preview="tasks",
    guard=how_many_tasks.name,
)
