"""Chapter 2: where the pool puts the next virtual machine."""

from models.cloud.platform.packing import LABELS, Packed, Packing, packing
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure
from models.explorers.theme import var


def draw(result: Packed) -> Figure:
    """Each host when a VM is refused: a bar for its processors, a diamond for its memory."""
    vcpus, memory = result.used
    hosts = range(1, len(vcpus) + 1)
    most = result.parameters.hosts
    return figures.figure(
        [
            {
                "type": "bar",
                "x": figures.numbers(hosts),
                "y": figures.numbers(vcpus),
                "name": "Processors promised",
                "marker": {"color": var("band"), "line": {"color": var("ink"), "width": 1}},
                "hovertemplate": "host %{x}: %{y:.0f} % of the processors<extra></extra>",
            },
            {
                "type": "scatter",
                "x": figures.numbers(hosts),
                "y": figures.numbers(memory),
                "name": "Memory promised",
                "mode": "markers",
                "marker": {"symbol": "square", "size": 7, "color": var("ink")},
                "hovertemplate": "host %{x}: %{y:.0f} % of the memory<extra></extra>",
            },
        ],
        figures.axis("Host", (0.3, most + 0.7)),
        figures.axis("Promised, %", (0, 108)),
        bargap=0.15,
        phone={"margin": {"l": 52, "r": 8, "t": 10, "b": 84}},
    )


def describe(result: Packed) -> str:
    """In words what the figure shows."""
    vcpus, memory = result.used
    policy = LABELS[result.parameters.policy].partition(":")[0]
    return (
        f"{policy} has placed {result.placed} VMs when one is refused. Then "
        f"{vcpus.mean():.0f} % of the processors and {memory.mean():.0f} % of the memory are "
        f"promised; the fullest host has {vcpus.max():.0f} %, the emptiest {vcpus.min():.0f} % of "
        "its processors promised."
    )


placement_explorer = Explorer(
    name="placement",
    title="Until one is refused",
    model=packing,
    parameters=Packing,
    picture=draw,
    alt=describe,
    controls=("policy", "large"),
    more=("overcommit", "hosts", "seed"),
    preview="policy",
)
