"""Chapter 6: the disk that a guest aims at its neighbour, and the map of the damage."""

import numpy as np

from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.guests.dma_attack import OWNERS, PAGES, Attack, Damage, dma_attack

WIDTH = 32  # pages in a row
HUES = {
    "Host kernel": "host-kernel",
    "Guest A": "guest-kernel",
    "Guest B": "guest-kernel",
    "Nobody's": "hardware-line",
}


def _truth() -> str:
    damage = dma_attack(Attack(target="neighbour"))
    if damage.foreign.any():
        return "silent" if damage.answered and not damage.stopped else "noticed"
    return "fault" if damage.stopped else "nothing"


neighbours_page = Prediction(
    name="neighbours-page",
    question=(
        "The processor refuses guest A every store to guest B's memory. Guest A owns a disk, and "
        "asks it to read some sectors to an address in the middle of guest B. There is no IOMMU. "
        "What happens?"
    ),
    truth=_truth,
    because=(
        "The processor's page tables and protection stand between the processor and memory. The "
        "disk has a way of its own, and nothing stands in it."
    ),
    options={
        "fault": "The disk is refused and reports an error",
        "silent": "Guest B's memory is overwritten, and nobody is told",
        "noticed": "Guest B's memory is overwritten, and the disk reports an error",
        "nothing": "The request is answered, but nothing is written",
    },
    misconceptions=(
        Misconception(
            "fault",
            "The page tables protect memory",
            "they protect it from the processor. A device's accesses do not pass them.",
        ),
        Misconception(
            "noticed",
            "A device knows whose memory it is",
            "it knows an address and a length. To the disk, this request is like any other.",
        ),
        Misconception(
            "nothing",
            "A guest's addresses lead only to its own memory",
            "those that its processor uses do. The disk takes the address as it stands.",
        ),
    ),
)


def draw(damage: Damage) -> Figure:
    """A square a page, 32 to a row, from the host at the top; crosses where it was overwritten."""
    rightful = damage.changed & ~damage.foreign
    return figures.figure(
        [
            *(_squares(damage, owner) for owner in OWNERS),
            _marks(rightful, "Written, guest A's own", "circle", "device"),
            _marks(damage.foreign, "Overwritten, not guest A's", "x", "ink"),
        ],
        figures.axis("", (-0.7, WIDTH - 0.3), visible=False),
        figures.axis("", (PAGES / WIDTH - 0.3, -0.7), **_names()),
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"},
        margin={"l": 96, "r": 8, "t": 8, "b": 56},
        height=340,
        phone={"margin": {"l": 88, "r": 4, "t": 8, "b": 64}},
    )


def _names() -> Trace:
    """The owners beside their rows."""
    rows = PAGES // WIDTH // len(OWNERS)
    middles = [i * rows + (rows - 1) / 2 for i in range(len(OWNERS))]
    return {
        "tickvals": middles,
        "ticktext": list(OWNERS),
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
    }


def _squares(damage: Damage, owner: str) -> Trace:
    marker = {
        "symbol": "square-open" if owner in ("Guest B", "Nobody's") else "square",
        "color": var(HUES[owner]),
        "size": 8,
        "opacity": 0.55,
    }
    pages = np.flatnonzero(damage.owners == OWNERS.index(owner))
    return _at(pages, owner) | {"marker": marker, "showlegend": False}


def _marks(pages: np.ndarray, name: str, symbol: str, colour: str) -> Trace:
    marker = {"symbol": symbol, "color": var(colour), "size": 10, "line": {"width": 1}}
    return _at(np.flatnonzero(pages), name) | {"marker": marker, "showlegend": True}


def _at(pages: np.ndarray, name: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": figures.numbers(pages % WIDTH),
        "y": figures.numbers(pages // WIDTH),
        "name": name,
        "hovertemplate": f"{name}<extra></extra>",
    }


def describe(damage: Damage) -> str:
    """In words what the map shows."""
    owners = damage.owners
    written = [
        f"{int((damage.changed & (owners == i)).sum())} of {owner}"
        for i, owner in enumerate(OWNERS)
        if (damage.changed & (owners == i)).any()
    ]
    where = "Pages written: " + ", ".join(written) if written else "No page was written"
    after = (
        "the host no longer answers"
        if not damage.alive
        else "the disk has stopped and wants a reset"
        if damage.stopped
        else "the disk answers as if all were well"
    )
    return f"{where}; {after}."


dma_explorer = Explorer(
    name="dma-attack",
    title="Who is overwritten? The disk as a weapon",
    model=dma_attack,
    parameters=Attack,
    picture=draw,
    alt=describe,
    controls=("target", "sectors", "iommu"),
    presets={
        "Aim at guest B": {"target": "neighbour", "sectors": 24},
        "The same, IOMMU on": {"target": "neighbour", "sectors": 24, "iommu": True},
        "Aim at the host": {"target": "host", "sectors": 24},
    },
    preview="sectors",
    guard=neighbours_page.name,
)
