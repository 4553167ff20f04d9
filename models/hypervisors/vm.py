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
from models.machine.context import PlainTables
from models.machine.memory import PAGE
from models.machine.pmp import EXECUTE, READ, WRITE, Pmp
from models.machine.semantics import s64

if TYPE_CHECKING:
    from models.hypervisors.host import Host
    from models.machine.codecache import KeepsCode
    from models.machine.context import Context
    from models.machine.tlb import Entry

#: Makes the engine of a virtual machine.
Technique = Callable[["Vm"], Engine]


class OwnStores(dict[int, int]):
    """A fast table for stores (see `context`) that takes in no page of the guest's.

    Parameters
    ----------
    board
        The guest's.
    """

    def __init__(self, board: Board):
        super().__init__()
        self._base, self._pmp = board.ram.base, board.hart.csrs.pmp

    def __setitem__(self, page: int, delta: int) -> None:
        """Remember a page if the guest cannot reach it."""
        if closed(self._pmp, s64(page) + delta + self._base):
            super().__setitem__(page, delta)


class FirmwareTables(PlainTables):
    """Makes the fast tables with which the hypervisor runs firmware.

    A store to guest memory does not go by a table: `GuestMemory` is to be told of each.

    Parameters
    ----------
    board
        The guest's.
    """

    def __init__(self, board: Board):
        self._board = board

    def __call__(self) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
        """See `MakesTables`."""
        return {}, OwnStores(self._board), {}


def closed(pmp: Pmp, frame: int) -> bool:
    """Tell whether virtual S and U can reach nothing of a page."""
    return pmp.uniform(frame, PAGE) and not any(
        pmp.allows(frame, PAGE, access, False) for access in (READ, WRITE, EXECUTE)
    )


class GuestMemory:
    """Tells whom it concerns of writes to guest memory by the hypervisor and by virtual devices.

    It stands where a board has its cached code (see `codecache`), for the guest's board: the
    physical board's cached code, and the engine's tables, depend on what is written.

    The guest itself writes past it, so of what the hypervisor emulates it caches only what no guest
    can reach: the book's firmware, which PMP closes.

    Parameters
    ----------
    vm
        Whose memory.
    firmware
        Keeps the code of the firmware.
    """

    def __init__(self, vm: Vm, firmware: KeepsCode):
        self._vm, self._code, self._firmware = vm, vm.host.board.code, firmware
        self._engine: KeepsCode | None = vm.engine.watcher
        self._pmp = vm.board.hart.csrs.pmp

    def holds(self, address: int) -> bool:
        """Tell whether a write to this page concerns anybody."""
        there = self._code.holds(address + self._vm.offset) or self._firmware.holds(address)
        return there or (self._engine is not None and self._engine.holds(address))

    def enter(self, context: Context, page: int, frame: int, entry: Entry | None) -> None:
        """See `KeepsCode`: what the guest can reach is not cached."""
        if context.machine and closed(self._pmp, frame):
            self._firmware.enter(context, page, frame, entry)

    def wrote(self, low: int, high: int) -> None:
        """Tell of a write, by guest physical addresses."""
        self._code.wrote(low + self._vm.offset, high + self._vm.offset)
        self._firmware.wrote(low, high)
        if self._engine is not None:
            self._engine.wrote(low, high)

    def detach(self) -> None:
        """Guest memory's protection has changed, or much else."""
        self._firmware.clear()
        if self._engine is not None:
            self._engine.detach()

    def clear(self) -> None:
        """The guest's board is reset."""
        size = self._vm.board.options.memory
        self._code.wrote(self._vm.start, self._vm.start + size)
        self._firmware.clear()
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
        # the firmware's tier; steps if they are asked for, for a trace
        tier = "step" if options.tier == "step" else "closures"
        self.board = Board(replace(options, tier=tier), memory=self._memory)
        self.board.hart.mmu.contexts.tables = FirmwareTables(self.board)
        self.offset = start - self.board.ram.base
        self.vcpu = Vcpu(host.processor, self.board, self.counters)
        self.engine = technique(self)
        self.counters.engine = self.engine.name
        memory = GuestMemory(self, self.board.code)
        self.vcpu.run_firmware = self.board.drive(self._run_slice, memory)

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
            self.host.processor.shut()
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
