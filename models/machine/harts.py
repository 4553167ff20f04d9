"""Several harts on one board, which take turns: time is shared, and so are memory and devices.

There is one hart that executes (see `hart`). Of the others the state is kept, as a snapshot has it;
for its turn a hart is put in the place of the one before::

    hart 0  ====          ====            === executes
    hart 1      ====  wfi     ====        its turn ends after `TURN` instructions,
    hart 2          ==  wfi       ====    or when it waits: then the next that does not

mtime and the cycle counters go on in every hart's turns, instret in a hart's own. Turns end at a
count of instructions, so a program does the same each time, in every tier and under every engine. A
hart leaves its turn as by a trap: without reservation, and its TLB is empty at the next.

External interrupts go to hart 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.machine.csr_bits import STCE
from models.machine.hart import Hart
from models.machine.traps import STIP

TURN = 2_000  # instructions


class Harts:
    """The harts of one board.

    Parameters
    ----------
    hart
        The one that executes.
    number
        How many there are.

    Attributes
    ----------
    current
        Number of the one whose turn it is.
    ends
        The count at which its turn ends.
    """

    def __init__(self, hart: Hart, number: int):
        self._hart, self._clock, self._number = hart, hart.clock, number
        self._kept: list[dict[str, Any]] = []
        self.current = self.ends = 0

    def reset(self) -> None:
        """Power-on: hart 0 comes first, each knows its number."""
        self._kept = [self._leave() for _ in range(self._number)]
        for number, state in enumerate(self._kept):
            state["csrs"]["mhartid"] = number
        self.current, self.ends = 0, TURN

    def wire(self, number: int, bit: int) -> Callable[[bool], None]:
        """Return the setter of one hart's interrupt wire."""

        def set_level(level: bool) -> None:
            if number == self.current:
                self._hart.csrs.set_line(bit, level)
            else:
                kept = self._kept[number]["csrs"]
                kept["lines"] = kept["lines"] | bit if level else kept["lines"] & ~bit

        return set_level

    def turn(self) -> None:
        """Let the next hart go on, if this one's turn is over."""
        if self._clock.count >= self.ends and not self._next():
            self.ends = self._clock.count + TURN

    def give_up(self) -> bool:
        """Let the next hart go on, as this one waits; tell whether there is one."""
        return self._next()

    def _next(self) -> bool:
        """Change over to the next hart that does not wait; tell whether there is one."""
        first, timers = self.current, []
        for n in range(1, self._number + 1):
            self._change((first + n) % self._number)
            csrs = self._hart.csrs
            awake = not self._hart.waiting or bool(csrs.pending() & csrs.mie)
            if awake and self.current != first:
                self._hart.waiting = False
                self.ends = self._clock.count + TURN
                return True
            if csrs.menvcfg & STCE and csrs.mie & STIP:
                timers.append(csrs.stimecmp)
        ahead = [tick for tick in timers if tick > self._clock.now()]
        self._clock.schedule(min(ahead, default=None), self._woken)
        return False

    def _woken(self) -> None:
        """Nothing to do but to be there: a waiting hart's timer is due."""

    def _leave(self) -> dict[str, Any]:
        """Return the present hart's state, to be put back for its next turn."""
        self._hart.settle()
        nothing: dict[str, Any] = {"instruction_tlb": [], "data_tlb": [], "reservation": []}
        return self._hart.state() | nothing | {"left": self._clock.count}

    def _change(self, number: int) -> None:
        """Put another hart in the place of the present one."""
        self._kept[self.current] = self._leave()
        state = self._kept[number]
        self._hart.load_state(state)
        self.current = number
        if not self._hart.csrs.mcountinhibit & 4:
            self._hart.csrs.shift_instret(self._clock.count - state["left"])

    def state(self) -> dict[str, Any]:
        """Return whose turn it is, and the state of each hart but that one."""
        others = [kept for number, kept in enumerate(self._kept) if number != self.current]
        return {"current": self.current, "ends": self.ends, "others": others}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        self.current, self.ends = state["current"], state["ends"]
        self._kept = list(state["others"])
        self._kept.insert(self.current, {})
