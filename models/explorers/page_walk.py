"""Chapter 6: 'The walk of walks' for one stage. The reader makes each reference, in order.

The walks are run when the cell runs and stored with the output, so the same script serves the page
before anything is pressed and the live widget.
"""

from functools import cached_property
from typing import Any

from models.explorers import assets, static
from models.explorers.embedded import Embedded, EmbeddedView
from models.explorers.prediction import Misconception, Prediction
from models.facts import Fact, Facts
from models.guests.page_table import PAGES
from models.guests.page_walk import Paging, Reference, Walk, page_walk
from models.machine.paging import R, W, X

TITLE = "The walk: click what the processor reads, in order"
HOW = (
    "A program loads eight bytes. The TLB holds nothing of their page. Choose the memory words "
    "that the processor must read, one after the other; a wrong choice costs nothing."
)


def _truth() -> Fact:
    return Fact("Reads of the page table", page_walk(Paging()).counted)


walk_count = Prediction(
    name="walk-count",
    question=(
        "A program loads eight bytes. Their address is translated by Sv48, a table with pages of "
        "4 KiB, and the TLB does not hold it. How often does the processor read memory before it "
        "can read the eight bytes?"
    ),
    truth=_truth,
    because=(
        "The table is a tree of four levels. Each read gives the address of the next table, so no "
        "two of them can be made at once."
    ),
    low=0,
    high=100,
    near=0,
    misconceptions=(
        Misconception(
            0,
            "The TLB knows everything",
            "it holds some hundred pages that were used before, and this one was not.",
        ),
        Misconception(
            1,
            "One look into a table",
            "a flat table would need one read, and 512 GiB of memory for each process. A tree "
            "leaves out what is not used and pays with one read a level.",
        ),
        Misconception(
            5,
            "The load counted too",
            "the fifth read is the eight bytes themselves; the question asks what comes before.",
        ),
    ),
)


def told(reference: Reference) -> str:
    """What an entry says, in words."""
    after = (reference.entry >> 10) << 12
    if not reference.leaf:
        return f"names the next table, at {after:#x}"
    rights = "".join(
        letter for letter, bit in (("R", R), ("W", W), ("X", X)) if reference.entry & bit
    )
    size = next(size for size, level in PAGES.items() if level == reference.level)
    return f"is a leaf: a page of {size} at {after:#x}, rights {rights}"


def stored(walk: Walk) -> dict[str, Any]:
    """What the page's script has to know of a walk."""
    levels = 4 if walk.parameters.scheme == "sv48" else 3
    steps = [
        {
            "place": f"{r.place:#x}",
            "sum": f"table {r.table:#x} + 8 × {r.index}",
            "entry": f"{r.entry:#x}",
            "says": told(r),
        }
        for r in walk.references
    ]
    indices = [walk.address >> 12 + 9 * level & 511 for level in reversed(range(levels))]
    return {
        "levels": levels,
        "address": f"{walk.address:#x}",
        "physical": f"{walk.physical:#x}",
        "offset": f"{walk.address & (4096 << 9 * walk.references[-1].level) - 1:#x}",
        "indices": indices,
        "steps": steps,
        "counted": walk.counted,
        "again": walk.again,
        "facts": walk.facts().html(),
    }


class WalkView(EmbeddedView):
    """The live form, in which the reader walks."""

    _esm = assets.page_walk_module()


class PageWalk(Embedded):
    """The explorer; the last line of a cell shows it."""

    name = "page-walk"
    widget = WalkView

    @cached_property
    def walks(self) -> dict[str, Walk]:
        """Every scheme and page size, run on a board of its own."""
        return {
            f"{scheme}/{page}": page_walk(Paging(scheme, page))
            for scheme in Paging.declared("scheme").choices
            for page in PAGES
        }

    def html(self) -> str:
        """Controls, the reads to choose from, and the facts, with every walk's data."""
        data = {key: stored(walk) for key, walk in self.walks.items()}
        lists = "".join(static.listed(Paging.declared(name)) for name in ("scheme", "page"))
        body = (
            f'<section class="explorer walk" data-explorer="{self.name}" aria-label="{TITLE}">'
            f'<p class="explorer-title">{TITLE}</p><p>{HOW}</p>'
            f'<div class="explorer-controls">{lists}</div>'
            '<p class="walk-address"></p>'
            '<ol class="walk-cells" aria-label="Memory words, from the root of the table"></ol>'
            '<p class="walk-told" aria-live="polite"></p>'
            '<div class="explorer-buttons" role="group" aria-label="The walk">'
            '<button type="button" data-do="step" hidden>Make the next reference</button>'
            '<button type="button" data-do="again" hidden>Load the next eight bytes</button>'
            '<button type="button" data-do="reset" hidden>Start again</button>'
            '<button type="button" data-do="link" hidden>Copy link to these settings</button></div>'
            f'<div class="facts-place">{self.facts().html()}</div>'
            f"{static.embedded(data)}</section>"
        )
        return static.guarded(body, walk_count.name)

    def facts(self) -> Facts:
        """The facts of the walk at the defaults."""
        return page_walk(Paging()).facts()


page_walk_explorer = PageWalk()
