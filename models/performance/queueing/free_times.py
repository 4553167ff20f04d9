"""The whole state of c servers and one line, for many independent columns at once.

First come, first served needs to know one thing of the servers: when each becomes free. Row i of
`rows`, shape (servers, columns), holds the i-th smallest of those times; a column is one
replication or one setting of the parameters, and columns never meet. A customer takes row 0 and
puts his own departure back where it belongs. For a new time x >= row 0 the rows stay sorted by

    new[i] = min(old[i + 1], max(old[i], x))        (last row: max(old[i], x))

which is two array operations for all servers and columns: no heap, no branch, no search.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Times = NDArray[Any]  # float64 seconds, or int64 ticks
Slices = tuple[Times, Times, Times, Times, Times]


class FreeTimes:
    """Sorted times at which servers become free; a missing server is free at `never`.

    Parameters
    ----------
    servers : int
        Rows, all free at time 0.
    columns : int
    room : int, optional
        The most servers that may ever be there; by default `servers`.
    dtype : type
        float64, or int64 for exact integer ticks.

    Attributes
    ----------
    first : ndarray, shape (columns,)
        When the first server becomes free.
    """

    first: Times
    _turn: Slices
    _next: Slices

    def __init__(
        self, servers: int, columns: int, room: int | None = None, dtype: type = float
    ) -> None:
        room = servers if room is None else room
        if not 0 <= servers <= room or room < 1 or columns < 1:
            raise ValueError(
                f"servers: {servers} of at most {room} in {columns} columns is out of range; "
                "allowed: servers from 0 to the room, room and columns from 1"
            )
        self.never = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else np.inf
        self.room = room
        rows: Times = np.full((max(servers, 1), columns), self.never, dtype)
        rows[:servers] = 0
        self._put(rows)

    @property
    def rows(self) -> Times:
        """The times, sorted in each column, in as many rows as some column uses; one at least."""
        return self._turn[0]

    def replace_first(self, x: Times) -> None:
        """Take out row 0 and put in `x`, which must not be smaller; shape (columns,)."""
        old, later, new, earlier, self.first = self._turn
        np.maximum(old, x, out=new)
        np.minimum(later, earlier, out=earlier)
        self._turn, self._next = self._next, self._turn

    def join(self, when: Times, count: Times) -> None:
        """So many more servers in each column, free from `when` on; both of shape (columns,).

        Raises
        ------
        ValueError
            Where a column has no room left.
        """
        there = (self.rows != self.never).sum(axis=0)
        after = there + count
        if after.max() > self.room:
            raise ValueError(f"servers: more than {self.room} do not fit; make more room")
        rows = np.full((max(int(after.max()), 1), len(after)), self.never, self.rows.dtype)
        rows[: len(self.rows)] = self.rows
        row = np.arange(len(rows))[:, None]
        np.copyto(rows, when, where=(row >= there) & (row < after))
        self._put(np.sort(rows, axis=0))

    def leave(self, count: Times) -> Times:
        """Take so many servers that are free first out of each column.

        Returns
        -------
        ndarray, shape (most that leave a column, columns)
            When each has finished its last customer; `never` where fewer leave.
        """
        go = np.arange(len(self.rows))[:, None] < count
        gone = np.where(go, self.rows, self.never)[: int(count.max())]
        self._put(np.sort(np.where(go, self.never, self.rows), axis=0))
        return gone

    def _put(self, rows: Times) -> None:
        """Take sorted rows, but for those that no column uses: they are not worth sorting."""
        here = rows[: max(int((rows != self.never).any(axis=1).sum()), 1)]
        there = np.empty_like(here)
        # Sliced once, in both directions: for each customer that would cost as much as the rest.
        self._turn = (here, here[1:], there, there[:-1], there[0])
        self._next = (there, there[1:], here, here[:-1], here[0])
        self.first = here[0]


def serve(servers: FreeTimes, arrivals: Times, services: Times) -> Times:
    """Waits of customers in the order of their arrival.

    Parameters
    ----------
    servers : FreeTimes
        Changed in place, so that a long run can be served chunk by chunk.
    arrivals, services : ndarray, shape (customers, columns)
        Arrival instants, ascending in each column, and service times, in one unit.

    Returns
    -------
    ndarray, shape (customers, columns)
        Waiting times before service.
    """
    waits = np.empty_like(arrivals)
    leaves = np.empty_like(arrivals[0])
    for arrival, service, wait in zip(arrivals, services, waits, strict=True):
        np.maximum(arrival, servers.first, out=leaves)
        np.subtract(leaves, arrival, out=wait)
        leaves += service
        servers.replace_first(leaves)
    return waits
