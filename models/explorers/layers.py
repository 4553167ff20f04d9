"""Chapter 8: the layer counter. An operation's way through the layers, drawn hop by hop.

The crossings are worked out when the cell runs and stored with the output, so the same script
serves the page before anything is pressed and the live widget.
"""

from functools import cached_property
from html import escape
from typing import Any

from models.explorers import assets, static
from models.explorers.embedded import Embedded, EmbeddedView
from models.explorers.theme import ROLES
from models.facts import Facts
from models.performance.layers import (
    ARRANGEMENTS,
    DEVICE,
    HYPERVISOR,
    KERNEL,
    LAYERS,
    OPERATIONS,
    PARENT,
    PROCESS,
    PROGRAM,
    ROUTES,
    Crossed,
    Crossing,
    layers,
)

TITLE = "How many layers does an operation cross?"
HOW = (
    "Privilege grows downward, the device is at the bottom; time goes to the right. Play the whole "
    "way, or make one hop at a time."
)
#: Name and role of a layer in virtual machines; elsewhere see `_lane`.
LANES = {
    PROGRAM: ("Program of the guest", "guest-user"),
    KERNEL: ("Kernel of the guest", "guest-kernel"),
    PROCESS: ("Process that is the device", "host-user"),
    PARENT: ("Kernel of the parent, or of the host", "host-kernel"),
    HYPERVISOR: ("Hypervisor", "host-kernel"),
    DEVICE: ("Device", "device"),
}
#: Owner follows the run: without a guest the kernel is the host's, and a container's process the
#: guest's; what is not in the arrangement has no lane.
OWNERS = {
    "bare": {PROGRAM: ("Program", "host-user"), KERNEL: ("Kernel", "host-kernel")},
    "container": {
        PROGRAM: ("Process in the container", "guest-user"),
        KERNEL: ("Kernel, shared", "host-kernel"),
    },
}
ABSENT = {"para": (PROCESS,), "drivers": (PROCESS,), "kvm": (PARENT,)}
LETTERS = {role.name: role.letter for role in ROLES}


def lanes(arrangement: str) -> list[dict[str, str]]:
    """The arrangement's lanes, from above."""
    own = OWNERS.get(arrangement, {})
    absent = ABSENT.get(arrangement, ())
    there = [*own, DEVICE] if own else [one for one in LAYERS if one not in absent]
    found = []
    for layer in there:
        name, role = own.get(layer, LANES[layer])
        if arrangement == "kvm" and layer == HYPERVISOR:
            name = "Hypervisor, which is the host's kernel"
        found.append({"layer": layer, "name": name, "role": role, "letter": LETTERS[role]})
    return found


def stored(crossed: Crossed) -> dict[str, Any]:
    """What the page's script has to know of a crossing."""
    return {"path": crossed.path, "facts": crossed.facts().html(), "says": describe(crossed)}


def describe(crossed: Crossed) -> str:
    """In words what the picture shows."""
    p = crossed.parameters
    ways = " → ".join(crossed.path[:9]) + (" → …" if len(crossed.path) > 9 else "")
    guest = p.arrangement in ROUTES
    return (
        f"{OPERATIONS[p.operation]}: {ways}. {crossed.switches} switches through "
        f"{len(crossed.layers)} layers of software"
        + (f", {crossed.exits} exits." if guest else ".")
    )


class LayersView(EmbeddedView):
    """The live form, in which an operation crosses layers."""

    _esm = assets.layers_module()


class LayerCounter(Embedded):
    """The explorer; the last line of a cell shows it."""

    name = "layers"
    widget = LayersView

    @cached_property
    def crossings(self) -> dict[str, Crossed]:
        """Every arrangement and operation."""
        return {f"{a}/{o}": layers(Crossing(a, o)) for a in ARRANGEMENTS for o in OPERATIONS}

    def html(self) -> str:
        """Controls, lanes and facts, with every crossing's data."""
        data = {
            "lanes": {a: lanes(a) for a in ARRANGEMENTS},
            "crossings": {key: stored(one) for key, one in self.crossings.items()},
        }
        names = ("arrangement", "operation")
        controls = "".join(static.listed(Crossing.declared(name)) for name in names)
        said = escape(describe(layers(Crossing())))
        return (
            f'<section class="explorer layers" data-explorer="{self.name}" aria-label="{TITLE}">'
            f'<p class="explorer-title">{TITLE}</p><p>{HOW}</p>'
            f'<div class="explorer-controls">{controls}</div>'
            f'<div class="layers-picture" role="img" aria-label="{said}"></div>'
            '<p class="layers-told" aria-live="polite"></p>'
            '<div class="explorer-buttons" role="group" aria-label="The way">'
            '<button type="button" data-do="play" hidden>Play</button>'
            '<button type="button" data-do="step" hidden>One hop</button>'
            '<button type="button" data-do="reset" hidden>Start again</button>'
            '<button type="button" data-do="link" hidden>Copy link to these settings</button></div>'
            f'<div class="facts-place">{self.facts().html()}</div>'
            f"{static.embedded(data)}</section>"
        )

    def facts(self) -> Facts:
        """The facts of the crossing at the defaults."""
        return layers(Crossing()).facts()


layer_counter = LayerCounter()
