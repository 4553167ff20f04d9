"""Stepping back: a snapshot before, and the run again up to the instruction wanted.

A run is a function of the state it starts from, so its past need not be kept. Snapshots are taken
every so many instructions and after each input; of RAM they keep the pages that differ from the
first one's. They lie close together near the present and far apart long ago, so that a step back
runs again at most a share of the way back, and a few last steps almost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.machine.board import Board, Stop
from models.machine.memory import PAGE


@dataclass(frozen=True)
class _Snapshot:
    count: int
    state: dict[str, Any]  # without RAM
    pages: dict[int, bytes]


class History:
    """A board whose runs can be taken back.

    Parameters
    ----------
    board
        Run and feed it through this object from now on.
    interval
        Instructions between the newest snapshots: what a first step back may have to run again.
    keep
        Snapshots kept, at least 2; of more, the one is dropped that leaves the smallest gap for
        its age.
    """

    def __init__(self, board: Board, interval: int = 1_000_000, keep: int = 32):
        self.board, self.interval, self.keep = board, interval, keep
        self._base = bytes(board.ram.bytes)
        self._snapshots: list[_Snapshot] = []
        self._take()

    def _take(self) -> None:
        state = self.board.state()
        ram = state.pop("ram")
        pages = {
            start: ram[start : start + PAGE]
            for start in range(0, len(ram), PAGE)
            if ram[start : start + PAGE] != self._base[start : start + PAGE]
        }
        self._snapshots.append(_Snapshot(self.board.clock.count, state, pages))
        if len(self._snapshots) > self.keep:
            self._thin()

    def _thin(self) -> None:
        """Drop the snapshot that is missed least."""
        kept, now = self._snapshots, self._snapshots[-1].count

        def cost(i: int) -> float:
            return (kept[i + 1].count - kept[i - 1].count) / (now - kept[i].count + 1)

        del kept[min(range(1, len(kept) - 1), key=cost)]

    def feed(self, data: bytes) -> None:
        """Give the guest console input."""
        self.board.feed(data)
        self._take()

    def run(
        self, limit: int | None = None, until: str | Callable[[Board], bool] | None = None
    ) -> Stop:
        """Run as `Board.run` does."""
        done = 0
        while True:
            piece = self.interval if limit is None else min(self.interval, limit - done)
            stop = self.board.run(piece, until)
            done += stop.retired
            if stop.reason != "limit" or stop.detail or done == limit:
                return Stop(stop.reason, stop.detail, stop.code, done)
            self._take()

    def back(self, instructions: int = 1) -> None:
        """Return to the state so many instructions ago.

        Raises
        ------
        ValueError
            If that is before the history began.
        """
        first, now = self._snapshots[0].count, self.board.clock.count
        if not 0 <= instructions <= now - first:
            raise ValueError(f"instructions is {instructions}, allowed is 0 to {now - first}")
        target = now - instructions
        while self._snapshots[-1].count > target:
            self._snapshots.pop()
        snapshot = self._snapshots[-1]
        ram = bytearray(self._base)
        for start, page in snapshot.pages.items():
            ram[start : start + PAGE] = page
        self.board.load_state({**snapshot.state, "ram": ram})
        # A reader who has stepped back once does so again: the next time the way is short.
        last = min(target - snapshot.count, self.interval // 10)
        self.run(target - snapshot.count - last)
        if self.board.clock.count > snapshot.count:
            self._take()
        self.board.run(last)
