"""Four generations of hardware under one guest, counted for a unit of work.

    translation   no mode for a guest's kernel: binary translation
    first         VS and VU, but the processor translates addresses once: shadow page tables
    second        a second stage of translation
    third         and a timer that the processor itself compares for the guest

What a workload induces is the difference between two runs that differ in size alone. The kernel's
start falls out of it, and with it the pages that are touched for the first time.

``python -m models.hypervisors generations`` writes the file that `models.performance` prices.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from models import stored
from models.events import Counters
from models.facts import Beside, Fact, Facts
from models.guests.kernel import WORKLOADS, board_options, kernel_image, start
from models.hypervisors.binary_translation import BinaryTranslation
from models.hypervisors.count import CountError
from models.hypervisors.hardware_assisted import HardwareAssisted
from models.hypervisors.hardware_assisted_shadow import HardwareAssistedShadow
from models.hypervisors.host import Host
from models.hypervisors.observable import differing
from models.hypervisors.techniques import NATIVE
from models.hypervisors.vm import Technique, Vm
from models.machine.board import Board
from models.parameters import Parameters, choice, flag

NAME = "performance/data/generations.json"  # in `models`
MOST = 20_000_000  # instructions
SELDOM = 1000  # instructions a tick: so few ticks that none falls into the work
TRANSLATION = "translation"
#: What runs the guest; all but the first need the H extension.
ENGINES: dict[str, Technique] = {
    TRANSLATION: BinaryTranslation,
    "first": partial(HardwareAssistedShadow, timer_exits=True),
    "second": partial(HardwareAssisted, timer_exits=True),
    "third": HardwareAssisted,
}


@dataclass(frozen=True)
class Work:
    """Two sizes of a workload; what lies between them is counted.

    Attributes
    ----------
    workload
        One of the kernel's.
    sizes
        In rounds, the smaller one first: apart by whole periods of what the rounds vary.
    options
        Of the board.
    """

    workload: str
    sizes: tuple[int, int]
    options: Mapping[str, Any] = field(
        default_factory=lambda: MappingProxyType({"instructions_per_tick": SELDOM})
    )


_REGISTERS = MappingProxyType({"devices": "registers", "instructions_per_tick": SELDOM})
WORK = {
    "tick": Work("compute", (1000, 5000), MappingProxyType({})),
    "compute": Work("compute", (500, 1500)),
    "syscall": Work("syscall", (100, 300)),
    "mapping": Work("mapping", (8, 16)),
    "walk": Work("walk", (2000, 3000)),
    "fork": Work("fork", (1, 3)),
    "switch": Work("switch", (16, 64)),
    "disk": Work("disk", (8, 16)),
    "disk by registers": Work("disk", (8, 16), _REGISTERS),
    "network": Work("network", (8, 16)),
    "network by registers": Work("network", (8, 16), _REGISTERS),
}


def _host(work: Work, technique: str, extension: bool) -> Vm:
    """Make a host with one virtual machine on it, with the H extension or without."""
    options = board_options(work.workload, **work.options)
    host = Host(options.memory, replace(options, hypervisor=extension))
    return host.create(options, ENGINES[technique])


def _finish(work: Work, size: int, technique: str) -> tuple[Board, Counters]:
    """Run one size to its end: what the guest saw as its board, and the counts."""
    options = board_options(work.workload, **work.options)
    if technique == NATIVE:
        board = Board(options)
        counters = None
    else:
        vm = _host(work, technique, extension=technique != TRANSLATION)
        board, counters = vm.board, vm.counts
    start(board, kernel_image(work.workload, size))
    stop = board.run(MOST)
    checksum = f"checksum {WORKLOADS[work.workload].checksum(size):016x}".encode()
    if stop.reason != "halt" or checksum not in board.console_output:
        raise CountError(f"{work.workload} under {technique}: {stop}")
    return board, board.counters if counters is None else counters()


def induced(work: Work, techniques: Iterable[str]) -> Iterator[tuple[str, Counters]]:
    """Count what lies between the two sizes, natively and under each technique.

    Raises
    ------
    CountError
        If a run does not end well, or in another state than on the bare board.
    """
    native = [_finish(work, size, NATIVE) for size in work.sizes]
    yield NATIVE, native[1][1].since(native[0][1])
    for technique in techniques:
        runs = [_finish(work, size, technique) for size in work.sizes]
        for (bare, _), (board, _) in zip(native, runs, strict=True):
            if different := differing(bare, board):
                raise CountError(f"{work.workload} under {technique}: other {different}")
        yield technique, runs[1][1].since(runs[0][1])


def measure(names: Iterable[str] = WORK) -> Iterator[tuple[str, dict[str, Counters]]]:
    """Count each work under every generation."""
    for name in names:
        yield name, dict(induced(WORK[name], ENGINES))


def as_text(counted: Iterable[tuple[str, dict[str, Counters]]]) -> str:
    """The file's text: a line for each technique; units are rounds, of "tick" its ticks."""
    blocks = []
    for name, runs in counted:
        small, large = WORK[name].sizes
        units = runs[NATIVE]["interrupts"]["supervisor-timer"] if name == "tick" else large - small
        lines = [f'  "units": {units}']
        for technique, counters in runs.items():
            families = {family: counts for family, counts in counters.to_json().items() if counts}
            lines.append(f"  {json.dumps(technique)}: {json.dumps(families)}")
        blocks.append(f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "}")
    return "{" + ",\n".join(blocks) + "}\n"


def kept() -> dict[str, Any]:
    """The file as it is: by work "units", and counters by technique."""
    text = stored.text("models", NAME)
    found: dict[str, Any] = json.loads(text)
    return found


def now(name: str, rounds: int = 4) -> Beside:
    """Run a small unit of work on every generation, here and now: exits by reason.

    Parameters
    ----------
    name
        One of `WORK`.
    rounds
        The smaller size; the larger one is twice that.
    """
    work = replace(WORK[name], sizes=(rounds, 2 * rounds))
    runs = {g: counters["exits"] for g, counters in induced(work, ENGINES) if g != NATIVE}
    reasons = sorted({reason for exits in runs.values() for reason in exits}) or ["none"]
    columns = {
        g.capitalize(): Facts(*(Fact(reason, exits.get(reason, 0)) for reason in reasons))
        for g, exits in runs.items()
    }
    return Beside(columns, title=f"{name}, {rounds} rounds: exits, run just now")


@dataclass(frozen=True)
class Extension(Parameters):
    """A generation of hardware that a guest is to boot on."""

    generation: str = choice(
        "first",
        {"first": "first generation", "second": "nested paging",
         "third": "interrupts without exits"},
        label="Generation",
    )  # fmt: skip
    present: bool = flag(True, label="The processor has the extension")

    @property
    def before(self) -> str:
        """The generation before it."""
        names = list(ENGINES)
        return names[names.index(self.generation) - 1]


@dataclass(frozen=True)
class Booted:
    """What came of it.

    Attributes
    ----------
    parameters
        Which generation, and whether it was there.
    exits, before
        Of the whole run, on it and on the generation before; None if the guest did not boot.
    """

    parameters: Extension
    exits: int | None
    before: int

    @property
    def booted(self) -> bool:
        """Whether the unmodified guest ran to its end, in the bare board's state."""
        return self.exits is not None


BOOT = Work("mapping", (8, 8), MappingProxyType({}))


def boot(parameters: Extension) -> Booted:
    """Boot the unmodified kernel with a workload that has exits of every class but devices."""
    before = _exits(parameters.before)
    if not parameters.present:
        try:
            _host(BOOT, parameters.generation, extension=False)
        except ValueError:  # the engine refuses a processor without what it stands on
            return Booted(parameters, None, before)
    return Booted(parameters, _exits(parameters.generation), before)


@cache
def _exits(generation: str) -> int:
    bare = _finish(BOOT, BOOT.sizes[0], NATIVE)[0]
    board, counters = _finish(BOOT, BOOT.sizes[0], generation)
    if different := differing(bare, board):
        raise CountError(f"boot on {generation}: other {different}")
    return counters.total("exits")
