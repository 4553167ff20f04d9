"""Chapter 7: the shadow pager, and which edits and uses of a guest's table call the hypervisor."""

from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact
from models.hypervisors.shadow_syncs import MOST, Editing, Sync, Syncs, shadow_syncs

ASKED = Editing(entries=40)
LANES = {"edit": ("Edit", 2), "fence": ("Fence", 1), "use": ("Use", 0)}
#: What a call was for: its name and its mark.
CALLS = {
    "table-write": ("store caught", "square"),
    "fence": ("fence emulated", "diamond"),
    "hidden-fault": ("hidden fault", "triangle-up"),
}


def _truth() -> Fact:
    return Fact("Calls of the hypervisor", len(shadow_syncs(ASKED).log))


shadow_calls = Prediction(
    name="shadow-calls",
    question=(
        "A guest's kernel changes 40 entries of one page table, executes one fence, and then uses "
        "the 40 pages, once each. The processor walks a shadow of the table. How often is the "
        "hypervisor called?"
    ),
    truth=_truth,
    because=(
        "Stores to the table are caught until the hypervisor gives the table up; from then on "
        "they cost nothing. But each use of a page finds the shadow without its entry."
    ),
    low=0,
    high=200,
    near=1,
    misconceptions=(
        Misconception(
            1,
            "The fence tells",
            "a pager could wait for the fence. This one does not know then which entries have "
            "changed, so it looks at the stores.",
        ),
        Misconception(
            40,
            "Once for each edit",
            "an edit takes the shadow's entry away. Somebody has to put the new one in, and that "
            "is another call, at the first use.",
        ),
        Misconception(
            41,
            "Each edit, and the fence",
            "an edit takes the shadow's entry away. Somebody has to put the new one in, and that "
            "is another call, at the first use.",
        ),
        Misconception(
            80.5,
            "Each edit and each use",
            "so it would be, if the pager watched the table however much was written to it. After "
            "some stores in a row it stops watching.",
            within=0.5,
        ),
    ),
)


def draw(result: Syncs) -> Figure:
    """What the guest did, entry by entry; filled marks called the hypervisor."""
    calls = {(sync.at, sync.entry) for sync in result.log}
    data = [_marks(result, reason) for reason in CALLS if result.reasons[reason]]
    quiet = [
        (entry, LANES[at][1])
        for at in ("edit", "use")
        if at in result.operations
        for entry in range(result.parameters.entries)
        if (at, entry) not in calls
    ]
    if quiet:
        data.append(_series(quiet, "done by the processor alone", "circle-open", "guest-kernel"))
    return figures.figure(
        data,
        figures.axis("Entry of the table", (0, MOST + 1)),
        figures.axis(
            "",
            (-0.6, 2.6),
            tickvals=[lane for _, lane in LANES.values()],
            ticktext=[name for name, _ in LANES.values()],
        ),
        height=320,
        legend={"orientation": "h", "x": 0, "y": -0.28, "yanchor": "top"},
        phone={"height": 400, "margin": {"l": 56, "r": 10, "t": 10, "b": 165}},
    )


def _marks(result: Syncs, reason: str) -> Trace:
    name, symbol = CALLS[reason]
    places = [(_entry(sync, result), LANES[sync.at][1]) for sync in result.log
              if sync.reason == reason]  # fmt: skip
    return _series(places, name, symbol, "host-kernel")


def _entry(sync: Sync, result: Syncs) -> int:
    """One fence behind all edits stands at the last of them."""
    return min(sync.entry, result.parameters.entries - 1)


def _series(places: list[tuple[int, int]], name: str, symbol: str, role: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [entry + 1 for entry, _ in places],
        "y": [lane for _, lane in places],
        "name": name,
        "marker": {
            "symbol": symbol, "size": 9, "color": var(role),
            "line": {"color": var(f"{role}-line"), "width": 1},
        },
    }  # fmt: skip


def describe(result: Syncs) -> str:
    """In words what the figure shows."""
    p = result.parameters
    order = Editing.declared("order").choices[p.order].lower()
    return (
        f"{p.entries} edits ({order}): stores caught: {result.caught}; hidden faults: "
        f"{result.filled}; fences: {result.reasons['fence']}. The hypervisor is called "
        f"{len(result.log)} times in all."
    )


shadow_pager = Explorer(
    name="shadow-pager",
    title="What calls the shadow pager",
    model=shadow_syncs,
    parameters=Editing,
    picture=draw,
    alt=describe,
    controls=("entries", "order"),
    preview="entries",
    guard=shadow_calls.name,
)
