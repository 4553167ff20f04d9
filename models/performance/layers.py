"""Which layers an operation crosses, and how often: counted events times the arrangement's routes.

How often a guest leaves for the hypervisor was counted (`generations`: second generation, virtio).
What stands behind the hypervisor is the arrangement: the same exit ends in the hypervisor itself,
or goes up to a process and down again. The engines of the book have no such process, so routes are
declared here, each after the description that its `source` names; they are drawn, not measured.
Which hops such a description comes to is our reading, and so are `COPIES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from models.facts import Fact, Facts
from models.parameters import Parameters, choice
from models.performance.generations import counted

GENERATION = "second"
#: Layers, the least privileged first; the hardware is at the bottom.
PROGRAM, KERNEL, PROCESS, PARENT, HYPERVISOR, DEVICE = LAYERS = (
    "program", "kernel", "process", "parent", "hypervisor", "device",
)  # fmt: skip
ARRANGEMENTS = {
    "bare": "Bare metal",
    "container": "Container",
    "para": "Bare-metal hypervisor, paravirtual guest",
    "drivers": "Bare-metal hypervisor, full, paravirtual drivers",
    "full": "Bare-metal hypervisor, full, device in a process",
    "kvm": "Hypervisor in the host's kernel (KVM)",
    "hosted": "Hosted: a monitor beside a host's kernel",
}
OPERATIONS = {
    "add": "An addition",
    "system call": "A system call",
    "page fault": "A page fault",
    "disk": "A disk request",
    "packet": "A packet out, one in",
}


@dataclass(frozen=True)
class Route:
    """Where the accesses of a guest's driver go, behind the guest's kernel; a hop is a switch.

    Attributes
    ----------
    source : str
        What the route is declared after, by its key in the bibliography.
    start, look : tuple of str
        The access that starts the device, and one that only looks at a register of it.
    controller : tuple of str
        An access to the interrupt controller, or a notice in place of an interrupt.
    """

    source: str
    start: tuple[str, ...]
    look: tuple[str, ...]
    controller: tuple[str, ...] = (HYPERVISOR,)


_BACK_END = (HYPERVISOR, PARENT, DEVICE, HYPERVISOR)
ROUTES = {
    # a ring in memory that the guest shares with a driver in the parent; one notice each way
    "para": Route("xenpvops", _BACK_END, ()),
    # the same ring, but interrupts come by a controller, and there are registers to look at
    "drivers": Route("nakajima2007", _BACK_END, (HYPERVISOR,)),
    # the device is a process of the parent, which does the work by the parent's kernel
    "full": Route(
        "xenconcepts",
        (HYPERVISOR, PARENT, PROCESS, PARENT, DEVICE, HYPERVISOR),
        (HYPERVISOR, PARENT, PROCESS, PARENT, HYPERVISOR),
    ),
    # the hypervisor is a kernel, and has the process above it
    "kvm": Route(
        "kivity2007",
        (HYPERVISOR, PROCESS, HYPERVISOR, DEVICE, HYPERVISOR),
        (HYPERVISOR, PROCESS, HYPERVISOR),
    ),
    # the monitor switches to the host's world, where its process waits
    "hosted": Route(
        "bugnion2012",
        (HYPERVISOR, PARENT, PROCESS, PARENT, DEVICE, PARENT, HYPERVISOR),
        (HYPERVISOR, PARENT, PROCESS, PARENT, HYPERVISOR),
    ),
}
#: Without a second table the hypervisor takes the fault first and hands it on, and then is asked to
#: change the page table (after "barham2003").
PARA_FAULT = (PROGRAM, HYPERVISOR, KERNEL, HYPERVISOR, KERNEL, PROGRAM)
#: Copies of the data between buffers of different layers: a page that is shared, and a device that
#: writes into the guest's own memory, need none.
COPIES = {"full": 1, "kvm": 1, "hosted": 1}
#: Which work an operation's events are counted in, how many of it a round has, and its device.
_WORK = {
    "disk": ("disk", 2, "virtio-block"),
    "packet": ("network", 1, "virtio-net"),
}


@dataclass(frozen=True)
class Crossing(Parameters):
    """An operation in an arrangement."""

    arrangement: str = choice("kvm", ARRANGEMENTS, label="Arrangement")
    operation: str = choice("disk", OPERATIONS, label="Operation")


@dataclass(frozen=True)
class Crossed:
    """What it crosses.

    Attributes
    ----------
    parameters : Crossing
    path : tuple of str
        Layers in the order in which they run; the same one never twice in a row.
    exits : int
        How often the guest is left: as counted, but for the paravirtual guest, whose engine comes
        later.
    copies : int
        Of its data.
    """

    parameters: Crossing
    path: tuple[str, ...]
    exits: int
    copies: int

    @property
    def switches(self) -> int:
        """How often somebody else runs than before; a device runs beside."""
        ran = [layer for layer in self.path if layer != DEVICE]
        return sum(a != b for a, b in pairwise(ran))

    @property
    def layers(self) -> tuple[str, ...]:
        """Those that run, the least privileged first."""
        return tuple(layer for layer in LAYERS if layer in self.path and layer != DEVICE)

    def facts(self) -> Facts:
        """Numbers of the crossing."""
        return Facts(
            Fact("Layers of software", len(self.layers)),
            Fact("Switches between them", self.switches),
            Fact("Exits of the guest", self.exits),
            Fact("Copies of the data", self.copies),
            title=f"{OPERATIONS[self.parameters.operation]}. "
            f"{ARRANGEMENTS[self.parameters.arrangement]}",
        )


def accesses(operation: str) -> tuple[int, int]:
    """Accesses to the device and to the interrupt controller, for one operation, as counted.

    Raises
    ------
    ValueError
        If the work exits for other devices too: then the counts are not the operation's.
    """
    work, each, device = _WORK[operation]
    run, rounds = counted(work, GENERATION)
    found, operations = run.counters["device_accesses"], rounds * each
    if found["plic"] + found[device] != run.counters["exits"]["S:device"]:
        raise ValueError(f"operation: {operation!r} exits for other devices too")
    return round(found[device] / operations), round(found["plic"] / operations)


def _excursions(crossing: Crossing) -> tuple[tuple[str, ...], ...]:
    """Ways through what is behind the guest's kernel, one after the other."""
    if crossing.operation not in _WORK:
        return ()
    if crossing.arrangement not in ROUTES:
        return ((DEVICE,),)
    route = ROUTES[crossing.arrangement]
    device, controller = accesses(crossing.operation)
    if not route.look:  # no engine of the book counts it yet: one notice out, one in
        device = controller = 1
    return (route.start, *[route.look] * (device - 1), *[route.controller] * controller)


def layers(crossing: Crossing) -> Crossed:
    """Follow an operation through an arrangement."""
    excursions = _excursions(crossing)
    exits = len(excursions) if crossing.arrangement in ROUTES else 0
    path = [PROGRAM]
    if (crossing.arrangement, crossing.operation) == ("para", "page fault"):
        path, exits = list(PARA_FAULT), PARA_FAULT.count(HYPERVISOR)
    elif crossing.operation != "add":
        path.append(KERNEL)
        for excursion in excursions:
            path += [*excursion, KERNEL]
        path.append(PROGRAM)
    copies = COPIES.get(crossing.arrangement, 0) if excursions else 0
    return Crossed(crossing, tuple(path), exits, copies)
