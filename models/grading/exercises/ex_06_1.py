"""06-1: how often the processor reads page tables, for a load, a loop, and a load of a guest."""

from dataclasses import dataclass

import numpy as np

from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.guests.page_walk import Paging, page_walk
from models.guests.tlb_reach import ROUNDS, Reach, tlb_reach
from models.guests.walk_of_walks import Stages, walk_of_walks
from models.parameters import Parameters, choice, parameter

SIZES = {4: "4 KiB", 2 << 10: "2 MiB", 1 << 20: "1 GiB"}


@dataclass(frozen=True)
class Given(Parameters):
    """What the reader is told."""

    levels: int = parameter(
        4, low=3, high=4, label="Levels of the page table (3 is Sv39, 4 is Sv48)"
    )
    page: int = parameter(2 << 10, unit="KiB", low=4, high=1 << 20, label="Page of the single load")
    entries: int = parameter(16, low=8, high=32, label="Entries of the TLB, direct-mapped")
    pages: int = parameter(20, unit="pages", low=9, high=63, label="Pages of 4 KiB in the loop")
    host: int = parameter(
        4, low=3, high=4, label="Levels of the host's table (3 is Sv39x4, 4 is Sv48x4)"
    )
    large: str = choice(
        "both",
        {
            "guest": "in the guest's table alone",
            "host": "in the host's table alone",
            "both": "in both tables",
        },
        label="Pages of 2 MiB, in the last question",
    )


def draw(rng: np.random.Generator) -> Given:
    """A loop that is somewhat too large for the TLB, and not twice as large."""
    entries = 8 << int(rng.integers(0, 3))
    return Given(
        levels=int(rng.integers(3, 5)),
        page=list(SIZES)[int(rng.integers(0, 3))],
        entries=entries,
        pages=entries + int(rng.integers(1, entries)),
        host=int(rng.integers(3, 5)),
        large=("guest", "host", "both")[int(rng.integers(0, 3))],
    )


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A processor translates by a table of {given.levels} levels. A program makes one load "
        f"from a page of {SIZES[given.page]}; the TLB is cold, and there is no other cache of the "
        "table. How many entries of the table are read before the load?\n"
        f"Another program has {given.pages} pages of 4 KiB, one after the other in its address "
        "space, and loads one word from each in turn, round after round. Page n can stand only in "
        f"entry n mod {given.entries} of the TLB. How many entries of the table are read in each "
        "round but the first?\n"
        f"Now the processor runs a guest. The guest's table has the {given.levels} levels of the "
        f"first question, its host's has {given.host}. How many entries of both tables are read "
        "before one load of the guest, if all pages are of 4 KiB? And how many with pages of 2 MiB "
        f"{given.declared('large').choices[given.large]}?"
    )


def _scheme(given: Given) -> str:
    return "sv48" if given.levels == 4 else "sv39"


def cold_reads(given: Given) -> float:
    """The board's count for one load."""
    return page_walk(Paging(_scheme(given), SIZES[given.page])).counted


def round_reads(given: Given) -> float:
    """The board's count for one round of the loop."""
    reach = Reach(given.pages, str(given.entries), _scheme(given))
    return tlb_reach(reach).references / ROUNDS


def nested_reads(given: Given, pages: str = "neither") -> float:
    """The board's count for one load of a guest."""
    scheme = {3: "sv39", 4: "sv48"}
    return walk_of_walks(Stages(scheme[given.levels], scheme[given.host], pages)).counted


def large_reads(given: Given) -> float:
    """The same with larger pages."""
    return nested_reads(given, given.large)


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    over = given.pages - given.entries
    return (
        f"One load: the walk begins at the root and ends at the leaf. A page of "
        f"{SIZES[given.page]} has its leaf {given.levels - int(cold_reads(given))} levels above "
        f"the last, so {cold_reads(given):g} of {given.levels} levels are read.\n"
        f"The loop: {given.pages} pages, {given.entries} entries: {over} pages have to share an "
        "entry with another.\n"
        f"Each of the two throws the other out, so 2 x {over} loads of a round miss.\n"
        f"Each miss reads {given.levels} levels: {round_reads(given):g}.\n"
        f"The guest: {given.levels} entries of its own; these and the page in the end are reached "
        f"through {given.host} of the host's: ({given.levels} + 1) x ({given.host} + 1) - 1 = "
        f"{nested_reads(given):g}, the load itself being the one taken away.\n"
        "A page of 2 MiB takes one level away from the table that has it, and the product is "
        f"formed anew: {large_reads(given):g}."
    )


COLD = Quantity(
    "cold",
    "reads",
    cold_reads,
    slips=(
        Slip(
            lambda g: cold_reads(g) + 1, "this counts the load itself; count what comes before it."
        ),
        Slip(lambda g: g.levels, "a larger page's leaf ends the walk before the last level."),
    ),
)
LOOP = Quantity(
    "loop",
    "reads",
    round_reads,
    slips=(
        Slip(
            lambda g: (g.pages - g.entries) * g.levels,
            "this lets only the surplus pages miss; each of them throws out another page, which "
            "then misses too.",
        ),
        Slip(
            lambda g: g.pages * g.levels,
            "this lets every load miss; a page that shares its entry with no other stays.",
        ),
        Slip(
            lambda g: 2 * (g.pages - g.entries),
            "these are the misses; each reads one entry a level.",
            "unit",
        ),
    ),
)

NESTED = Quantity(
    "nested",
    "reads",
    nested_reads,
    slips=(
        Slip(lambda g: nested_reads(g) + 1, "this counts the load itself; count what is before."),
        Slip(
            lambda g: g.levels + g.host,
            "this walks the host's table once; it is walked for each entry of the guest's, too.",
        ),
        Slip(
            lambda g: g.levels * (g.host + 1),
            "the guest's last entry gives a guest physical address, which is walked as well.",
        ),
        Slip(lambda g: g.levels * g.host, "the guest's own entries have to be read as well."),
    ),
)
LARGE = Quantity(
    "large",
    "reads",
    large_reads,
    slips=(
        Slip(
            lambda g: nested_reads(g) - (2 if g.large == "both" else 1),
            "a level less in one table shortens every walk that goes through it.",
        ),
    ),
)

STUB = """\
task = exercise("06-1")
cold = TODO  # reads of the table before one load
loop = TODO  # reads of the table in a round of the loop
nested = TODO  # reads of both tables before one load of the guest
large = TODO  # the same, with pages of 2 MiB
task.check(cold, loop, nested, large)
"""

# Written apart from the machine: the TLB as a dictionary, the walks as arithmetic.
SOLUTION = """\
task = exercise("06-1")
g = task.given
above = {4: 0, 2048: 1, 1048576: 2}[g.page]  # levels that a larger page saves
cold = g.levels - above
held = {}
for turn in range(2):
    loop = 0
    for page in range(g.pages):
        if held.get(page % g.entries) != page:
            held[page % g.entries] = page
            loop += g.levels
nested = (g.levels + 1) * (g.host + 1) - 1
guest = g.levels - (g.large in ("guest", "both"))
host = g.host - (g.large in ("host", "both"))
large = (guest + 1) * (host + 1) - 1
task.check(cold, loop, nested, large)
"""

EXERCISE = Exercise(
    id="06-1",
    title="Reads of page tables",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((COLD, LOOP, NESTED, LARGE), steps, Given()),
    planted=(
        Planted(
            "constant",
            STUB.replace("TODO", "20"),
            "cold: 20 reads is too large",
        ),
        Planted(
            "off by one",
            SOLUTION.replace("cold = g.levels - above", "cold = g.levels - above + 1"),
            "counts the load itself",
        ),
        Planted(
            "only the surplus",
            SOLUTION.replace("task.check", "loop //= 2\ntask.check"),
            "throws out another page",
        ),
        Planted(
            "one walk behind the other",
            SOLUTION.replace("task.check", "nested = g.levels + g.host\ntask.check"),
            "walked for each entry of the guest's",
        ),
        Planted(
            "two words less",
            SOLUTION.replace("task.check", "large = nested - 1 - (g.large == 'both')\ntask.check"),
            "shortens every walk",
        ),
        Planted(
            "memoriser",
            SOLUTION.replace("task.check", "loop = 32\ntask.check"),
            "right for the printed numbers, but not for yours",
        ),
    ),
)
