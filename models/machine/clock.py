"""Time: mtime ticks once in N instructions, and devices are called when their tick comes.

The clock counts *attempts*: an instruction that retires, or one that raises an exception. (Counting
retired ones alone, a trap at the trap vector would stop time and the run would never end.) An
interrupt costs nothing. The count is exact at every instruction, in every tier. While the book's
own firmware runs, time is paused: it stands in for a hypervisor, whose work adds none.
"""

from __future__ import annotations

from collections.abc import Callable

NEVER = 1 << 62
# The longest slice: Python's small numbers, which loops of the tiers count with. Larger ones made
# Pyodide, whose C long has 32 bits, a sixth slower (measured).
SLICE = (1 << 30) - 1
PAUSE_LIMIT = 100_000  # a pause that lasts longer is a hang: the longest call takes 40,000


class Clock:
    """Attempts so far, mtime, and what is due when.

    Parameters
    ----------
    instructions_per_tick
        N, at least 1.

    Attributes
    ----------
    fuel
        One cell: attempts left in the present slice. The tiers count it down; everything else
        follows from it.
    """

    def __init__(self, instructions_per_tick: int):
        if instructions_per_tick < 1:
            raise ValueError(
                f"instructions_per_tick is {instructions_per_tick}, an integer from 1 up is needed"
            )
        self.instructions_per_tick = instructions_per_tick
        self.fuel = [0]
        self.on_change: Callable[[], None] = lambda: None
        self.reset()

    def reset(self) -> None:
        """Start again at 0, with nothing due."""
        self.fuel[0] = 0
        self.paused = False
        self._slice_end = self._kept = 0
        self._paused_at, self._allowance = -1, 0
        self._skew = 0
        self._due: dict[Callable[[], None], int] = {}
        self._next = NEVER  # the count at which the first of it is

    @property
    def count(self) -> int:
        """Attempts so far."""
        return self._slice_end - (self._kept if self.paused else self.fuel[0])

    @property
    def now_at_no_fuel(self) -> int:
        """The count when the slice is used up, on mtime's scale: less the fuel, over N, is now."""
        return self._slice_end + self._skew

    @property
    def position(self) -> int:
        """The count, or while paused the instructions since time stopped."""
        left = self.fuel[0]
        return PAUSE_LIMIT - left if self.paused else self._slice_end - left

    @property
    def stood(self) -> int:
        """How many instructions time has stood still for, now or when it last did."""
        return PAUSE_LIMIT - (self.fuel[0] if self.paused else self._allowance)

    def pause(self) -> None:
        """Stop time; the fuel is another's until `resume`.

        Pauses between which no time passes share one allowance: an interrupt that a handler leaves
        pending brings the next pause at once, and the run would never end.
        """
        if self.count != self._paused_at:
            self._paused_at, self._allowance = self.count, PAUSE_LIMIT
        self._kept, self.paused = self.fuel[0], True
        self.fuel[0] = self._allowance

    def resume(self) -> None:
        """Let time go on."""
        self._allowance = self.fuel[0] - 1  # the return itself
        self.fuel[0], self.paused = self._kept, False

    def set_count(self, count: int) -> None:
        """Go to a count with no slice running: to restore a snapshot."""
        self._slice_end, self.fuel[0], self.paused = count, 0, False

    def begin_slice(self, end: int) -> int:
        """Let the hart run up to a count, or to the next event if that comes first.

        Returns for how many attempts.
        """
        count = self.count
        fuel = (end if end < self._next else self._next) - count
        if not 0 <= fuel <= SLICE:
            fuel = SLICE if fuel > 0 else 0
        self._slice_end = count + fuel
        if self.paused:
            self._kept = fuel
        else:
            self.fuel[0] = fuel
        return fuel

    def now(self) -> int:
        """Return mtime."""
        return (self.count + self._skew) // self.instructions_per_tick

    def set_now(self, ticks: int) -> None:
        """Set mtime (a guest may write it, and waiting jumps)."""
        self._skew = ticks * self.instructions_per_tick - self.count
        self._look()
        self.on_change()

    def schedule(self, tick: int | None, callback: Callable[[], None]) -> None:
        """Call `callback` once mtime reaches `tick`; None cancels, a second call replaces."""
        self._due.pop(callback, None)
        if tick is not None:
            self._due[callback] = tick
        self._look()
        self.on_change()

    def _look(self) -> None:
        """Find out when the next thing is due."""
        tick = min(self._due.values(), default=None)
        self._next = NEVER if tick is None else tick * self.instructions_per_tick - self._skew

    def cancel(self, callback: Callable[[], None]) -> bool:
        """Do not call `callback`; tell whether it would have been."""
        scheduled = callback in self._due
        if scheduled:
            self.schedule(None, callback)
        return scheduled

    def fire(self) -> None:
        """Call everything that is due."""
        if self.count < self._next:
            return
        now = self.now()
        for callback, tick in sorted(self._due.items(), key=lambda item: item[1]):
            if tick <= now and self._due.get(callback) == tick:
                del self._due[callback]
                callback()
        self._look()

    def jump(self) -> bool:
        """Move mtime to the next event; False if there is none."""
        if not self._due:
            return False
        self.set_now(max(self.now(), min(self._due.values())))
        return True

    def state(self) -> dict[str, int]:
        """Return count and skew (what is due, its owners schedule again)."""
        return {"count": self.count, "skew": self._skew}

    def load_state(self, state: dict[str, int]) -> None:
        """Take back what `state` returned."""
        self.set_count(state["count"])
        self._skew = state["skew"]
        self._look()
