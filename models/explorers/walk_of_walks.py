"""Chapter 6: 'The walk of walks'. A guest's load, and both page tables that the processor reads.

A grid: a row for each word that the guest's own walk wants, a column for each level of the host's
table, which has to be walked before that word can be reached. As for one table (`page_walk`), the
walks are run when the cell runs and stored with the output.
"""

from functools import cached_property
from typing import Any

from models.explorers import assets, static
from models.explorers.embedded import Embedded, EmbeddedView
from models.explorers.prediction import Misconception, Prediction
from models.facts import Fact, Facts
from models.guests.walk_of_walks import Reference, Stages, WalkOfWalks, walk_of_walks

TITLE = "The walk of walks: click what the processor reads, in order"
HOW = (
    "A program of a guest loads eight bytes. Each row is a word that the guest's own walk wants; "
    "to reach it, its guest physical address has to be translated by the host's table, from left "
    "to right. Choose the words in the order in which they must be read; a wrong choice costs "
    "nothing."
)


def _truth() -> Fact:
    return Fact("Reads of both page tables", walk_of_walks(Stages()).counted)


nested_count = Prediction(
    name="nested-count",
    question=(
        "A guest translates by a table of four levels, and its host by another one of four "
        "levels, all pages 4 KiB. The TLB holds nothing. A program of the guest loads eight "
        "bytes. How often does the processor read memory before it can read them?"
    ),
    truth=_truth,
    because=(
        "Each of the guest's four entries has a guest physical address, and so has the page in "
        "the end: five times the host's table is walked, four reads each, and four entries are "
        "the guest's own."
    ),
    low=0,
    high=200,
    near=0,
    misconceptions=(
        Misconception(
            4,
            "The guest's own four",
            "that would be so if the guest's addresses were the board's. Where the guest's table "
            "lies, only the host's table can say.",
        ),
        Misconception(
            8,
            "Four and four",
            "the second table is not walked once at the end: every address that the first walk "
            "produces has to go through it.",
        ),
        Misconception(
            16,
            "Four times four",
            "each of four guest entries costs four reads of the host's table; then the entry "
            "itself has to be read, and the page in the end needs a walk, too.",
        ),
        Misconception(
            20,
            "Without the last walk",
            "what the guest's last entry gives is a guest physical address as well, and it is "
            "walked like the others.",
        ),
        Misconception(
            25,
            "The load counted too",
            "the twenty-fifth read is the eight bytes themselves; the question asks what comes "
            "before.",
        ),
    ),
)


def told(reference: Reference) -> str:
    """What an entry says, in words."""
    after = f"{(reference.entry >> 10) << 12:#x}"
    if reference.host:
        return f"is a leaf: the page lies at {after}" if reference.leaf else (
            f"names the host's next table, at {after}"
        )  # fmt: skip
    if reference.leaf:
        return f"is a leaf: a page at guest physical {after}. Where that is, the host has to say"
    return f"names the guest's next table, at guest physical {after}"


def stored(walk: WalkOfWalks) -> dict[str, Any]:
    """What the page's script has to know of a walk."""
    levels = {"sv39": 3, "sv48": 4}
    guest = levels[walk.parameters.guest]
    return {
        "guest": guest,
        "host": levels[walk.parameters.host],
        "address": f"{walk.address:#x}",
        "physical": f"{walk.physical:#x}",
        "steps": [
            [int(r.host), r.row, f"{r.place:#x}", f"{r.entry:#x}", told(r)] for r in walk.references
        ],
        "first": walk.first,
        "second": walk.second,
        "native": walk.native,
        "facts": walk.facts().html(),
    }


class WalksView(EmbeddedView):
    """The live form, in which the reader walks both tables."""

    _esm = assets.walk_of_walks_module()


class WalksOfWalks(Embedded):
    """The explorer; the last line of a cell shows it."""

    name = "walk-of-walks"
    widget = WalksView

    @cached_property
    def walks(self) -> dict[str, WalkOfWalks]:
        """Every pair of tables with every choice of pages, run on a board of its own."""
        names = ("guest", "host", "pages")
        guests, hosts, pages = (Stages.declared(name).choices for name in names)
        return {
            f"{guest}/{host}/{page}": walk_of_walks(Stages(guest, host, page))
            for guest in guests
            for host in hosts
            for page in pages
        }

    def html(self) -> str:
        """Controls, the place of the grid, and the facts, with every walk's data."""
        data = {key: stored(walk) for key, walk in self.walks.items()}
        lists = "".join(static.listed(Stages.declared(name)) for name in ("guest", "host", "pages"))
        body = (
            f'<section class="explorer walks" data-explorer="{self.name}" aria-label="{TITLE}">'
            f'<p class="explorer-title">{TITLE}</p><p>{HOW}</p>'
            f'<div class="explorer-controls">{lists}</div>'
            '<div class="walks-grid"></div>'
            '<p class="walk-told" aria-live="polite"></p>'
            '<div class="explorer-buttons" role="group" aria-label="The walk">'
            '<button type="button" data-do="step" hidden>Make the next reference</button>'
            '<button type="button" data-do="row" hidden>Make the rest of the row</button>'
            '<button type="button" data-do="reset" hidden>Start again</button>'
            '<button type="button" data-do="link" hidden>Copy link to these settings</button></div>'
            f'<div class="facts-place">{self.facts().html()}</div>'
            f"{static.embedded(data)}</section>"
        )
        return static.guarded(body, nested_count.name)

    def facts(self) -> Facts:
        """The facts of the walk at the defaults."""
        return walk_of_walks(Stages()).facts()


walk_of_walks_explorer = WalksOfWalks()
