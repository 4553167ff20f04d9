"""CP-40 replayed: one processor, many machines, each with an operating system of its own.

IBM's CP-40 of 1967 let fourteen users each have a whole System/360. Every guest ran in the problem
state, its kernel too; what it was not allowed to do trapped, and the control program did it. Here
the processor is this book's, the guests are `guests/one_job.S`, and the traps are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from models import stored
from models.events import Counters
from models.facts import Fact, Facts
from models.hypervisors.host import Host
from models.hypervisors.observable import differing
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.memory import RAM_BASE
from models.parameters import Parameters, parameter

MEMORY = 256 << 10  # bytes of each machine, as much as a virtual 360 had


@dataclass(frozen=True)
class Replay(Parameters):
    """How many machines share the processor, and for how long each may keep it."""

    machines: int = parameter(14, unit="machines", low=1, high=15, label="Virtual machines")
    quantum: int = parameter(200, unit="instructions", low=50, high=5000, step=50, label="A turn")


@dataclass(frozen=True)
class Replayed:
    """What came of it.

    Attributes
    ----------
    parameters : Replay
    halted : int
        Machines that came to their end.
    equal : int
        Machines in which nothing differs from the bare board's run.
    counters : tuple of Counters
        Of each machine.
    astray : int
        Pages of nobody's memory that were overwritten.
    """

    parameters: Replay
    halted: int
    equal: int
    counters: tuple[Counters, ...]
    astray: int

    def total(self, family: str) -> int:
        """Sum of a family's counts over all machines."""
        return sum(one.total(family) for one in self.counters)

    def facts(self) -> Facts:
        """Machines, instructions and traps."""
        direct, done = self.total("retired"), self.total("emulated")
        return Facts(
            Fact("Virtual machines", self.parameters.machines),
            Fact("Ended as on a board of its own", self.equal),
            Fact("Instructions by the processor, in U-mode", direct),
            Fact("Instructions by the hypervisor", done),
            Fact("Exits", self.total("exits")),
            Fact("Foreign pages touched", self.astray),
            title="One processor, shared",
        )


def image() -> bytes:
    """The guest, assembled for the begin of its memory."""
    source = stored.text("models.guests", "one_job.S")
    return assemble(source, origin=RAM_BASE).image()[1]


def replay(parameters: Replay) -> Replayed:
    """Run the machines in turns until each has ended."""
    code, options = image(), BoardOptions(memory=MEMORY, tier="step")
    alone = Board(options)
    apart = 2 << 20  # each machine begins on a boundary of 2 MiB
    host = Host(
        parameters.machines * apart, BoardOptions(tier="step"), frames=64 * parameters.machines
    )
    machines = [host.create(options, TrapAndEmulate) for _ in range(parameters.machines)]
    for board in (alone, *(vm.board for vm in machines)):
        board.reset()
        board.load(code)
    alone.run()
    ended = host.run(quantum=parameters.quantum)
    return Replayed(
        parameters,
        halted=sum(stop.reason == "halt" for stop in ended.values()),
        equal=sum(not differing(alone, vm.board) for vm in machines),
        counters=tuple(vm.counts() for vm in machines),
        astray=len(host.astray()),
    )
