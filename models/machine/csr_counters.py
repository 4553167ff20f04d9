"""The counters, the time and the supervisor's timer among the CSRs.

Cycles and attempts are one and the same here; instret leaves out the attempts that raised an
exception. A counter is the clock's count and a base, so counting costs nothing:

    counter = base + count     while it runs
    counter = base             while mcountinhibit holds it
"""

from __future__ import annotations

from collections.abc import Callable

from models.machine.clock import Clock
from models.machine.csr_bits import FIOM, M64, STCE


class CounterRegisters:
    """The part of `Csrs` that follows the clock."""

    clock: Clock
    on_interrupts: Callable[[], None]
    mcountinhibit: int
    menvcfg: int
    stimecmp: int
    virtual: int
    guest_time: Callable[[], int]
    _guest_timer: Callable[[], None]

    def _reset_counters(self) -> None:
        self.stimecmp = M64
        self.exceptions = 0  # attempts that did not retire
        self._cycle_base = self._instret_base = 0
        self.clock.schedule(None, self._timer)

    def _counter(self, base: int, inhibited: int, number: int) -> int:
        return base & M64 if self.mcountinhibit & inhibited else base + number & M64

    def _read_mcycle(self) -> int:
        return self._counter(self._cycle_base, 1, self.clock.count)

    def _read_minstret(self) -> int:
        return self._counter(self._instret_base, 4, self.clock.count - self.exceptions)

    _read_cycle, _read_instret = _read_mcycle, _read_minstret

    def _write_mcycle(self, value: int) -> None:
        # The written value stands after this instruction, which is the next to be counted.
        running = 0 if self.mcountinhibit & 1 else self.clock.count + 1
        self._cycle_base = value - running

    def _write_minstret(self, value: int) -> None:
        running = 0 if self.mcountinhibit & 4 else self.clock.count - self.exceptions + 1
        self._instret_base = value - running

    def shift_instret(self, number: int) -> None:
        """Leave instructions out that were another hart's."""
        self._instret_base -= number

    def _write_mcountinhibit(self, value: int) -> None:
        cycle, instret = self._read_mcycle(), self._read_minstret()
        self.mcountinhibit = value & 0b101
        count = self.clock.count
        self._cycle_base = cycle - (0 if value & 1 else count)
        self._instret_base = instret - (0 if value & 4 else count - self.exceptions)

    def _read_time(self) -> int:
        return self.guest_time() if self.virtual else self.clock.now() & M64

    def _write_stimecmp(self, value: int) -> None:
        self.stimecmp = value
        self._timer()

    def _write_menvcfg(self, value: int) -> None:
        self.menvcfg = value & (FIOM | STCE)
        self._timer()
        self._guest_timer()

    def _timer(self) -> None:
        """Come back when the supervisor timer is due."""
        ahead = self.menvcfg & STCE and self.clock.now() < self.stimecmp != M64
        self.clock.schedule(self.stimecmp if ahead else None, self._timer)
        self.on_interrupts()

    def unschedule_timer(self) -> bool:
        """Let somebody else look after the supervisor timer; tell whether the clock did."""
        return self.clock.cancel(self._timer)
