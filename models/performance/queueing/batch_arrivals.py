"""One line before c servers, with customers who come alone and customers who come in batches.

Service times are exponential with mean 1, batches of n come at rate b and single customers at rate
a, all at random. The number present moves up by 1 or by n and down by 1, so in equilibrium as much
goes up across each cut between k and k + 1 as comes down:

    min(k + 1, c) p[k+1]  =  a p[k]  +  b (p[k-n+1] + ... + p[k])

Below c this gives p[0..c-1] up to a factor. From c on the left factor is c alone, so that the
generating function P(z) = sum of p[k] z^k is known:

    P(z) (c - a z - b (z + ... + z^n))  =  S(z)  =  sum over m < c of (c - m) p[m] z^m

At z = 1 it gives the factor, and its derivative the mean number present: no infinite sum is cut.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MOST_SERVERS = 500  # p grows as the load to the power of k over k!, which a float holds up to here


def mean_wait(servers: int, singles: ArrayLike, batches: ArrayLike, size: int) -> Floats:
    """Mean wait before service, in mean service times.

    Parameters
    ----------
    servers : int
        c, 1 to 500.
    singles, batches : array_like of float
        Arrivals of each kind in a mean service time, 0 or more, not both 0; broadcast.
    size : int
        Customers in a batch, 1 or more.

    Returns
    -------
    ndarray
        Infinite where customers come as fast as the servers work, or faster.
    """
    if not 1 <= servers <= MOST_SERVERS:
        raise ValueError(f"servers: {servers} is out of range; allowed: 1 to {MOST_SERVERS}")
    if size < 1:
        raise ValueError(f"size: {size} is out of range; allowed: 1 customer a batch or more")
    a, b = np.broadcast_arrays(np.asarray(singles, float), np.asarray(batches, float))
    if (a < 0).any() or (b < 0).any() or (a + b <= 0).any():
        raise ValueError("singles, batches: allowed: rates of 0 or more, not both 0")
    arriving = a + b * size
    p = [np.ones_like(arriving)]
    for k in range(servers - 1):
        recent = np.sum(p[max(0, k - size + 1) : k + 1], axis=0)
        p.append((a * p[k] + b * recent) / (k + 1))
    idle = np.array([(servers - m) * p[m] for m in range(servers)])
    spare = np.where(arriving < servers, servers - arriving, np.nan)
    idle *= spare / idle.sum(axis=0)
    slope = np.tensordot(np.arange(servers), idle, axes=1)
    present = (slope + a + b * size * (size + 1) / 2) / spare
    wait = present / arriving - 1
    return np.where(np.isnan(spare), np.inf, np.maximum(wait, 0.0))
