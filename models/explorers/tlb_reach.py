"""Chapter 6: the TLB against the walk, for a program that goes round and round its pages."""

from dataclasses import dataclass
from functools import cache

from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure
from models.explorers.prediction import Misconception, Prediction
from models.facts import Fact, Facts
from models.guests.tlb_reach import MOST, Reach, Reached, tlb_reach

ASKED = Reach(pages=24)


def _truth() -> Fact:
    return tlb_reach(ASKED).facts()["Loads that miss the TLB"]


tlb_misses = Prediction(
    name="tlb-misses",
    question=(
        "A TLB has 16 entries; page n can stand only in entry n mod 16. A program goes round and "
        "round 24 pages, one load from each. What share of its loads miss the TLB?"
    ),
    truth=_truth,
    because=(
        "Eight pages too many take the entries of eight others, and lose them again in the next "
        "round. So sixteen of the 24 miss, every time."
    ),
    low=0,
    high=100,
    near=4,
    misconceptions=(
        Misconception(
            33,
            "The pages that do not fit",
            "eight of 24 do not fit, but they do not wait outside: each throws out a page that "
            "did, and that one misses too.",
            within=3,
        ),
        Misconception(
            100,
            "All of them",
            "that is what a TLB would do in which a page may stand anywhere and the oldest goes. "
            "Here eight pages share their entry with no other, and stay.",
            within=5,
        ),
        Misconception(
            0,
            "A cache learns",
            "it would, if it were large enough. This program comes back to a page only after all "
            "the others.",
            within=5,
        ),
    ),
)


@dataclass(frozen=True)
class Curve:
    """One setting among those around it.

    Attributes
    ----------
    reached : Reached
        The reader's setting.
    around : tuple of Reached
        The same TLB and scheme with other numbers of pages.
    """

    reached: Reached
    around: tuple[Reached, ...]

    def facts(self) -> Facts:
        """Of the reader's setting."""
        return self.reached.facts()


def curve(parameters: Reach) -> Curve:
    """Run the setting; what stands around it is run once."""
    return Curve(tlb_reach(parameters), _around(parameters.entries, parameters.scheme))


@cache
def _around(entries: str, scheme: str) -> tuple[Reached, ...]:
    """Up to three times the TLB, and the first page that does not fit."""
    n = int(entries)
    pages = sorted({min(n * k // 4, MOST) for k in range(1, 13)} | {n + 1})
    return tuple(tlb_reach(Reach(p, entries, scheme)) for p in pages)


def draw(result: Curve) -> Figure:
    """Misses over the number of pages, with the reader's setting on it."""
    here = result.reached
    return figures.figure(
        [
            figures.run(
                (r.parameters.pages for r in result.around),
                (_missed(r) for r in result.around),
                "Loads that miss",
            ),
            figures.mark(here.parameters.pages, _missed(here), "your program"),
        ],
        figures.axis("Pages in use", (0, MOST + 2)),
        figures.axis("Loads that miss the TLB, %", (-4, 112)),
        showlegend=False,
    )


def _missed(reached: Reached) -> float:
    return 100 * reached.misses / reached.loads


def describe(result: Curve) -> str:
    """In words what the figure shows."""
    p = result.reached.parameters
    return (
        f"With {p.entries} entries no load misses up to {p.entries} pages, and every load misses "
        f"from {2 * int(p.entries)} pages on. At {p.pages} pages {_missed(result.reached):.0f} % "
        f"miss, and a load costs {result.reached.references / result.reached.loads:.2f} reads of "
        "the page table on average."
    )


tlb_explorer = Explorer(
    name="tlb-reach",
    title="How far a TLB reaches",
    model=curve,
    parameters=Reach,
    picture=draw,
    alt=describe,
    controls=("pages", "entries"),
    more=("scheme",),
    preview="pages",
    guard=tlb_misses.name,
)
