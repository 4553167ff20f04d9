"""Chapter 8: four generations of hardware under one guest, their exits and what those cost."""

from functools import cache

from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.performance.generations import (
    CLASSES,
    WORKLOADS,
    Generations,
    Guest,
    generations,
)

#: Exits are the hypervisor's work, so they have its hue; a class is told by its pattern.
PATTERNS = {
    "kernel": "",
    "system calls": "/",
    "page tables": "x",
    "timer": "|",
    "devices": "-",
    "calls": ".",
}
ROWS = {"translation": "Translation", "first": "First", "second": "Second", "third": "Third"}
ADDED = (0.01, 1e6)  # per cent, on the picture's axis
SEEN = 0.002  # of the picture's width: a smaller part would be a line in the legend alone
NOTICEABLE = 0.25  # a change of the time lost by less is none


@cache
def asked() -> Generations:
    """The run that the prediction asks for."""
    return generations(Guest())


def _truth() -> str:
    """How the time lost changes from binary translation to the first generation."""
    lost = asked().lost
    before, after = lost["translation"], lost["first"]
    ratio, exits_ratio = (after.mid or 0.0) / (before.mid or 1.0), after.total / before.total
    if ratio > 1 + NOTICEABLE:
        return "rises"
    if ratio > 1 - NOTICEABLE:
        return "stays"
    return "in step" if abs(ratio / exits_ratio - 1) <= NOTICEABLE else "more"


def _question() -> str:
    lost = asked().lost
    return (
        "A guest forks, and forks again. With binary translation it leaves for its hypervisor "
        f"{lost['translation'].total:.1f} times in 1,000 instructions. Then, in 2005, comes a "
        "processor with a mode made for guests. On it the same guest leaves "
        f"{lost['first'].total:.1f} times. What becomes of the time that the guest loses?"
    )


mode_for_guests = Prediction(
    name="mode-for-guests",
    question=_question,
    truth=_truth,
    because=(
        "It leaves less often, and each time it pays more: the processor saves and loads a whole "
        "machine's state, where translated code calls a few lines and goes on."
    ),
    options={
        "in step": "It falls as the exits do",
        "more": "It nearly vanishes: the hardware does it now",
        "stays": "It stays about the same",
        "rises": "It rises",
    },
    misconceptions=(
        Misconception(
            "in step",
            "An exit is an exit",
            "this counts exits and forgets the price of one. The two hypervisors do not pay the "
            "same price.",
        ),
        Misconception(
            "more",
            "Hardware is faster than software",
            "at what it does. This hardware runs a guest's kernel; the page tables, which a fork "
            "is made of, it left to software.",
        ),
        Misconception(
            "stays",
            "Fewer, but dearer, and it comes out even",
            "the direction is right. How much dearer one is, somebody measured.",
        ),
    ),
)


def draw(result: Generations) -> Figure:
    """Exits by class over the added time with its band; a row a generation."""
    p = result.parameters
    most = max(max(one.total for one in result.lost.values()) * 1.08, 0.005)
    names = [f"<b>{ROWS[g]}</b>" if g == p.generation else ROWS[g] for g in ROWS]
    rows: Trace = {
        "tickvals": list(range(len(ROWS))), "ticktext": names, "showgrid": False, "ticks": "",
        "zeroline": False, "showline": False,
    }  # fmt: skip
    span = (len(ROWS) - 0.45, -0.55)
    return figures.figure(
        [*_bars(result), _band(result), _figures_to_use(result), _missing(result)],
        figures.axis("Exits per 1,000 instructions", (0, most), domain=[0, 1], anchor="y"),
        figures.axis("", span, domain=[0.6, 1], **rows),
        xaxis2=figures.axis(
            "Time added, %", ADDED, "log", anchor="y2",
            tickvals=[0.01, 1, 100, 1e4, 1e6], ticktext=["0.01", "1", "100", "10,000", "10⁶"],
        ),
        yaxis2=figures.axis("", span, domain=[0, 0.36], anchor="x2", **rows),
        barmode="stack",
        height=470,
        margin={"l": 92, "r": 14, "t": 10, "b": 96},
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top", "font": {"size": 13}},
        phone={"height": 560, "margin": {"l": 84, "r": 8, "t": 8, "b": 150}},
    )  # fmt: skip


def _bars(result: Generations) -> list[Trace]:
    most = max(lost.total for lost in result.lost.values())
    return [
        {
            "type": "bar",
            "orientation": "h",
            "name": name.capitalize(),
            "y": list(range(len(ROWS))),
            "x": figures.numbers(result.lost[g].exits[name] for g in ROWS),
            "width": 0.62,
            "marker": {
                "color": var("host-kernel"),
                "line": {"color": var("host-kernel-line"), "width": 1.5},
                "pattern": {
                    "shape": PATTERNS[name], "bgcolor": var("host-kernel"),
                    "fgcolor": var("host-kernel-label"), "size": 7,
                },
            },
            "hovertemplate": f"{name}: %{{x:.4g}}<extra></extra>",
        }
        for name in CLASSES
        if any(result.lost[g].exits[name] > SEEN * most for g in ROWS)
    ]  # fmt: skip


def _there(result: Generations) -> list[tuple[int, float, float, float]]:
    """Row, and low, mid and high in per cent, of what was built."""
    found = []
    for row, name in enumerate(ROWS):
        lost = result.lost[name]
        if lost.low is not None and lost.mid is not None and lost.high is not None:
            low, mid, high = (max(100 * v, ADDED[0]) for v in (lost.low, lost.mid, lost.high))
            found.append((row, low, mid, high))
    return found


def _band(result: Generations) -> Trace:
    x: list[float | None] = []
    y: list[int | None] = []
    for row, low, _, high in _there(result):
        x += [*figures.numbers([low, high]), None]
        y += [row, row, None]
    return {
        "type": "scatter", "mode": "lines", "name": "Band of the costs", "xaxis": "x2",
        "yaxis": "y2", "x": x, "y": y, "line": {"color": var("band"), "width": 15},
        "hoverinfo": "skip",
    }  # fmt: skip


def _figures_to_use(result: Generations) -> Trace:
    there = _there(result)
    return figures.run(
        [mid for _, _, mid, _ in there],
        [row for row, *_ in there],
        "Time added",
        mode="markers",
        marker={"size": 11, "color": var("ink")},
        xaxis="x2",
        yaxis="y2",
        meta="",  # a ghost is a line, and these are no series
        hovertemplate="%{x:,.3g} %<extra></extra>",
    )


def _missing(result: Generations) -> Trace:
    """A word where a generation was not built yet; a trace, since previews keep the layout."""
    built = {row for row, *_ in _there(result)}
    rows = [row for row in range(len(ROWS)) if row not in built]
    return {
        "type": "scatter", "mode": "text", "xaxis": "x2", "yaxis": "y2", "y": rows,
        "x": [1.3 * ADDED[0]] * len(rows), "text": ["not built yet"] * len(rows),
        "textposition": "middle right", "textfont": {"color": var("muted"), "size": 14},
        "hoverinfo": "skip", "showlegend": False, "name": "Not built yet",
    }  # fmt: skip


def describe(result: Generations) -> str:
    """In words what the figure shows."""
    p = result.parameters
    told = "; ".join(
        f"{ROWS[name].lower()} {lost.total:.3g} exits per 1,000 instructions, "
        + ("not built yet" if lost.mid is None else f"{100 * lost.mid:,.3g} % of time added")
        for name, lost in result.lost.items()
    )
    costs = Guest.declared("costs").choices[p.costs]
    return f"{WORKLOADS[p.workload]}, at the costs of {costs}: {told}."


generations_explorer = Explorer(
    name="generations",
    title="Four generations of hardware, one guest",
    model=generations,
    parameters=Guest,
    picture=draw,
    alt=describe,
    controls=("generation", "workload", "costs"),
    more=("ticks", "gigahertz", "cpi"),
    presets={
        "2006, fork": {"generation": "first", "workload": "fork", "costs": "2006"},
        "2006, system calls": {"generation": "first", "workload": "syscall", "costs": "2006"},
        "2020, a disk": {"generation": "third", "workload": "disk", "costs": "2020"},
    },
    preview="costs",
    guard=mode_for_guests.name,
)
