"""A guest on the second generation, with an exit handler that somebody else has written.

The handler gets an exit and a `Machine` that can do two things: fill in a second-stage page, and do
one instruction for the guest. That is enough to boot a kernel, and both are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from models.guests.kernel import WORKLOADS, board_options, kernel_image, start
from models.hypervisors.exits import Exit
from models.hypervisors.hardware_assisted import HardwareAssisted
from models.hypervisors.host import Host
from models.hypervisors.observable import differing
from models.hypervisors.vm import Vm
from models.machine.board import Board

Handler = Callable[[Exit, "Machine"], Any]
MOST = 2_000_000  # instructions
MOST_EXITS = 5_000  # some eight times as many as a handler needs that fills pages in
IN_A_ROW = 50  # exits at one place after which nothing will change


class HandlerError(Exception):
    """The guest cannot go on with this handler."""


class Machine:
    """What a handler may do.

    Parameters
    ----------
    engine
        Whose guest it is.
    exit_
        Which exit it is about.
    """

    def __init__(self, engine: OwnHandler, exit_: Exit):
        self._engine, self._exit = engine, exit_

    def map(self, address: int) -> bool:
        """Fill in the second-stage page of a guest physical address; False if no memory is there.

        The guest then tries the same access again.
        """
        return self._engine.fill(self._exit, address)

    def emulate(self) -> None:
        """Do for the guest the instruction at which it left, device, trap and all."""
        self._engine.emulate()


class OwnHandler(HardwareAssisted):
    """The engine.

    Parameters
    ----------
    vm
        Whose guest it runs.
    handler
        Called at each exit.
    """

    name = "own-handler"

    def __init__(self, vm: Vm, handler: Handler):
        super().__init__(vm, timer_exits=True)
        self._handler = handler
        self.exits, self._same, self._last = 0, 0, (0, "", -1)

    def fill(self, exit_: Exit, address: int) -> bool:
        """See `Machine.map`."""
        if not exit_.cause.endswith("guest-page-fault"):
            return False
        filled = self._memory(exit_._replace(physical=address)) == self.retried
        if filled and exit_.cause.startswith("store") and self._vcpu.conditional(exit_.value):
            self._vcpu.emulate()
        return filled

    def emulate(self) -> None:
        """See `Machine.emulate`."""
        self._vcpu.emulate()

    def _handle(self, exit_: Exit) -> None:
        """See `InHardware`."""
        self.exits += 1
        place = (exit_.pc, exit_.cause, self._hart.clock.count)
        self._same = self._same + 1 if place == self._last else 0
        self._last = place
        if self.exits > MOST_EXITS:
            raise HandlerError(f"{MOST_EXITS:,} exits and no end, where some 600 are enough")
        if self._same > IN_A_ROW:
            where = f" at {exit_.physical:#x}" if exit_.physical else ""
            raise HandlerError(f"nothing moves: {exit_.cause}{where} comes again and again")
        self._handler(exit_, Machine(self, exit_))


@dataclass(frozen=True)
class Handled:
    """What came of a guest.

    Attributes
    ----------
    exits
        How many there were.
    differs
        What ended otherwise than on the bare board, in words; "" if nothing.
    """

    exits: int
    differs: str


def run(workload: str, size: int, handler: Handler, ticks_every: int = 1) -> Handled:
    """Run a workload to its end, and compare with the bare board.

    Parameters
    ----------
    workload, size
        See `models.guests.kernel`.
    handler
        At each exit.
    ticks_every
        Instructions a tick. With many of them a device's answer is worth waiting for.

    Raises
    ------
    HandlerError
        If it does not come to its end.
    """
    options = board_options(workload, instructions_per_tick=ticks_every)
    bare = Board(options)
    engines: list[OwnHandler] = []

    def technique(vm: Vm) -> OwnHandler:
        engines.append(OwnHandler(vm, handler))
        return engines[0]

    vm = Host(options.memory, replace(options, hypervisor=True)).create(options, technique)
    for board in (bare, vm.board):
        start(board, kernel_image(workload, size))
    bare.run(MOST)
    stop = vm.board.run(MOST)
    if stop.reason != "halt":
        raise HandlerError(f"it does not end: {stop}")
    checksum = f"checksum {WORKLOADS[workload].checksum(size):016x}".encode()
    found = differing(bare, vm.board)
    if checksum not in vm.board.console_output:
        found.append("the checksum")
    return Handled(engines[0].exits, ", ".join(found))
