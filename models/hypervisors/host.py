"""A board with a hypervisor on it: what memory belongs to whom, and whose turn it is.

The physical RAM::

    0x8000_0000  vector        one page; the hypervisor's traps arrive here, in Python
                 frames        pages for shadow tables, second-stage tables, translated code
                 canary
                 VM 0          its RAM, at 0x8000_0000 to the guest; on a 2 MiB boundary
                 canary
                 VM 1
                 ...
                 canary        up to the end

What belongs to nobody holds a pattern, so that a write astray is found (`astray`).
"""

from __future__ import annotations

from collections.abc import Iterator

from models.events import Counters
from models.hypervisors.processor import Processor
from models.hypervisors.vm import Technique, Vm
from models.machine.board import Board, BoardOptions, Stop
from models.machine.memory import PAGE, RAM_BASE

CANARY = 0xC5
HUGE = 1 << 21
FRAMES = 2048  # 8 MiB: shadow tables of some hundred address spaces
QUANTUM = 10_000  # instructions of a guest's turn


class OutOfFrames(Exception):
    """The hypervisor has no page left for its tables."""


class Frames:
    """The hypervisor's own pages.

    Parameters
    ----------
    first, number
        Where they lie, and how many there are.
    """

    def __init__(self, first: int, number: int):
        self._free = set(range(first, first + number * PAGE, PAGE))
        self._order = sorted(self._free, reverse=True)

    def __len__(self) -> int:
        return len(self._free)

    def take(self, board: Board, pages: int = 1) -> int:
        """Return the address of pages that lie together, aligned to their size, zeroed.

        Raises
        ------
        OutOfFrames
            Then some have to be given back first.
        """
        size = pages * PAGE
        if pages == 1:
            while self._order and self._order[-1] not in self._free:
                self._order.pop()
            found = self._order.pop() if self._order else None
        else:
            found = next((f for f in sorted(self._free) if self._together(f, size)), None)
        if found is None:
            raise OutOfFrames
        self._free -= set(range(found, found + size, PAGE))
        board.ram.write(found, bytes(size))
        return found

    def _together(self, first: int, size: int) -> bool:
        return first % size == 0 and self._free.issuperset(range(first, first + size, PAGE))

    def give(self, address: int, pages: int = 1) -> None:
        """Take pages back."""
        for frame in range(address, address + pages * PAGE, PAGE):
            self._free.add(frame)
            self._order.append(frame)


class Host:
    """A physical board and its virtual machines.

    Parameters
    ----------
    memory
        Bytes for all virtual machines, each on a boundary of 2 MiB.
    machine
        Of these options the physical hart's count: tier, hot, tlb_entries, a_d_by_hardware, holes,
        hypervisor, floats.
    frames
        Pages for the hypervisor's tables.

    Attributes
    ----------
    board, processor, frames
        The physical board, its hart, the hypervisor's free pages.
    machines
        The virtual machines.
    running
        Whose turn it is.
    """

    def __init__(self, memory: int, machine: BoardOptions | None = None, frames: int = FRAMES):
        asked = machine or BoardOptions()
        start = PAGE + frames * PAGE
        self._next = RAM_BASE + (-(-(start + PAGE) // HUGE)) * HUGE
        total = self._next - RAM_BASE + memory + HUGE
        self.board = Board(
            BoardOptions(
                memory=total,
                tier=asked.tier,
                hot=asked.hot,
                tlb_entries=asked.tlb_entries,
                a_d_by_hardware=asked.a_d_by_hardware,
                holes=asked.holes,
                hypervisor=asked.hypervisor,
                floats=asked.floats,
            )
        )
        self.processor = Processor(self.board, RAM_BASE)
        self.frames = Frames(RAM_BASE + PAGE, frames)
        self.machines: list[Vm] = []
        self._owned = [(RAM_BASE, RAM_BASE + start)]
        self._last_asid = self.generation = 0
        self.running: Vm | None = None
        self._charged = Counters()
        for low, high in self._unowned():
            self.board.ram.bytes[low - RAM_BASE : high - RAM_BASE] = bytes([CANARY]) * (high - low)

    def create(self, options: BoardOptions, technique: Technique) -> Vm:
        """Make a virtual machine.

        Parameters
        ----------
        options
            The guest's board; tier, hot and tlb_entries are the physical board's.
        technique
            Makes its engine.

        Raises
        ------
        ValueError
            If there is no room for its memory.
        """
        end = self._next + options.memory
        last = RAM_BASE + self.board.options.memory
        if end + PAGE > last:
            raise ValueError(
                f"memory is {options.memory} bytes, {last - PAGE - self._next} are left on the host"
            )
        vm = Vm(self, self._next, options, technique)
        self._owned.append((self._next, end))
        self._next = -(-(end + PAGE) // HUGE) * HUGE
        self.machines.append(vm)
        return vm

    def asid(self) -> tuple[int, int]:
        """Return an address space number that no translation in the TLB has, and its generation.

        Once they have all been used the TLB is emptied and a new generation begins.
        """
        self._last_asid += 1
        if self._last_asid > 0xFFFF:
            self._last_asid = 1
            self.generation += 1
            self.processor.fence()
        return self._last_asid, self.generation

    def reclaim(self) -> None:
        """Take back every page of every engine's tables: they are filled again as needed."""
        for vm in self.machines:
            if vm.engine.watcher is not None:
                vm.engine.watcher.clear()

    def charge_to(self, vm: Vm) -> None:
        """Count what the physical hart did for who ran until now; from now on it runs for `vm`."""
        self.processor.hart.settle()
        now = self.board.counters.copy()
        if self.running is not None:
            for family, counts in now.since(self._charged).items():
                for key, number in counts.items():
                    self.running.counters.count(family, key, number)
        self.running, self._charged = vm, now

    def _unowned(self) -> Iterator[tuple[int, int]]:
        """Ranges of physical RAM that belong to nobody."""
        low = RAM_BASE
        for start, end in sorted(self._owned):
            if low < start:
                yield low, start
            low = end
        yield low, RAM_BASE + self.board.options.memory

    def astray(self) -> list[int]:
        """Addresses of pages outside all that is owned, in which the pattern was overwritten."""
        found, pattern = [], bytes([CANARY]) * PAGE
        for low, high in self._unowned():
            for page in range(low, high, PAGE):
                end = min(page + PAGE, high)
                if self.board.ram.read(page, end - page) != pattern[: end - page]:
                    found.append(page)
        return found

    def run(self, limit: int | None = None, quantum: int = QUANTUM) -> dict[Vm, Stop]:
        """Let the virtual machines take turns on the hart until each has stopped.

        Parameters
        ----------
        limit
            Instructions of each guest at most.
        quantum
            Instructions of a turn.

        Returns
        -------
        dict
            Why each stopped; `retired` is its sum.
        """
        done = dict.fromkeys(self.machines, 0)
        stopped: dict[Vm, Stop] = {}
        while len(stopped) < len(self.machines):
            for vm in [vm for vm in self.machines if vm not in stopped]:
                turn = quantum if limit is None else min(quantum, limit - done[vm])
                stop = vm.board.run(turn)
                done[vm] += stop.retired
                if stop.reason != "limit" or stop.detail or done[vm] == limit:
                    stopped[vm] = Stop(stop.reason, stop.detail, stop.code, done[vm])
        return stopped
