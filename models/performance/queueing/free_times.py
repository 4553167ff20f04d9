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
    """

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
        self.rows: Times = np.zeros((room, columns), dtype)
        self.rows[servers:] = self.never
        self._spare = self.rows.copy()
        self._top = max(servers, 1)  # below are rows that no column uses: not worth sorting

    @property
    def first(self) -> Times:
        """When the first server becomes free, shape (columns,)."""
        return self.rows[0]

    def replace_first(self, x: Times) -> None:
        """Take out row 0 and put in `x`, which must not be smaller; shape (columns,)."""
        old, new = self.rows[: self._top], self._spare[: self._top]
        np.maximum(old, x, out=new)
        np.minimum(old[1:], new[:-1], out=new[:-1])
        self.rows, self._spare = self._spare, self.rows

    def join(self, when: Times) -> None:
        """One more server a column, free from `when` on; `never` adds none there.

        Raises
        ------
        ValueError
            Where a column has no room left.
        """
        if ((self.rows[-1] != self.never) & (when != self.never)).any():
            raise ValueError(f"servers: more than {len(self.rows)} do not fit; make more room")
        # new[i] = max(old[i - 1], min(old[i], x)): the same insertion, one place further down.
        new = np.minimum(self.rows, when)
        np.maximum(self.rows[:-1], new[1:], out=new[1:])
        self._put(new)

    def leave(self, where: NDArray[np.bool_]) -> Times:
        """Take the server that is free first out of each column in `where`.

        Returns
        -------
        ndarray, shape (columns,)
            When it has finished its last customer; `never` elsewhere.
        """
        gone = np.where(where, self.rows[0], self.never)
        without = np.concatenate([self.rows[1:], np.full_like(self.rows[:1], self.never)])
        self._put(np.where(where, without, self.rows))
        return gone

    def _put(self, rows: Times) -> None:
        self.rows, self._spare = rows, rows.copy()
        self._top = max(int((rows != self.never).any(axis=1).sum()), 1)


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
