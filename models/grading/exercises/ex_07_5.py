"""07-5: how often a guest's edits of its page table call the shadow pager."""

from dataclasses import dataclass

import numpy as np

from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.hypervisors.shadow_paging import FLOOD
from models.hypervisors.shadow_syncs import MOST, Editing, shadow_syncs
from models.parameters import Parameters, choice, parameter


@dataclass(frozen=True)
class Given(Parameters):
    """What the guest's kernel does."""

    entries: int = parameter(24, unit="entries", low=1, high=MOST, label="Entries that it edits")
    order: str = choice("batch", Editing.declared("order").choices, label="Order")


def draw(rng: np.random.Generator) -> Given:
    """More edits than are caught in a row, or fewer; with no use, more, that there be a fault."""
    order = ("batch", "turns", "edits")[int(rng.integers(0, 3))]
    least = FLOOD + 2 if order == "edits" else 5
    return Given(entries=int(rng.integers(least, MOST + 1)), order=order)


def prompt(given: Given) -> str:
    """The question."""
    does = {
        "batch": f"edits {given.entries} entries of it, one store each, executes one fence, and "
        f"then loads from each of the {given.entries} pages once",
        "turns": f"edits an entry of it by one store, executes a fence for the page, loads from "
        f"the page once, and goes on to the next, {given.entries} times",
        "edits": f"edits {given.entries} entries of it, one store each, executes one fence, and "
        "loads from none of the pages",
    }[given.order]
    return (
        "A guest under shadow paging has used all pages of a page table. Now its kernel "
        f"{does}.\n"
        "The pager write-protects a table of which it has a shadow. A caught store is emulated "
        "and empties the shadow's entry; an access that finds none is a hidden fault, which fills "
        f"it. After {FLOOD + 1} stores to a table, none of whose pages was used in between, the "
        "pager drops that shadow, and the next store takes one hidden fault that opens the page.\n"
        "How many stores are caught, and how many hidden faults are there?"
    )


def syncs(given: Given) -> tuple[float, float]:
    """The engine's own counts: stores caught, hidden faults."""
    found = shadow_syncs(Editing(given.entries, given.order))
    return found.caught, found.filled


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    caught, filled = syncs(given)
    most = FLOOD + 1
    row = (
        "A use follows each edit, so the count of stores in a row begins anew each time: "
        f"{given.entries} are caught."
        if given.order == "turns"
        else f"{given.entries} stores in a row: at most {most} are caught, here {caught:g}."
    )
    opened = int(given.order != "turns" and given.entries > most)
    used = 0 if given.order == "edits" else given.entries
    return f"{row}\nHidden faults: {opened} to open the page, {used} at the uses: {filled:g}."


CAUGHT = Quantity(
    "caught",
    "stores",
    lambda g: syncs(g)[0],
    tolerance=0.0,
    slips=(
        Slip(
            lambda g: g.entries,
            "this catches every store; a table that is only written is given up.",
        ),
        Slip(lambda g: FLOOD, "one more: the store that makes it too many is caught, too."),
    ),
)
FILLED = Quantity(
    "filled",
    "hidden faults",
    lambda g: syncs(g)[1],
    tolerance=0.0,
    slips=(
        Slip(
            lambda g: syncs(g)[1] - 1,
            "when the table is given up, its page still has to be opened for stores.",
        ),
        Slip(lambda g: g.entries, "count the uses that really happen, and the page's opening."),
    ),
)

STUB = """\
task = exercise("07-5")
caught = TODO  # stores to the table
filled = TODO  # hidden faults
task.check(caught, filled)
"""

# By the pager's rules, apart from the engine.
SOLUTION = """\
task = exercise("07-5")
k, order = task.given.entries, task.given.order
caught = k if order == "turns" else min(k, 17)
opened = caught < k
filled = opened + (0 if order == "edits" else k)
task.check(caught, filled)
"""

EXERCISE = Exercise(
    id="07-5",
    title="Calls of the shadow pager",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((CAUGHT, FILLED), steps, Given()),
    planted=(
        Planted("constant", STUB.replace("TODO", "99"), "caught: 99 stores is too large"),
        Planted(
            "off by one",
            SOLUTION.replace("17", "16"),
            "the store that makes it too many",
        ),
        Planted(
            "memoriser",
            'task = exercise("07-5")\ntask.check(17, 25)\n',
            "right for the printed numbers, but not for yours",
        ),
    ),
)
