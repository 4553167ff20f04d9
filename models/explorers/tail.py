"""Chapter 1, the tail at scale: late jobs against the number of their tasks."""

from models.cloud.tail import Late, Tail, tail
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure

#: Dean and Barroso, "The Tail at Scale", CACM 2013: share of slow servers, servers asked, and the
#: share of requests that are late, in per cent.
PUBLISHED = ((0.01, 100, 63.0), (0.0001, 2_000, 18.0))


def draw(result: Late) -> Figure:
    """The formula as a line, the runs as a dot, and what the authors published as squares."""
    p = result.parameters
    known = [(n, late) for share, n, late in PUBLISHED if share == p.share and p.backup == "none"]
    squares = figures.published([n for n, _ in known], [y for _, y in known], [], "Published")
    squares["marker"] |= {"size": 12}
    there = 100 * result.late
    return figures.figure(
        [
            figures.run(result.tasks, 100 * result.expected, "Formula") | {"mode": "lines"},
            *([squares] if known else []),
            figures.mark(p.tasks, there, f"{there:.3g} %", textposition="top left"),
        ],
        figures.axis("Tasks of a job", (1, 2_000), "log", dtick=1, tickformat="~s"),
        figures.axis("Late jobs, %", (0, 105), nticks=6),
        showlegend=False,
        height=320,
        phone={"height": 280},
    )


def describe(result: Late) -> str:
    """In words what the figure shows."""
    p = result.parameters
    return (
        f"Of jobs with {p.tasks:,} tasks, {100 * result.late:.3g} % are late, though only "
        f"{100 * p.each:.3g} % of the tasks are. The line rises from that share to "
        f"{100 * result.expected[-1]:.3g} % at {result.tasks[-1]:,} tasks."
    )


tail_at_scale = Explorer(
    name="tail-at-scale",
    title="The tail at scale",
    model=tail,
    parameters=Tail,
    picture=draw,
    alt=describe,
    controls=("tasks", "backup"),
    more=("share", "seed"),
    preview="tasks",
)
