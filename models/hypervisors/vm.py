"""A virtual machine: a board whose RAM is a part of the physical board's, run by an engine.

The guest's own board (`Vm.board`) has everything that a guest can see: RAM, devices, clock and the
state of its hart. It is used as any `Board`: reset, load, run, state. Only who executes its
instructions differs: the engine, on the physical hart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from models.events import Counters
from models.hypervisors.vcpu import Engine, Vcpu
from models.machine.board import Board, BoardOptions
from models.machine.memory import PAGE

if TYPE_CHECKING:
    from models.hypervisors.host import Host
    from models.machine.codecache import KeepsCode
    from models.machine.context import Context
    from models.machine.tlb import Entry

#: Makes the engine of a virtual machine.
Technique = Callable[["Vm"], Engine]


class GuestMemory:
    """Tells whom it concerns of writes to guest memory by the hypervisor and by virtual devices.

    It stands where a board has its cached code (see `codecache`), for the guest's board: the
    physical board's cached code, and the engine's tables, depend on what is written.

    Parameters
    ----------
    vm
        Whose memory.
    """

    def __init__(self, vm: Vm):
        self._vm, self._code = vm, vm.host.board.code
        self._engine: KeepsCode | None = vm.engine.watcher

    def holds(self, address: int) -> bool:
        """Tell whether a write to this page concerns anybody."""
        there = self._code.holds(address + self._vm.offset)
        return there or (self._engine is not None and self._engine.holds(address))

    def enter(self, context: Context, page: int, frame: int, entry: Entry | None) -> None:
        """See `KeepsCode`: the hypervisor caches nothing of what it emulates."""

    def wrote(self, low: int, high: int) -> None:
        """Tell of a write, by guest physical addresses."""
        self._code.wrote(low + self._vm.offset, high + self._vm.offset)
        if self._engine is not None:
            self._engine.wrote(low, high)

    def detach(self) -> None:
        """Guest memory's protection has changed, or much else."""
        if self._engine is not None:
            self._engine.detach()

    def clear(self) -> None:
        """The guest's board is reset."""
        size = self._vm.board.options.memory
        self._code.wrote(self._vm.start, self._vm.start + size)
        if self._engine is not None:
            self._engine.clear()


class Vm:
    """One virtual machine.

    Parameters
    ----------
    host
        Where it runs.
    start
        Physical address of its memory.
    options
        The guest's board.
    technique
        Makes its engine.

    Attributes
    ----------
    board
        What the guest sees.
    offset
        Physical address minus guest physical address.
    vcpu, engine
        Its hart's state, and who executes it.
    counters
        What was counted on the physical hart for this guest, and its exits.
    """

    def __init__(self, host: Host, start: int, options: BoardOptions, technique: Technique):
        self.host, self.start = host, start
        self.counters = Counters()
        self.board = Board(replace(options, tier="step"), memory=self._memory)
        self.offset = start - self.board.ram.base
        self.vcpu = Vcpu(host.processor, self.board, self.counters)
        self.engine = technique(self)
        self.counters.engine = self.engine.name
        self.board.drive(self._run_slice, GuestMemory(self))

    def _memory(self, size: int) -> memoryview:
        place = self.start - self.host.board.ram.base
        return self.host.board.ram.bytes[place : place + size]

    def physical(self, address: int, length: int = PAGE) -> int | None:
        """Return where a range of guest RAM lies; None if it is no RAM, or a device stands there.

        Every address that an engine hands to the physical hart comes from here.
        """
        return address + self.offset if self.board.bus.plain(address, length) else None

    def _run_slice(self) -> None:
        """Let the engine run, on this guest's account."""
        if self.host.running is not self:
            self.host.charge_to(self)
        self.engine.run_slice()

    def counts(self) -> Counters:
        """Return the counters file's content.

        The physical hart's counts, exits and emulated instructions; devices are the guest's own,
        and so is what was injected: the traps of its virtual hart. The hart does not know whose
        tables it walks: where they are shadows, that is told here.
        """
        self.host.charge_to(self)
        merged = self.counters.copy()
        guest = self.board.counters
        for family in ("device_accesses", "device_interrupts", "dma_bytes"):
            merged[family].clear()
            merged[family].update(guest[family])
        for family in ("walk_references", "walk_updates") if self.engine.shadowed else ():
            walked = merged.total(family)
            merged[family].clear()
            merged.count(family, "shadow", walked)
        for family in ("traps", "interrupts"):
            for key, number in guest[family].items():
                merged.count("injected", key, number)
        return merged
