"""Chapter 8: the TLB against the walk, for a program on the bare board and as a guest."""

from dataclasses import dataclass

from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure
from models.facts import Facts
from models.guests.tlb_reach import MOST
from models.guests.two_stage_reach import (
    STAGES,
    TwoStageReach,
    TwoStageReached,
    expected,
    two_stage_reach,
)

READS = (-0.8, 26)


@dataclass(frozen=True)
class Compared:
    """One setting as a guest's, and the same program on the bare board.

    Attributes
    ----------
    here, bare : TwoStageReached
    """

    here: TwoStageReached
    bare: TwoStageReached

    def facts(self) -> Facts:
        """Of the reader's setting."""
        return self.here.facts()


def compare(parameters: TwoStageReach) -> Compared:
    """Run both."""
    bare = TwoStageReach(parameters.pages, "bare")
    return Compared(two_stage_reach(parameters), two_stage_reach(bare))


def draw(result: Compared) -> Figure:
    """Reads per load over the pages in use: two runs upon the lines that arithmetic gives."""
    pages = range(1, MOST + 1)
    stages = result.here.parameters.stages
    line = {"color": "var(--ink)", "width": 1.5, "dash": "solid"}
    traces = [
        figures.reference(
            pages, [expected(TwoStageReach(n, "bare")) for n in pages], "Bare board, by arithmetic"
        )
    ]
    if stages != "bare":
        traces.append(
            figures.reference(
                pages,
                [expected(TwoStageReach(n, stages)) for n in pages],
                "As a guest, by arithmetic",
                line=line,
                meta="ghost",
            )
        )
    for reached, name, symbol in (
        (result.bare, "Bare board, run", "circle-open"),
        (result.here, "Your setting, run", "circle"),
    ):
        reads = reached.references / reached.loads
        marker = {"size": 13, "symbol": symbol, "color": "var(--ink)", "line": {"width": 2.5}}
        traces.append(
            figures.run([reached.parameters.pages], [reads], name, mode="markers", marker=marker)
            | {"meta": ""}
        )
    return figures.figure(
        traces,
        figures.axis("Pages in use", (0, MOST + 2)),
        figures.axis("Table reads per load", READS),
        phone={"height": 400, "margin": {"l": 50, "r": 8, "t": 10, "b": 130}},
    )


def describe(result: Compared) -> str:
    """In words what the figure shows."""
    here, bare = result.here, result.bare
    p = here.parameters
    return (
        f"{p.pages} pages in use. On the bare board {bare.references / bare.loads:.2f} reads of "
        f"the page table per load. {STAGES[p.stages]}: {here.references / here.loads:.2f}. Up to "
        "16 pages, the entries of the TLB, both are 0."
    )


two_stage_explorer = Explorer(
    name="two-stage-reach",
    title="The TLB against the walk",
    model=compare,
    parameters=TwoStageReach,
    picture=draw,
    alt=describe,
    controls=("pages", "stages"),
    preview="pages",
)
