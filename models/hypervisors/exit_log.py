"""Trap-and-emulate, exit by exit: what trapped on the processor, and what it was to the guest."""

from __future__ import annotations

from dataclasses import dataclass

from models.hypervisors.cp40 import MEMORY, image
from models.hypervisors.exits import Exit
from models.hypervisors.host import Host
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.hypervisors.vm import Vm
from models.machine.board import BoardOptions
from models.machine.disassembler import disassemble
from models.machine.semantics import M64
from models.machine.traps import Trap


@dataclass(frozen=True)
class Row:
    """One exit.

    Attributes
    ----------
    after
        Instructions that the guest had done before it.
    mode
        What the guest believed to be in; the processor was in U.
    pc, text
        The instruction.
    cause
        What the processor said.
    reason
        What the hypervisor made of it.
    now
        What the guest believes to be in afterwards.
    """

    after: int
    mode: str
    pc: int
    text: str
    cause: str
    reason: str
    now: str


class Logged(TrapAndEmulate):
    """The engine, writing down what it handles."""

    def __init__(self, vm: Vm):
        super().__init__(vm)
        self.rows: list[Row] = []
        self._clock, self._counters = vm.board.clock, vm.counters

    def _handle(self, exit_: Exit) -> None:
        mode, after, text = self._hart.mode_name, self._clock.count, self._text()
        before = dict(self._counters["exits"])
        super()._handle(exit_)
        counted = self._counters["exits"]
        key = next(key for key in counted if counted[key] != before.get(key, 0))
        reason = key.split(":")[1]
        self.rows.append(
            Row(after, mode, exit_.pc & M64, text, exit_.cause, reason, self._hart.mode_name)
        )

    def _text(self) -> str:
        try:
            word = self._hart.mmu.fetch(self._hart.pc & M64)
        except Trap:
            return "(cannot be fetched)"
        return disassemble(word)


def exits() -> list[Row]:
    """Run `guests/one_job.S` under trap-and-emulate and return every exit, in order."""
    made: list[Logged] = []

    def technique(vm: Vm) -> Logged:
        made.append(Logged(vm))
        return made[0]

    host = Host(MEMORY, BoardOptions(tier="step"), frames=64)
    vm = host.create(BoardOptions(memory=MEMORY), technique)
    vm.board.reset()
    vm.board.load(image())
    vm.board.run()
    return made[0].rows
