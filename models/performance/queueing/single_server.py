"""One server: Pollaczek and Khinchine's formula, and Lindley's recursion over whole arrays."""

import numpy as np
from numpy.typing import ArrayLike

from models.performance.queueing.erlang import Floats

# Customers composed at a time; sums restart with each block, which keeps their rounding small.
BLOCK = 1024


def mean_wait(load: ArrayLike, scv: ArrayLike, service: ArrayLike = 1.0) -> Floats:
    """Mean wait in M/G/1 by Pollaczek and Khinchine; infinite from load 1 on.

    Parameters
    ----------
    load : array_like of float
        Arrival rate x mean service time, above 0.
    scv : array_like of float
        Squared coefficient of variation of the service time, 0 or more.
    service : array_like of float
        Mean service time; the result has its unit.

    References
    ----------
    F. Pollaczek, Mathematische Zeitschrift 32, 1930; A. Khinchine, Mat. Sbornik 39, 1932.
    """
    rho, c2, s = (np.asarray(x, float) for x in (load, scv, service))
    if not (rho > 0).all():
        raise ValueError(f"load: {rho.min()} is out of range; allowed: more than 0")
    if not (c2 >= 0).all():
        raise ValueError(f"scv: {c2.min()} is out of range; allowed: 0 or more")
    with np.errstate(divide="ignore"):
        return s * (1 + c2) / 2 * rho / np.maximum(1 - rho, 0.0)


def lindley(gaps: Floats, services: Floats) -> Floats:
    """Waits in G/G/1 by ``W[k+1] = max(W[k] + S[k] - gap[k+1], 0)``, a block at a time.

    A step is the max-plus map ``w -> max(w + x, 0)``, and such maps compose: after any number of
    steps ``w -> max(w + U, U - min U)`` with U the running sum of x. So a block costs one running
    sum and one running minimum instead of a loop. Sums are taken in another order than in the
    loop: waits agree to ``2 * BLOCK * eps * (largest wait + largest |U|)``.

    Parameters
    ----------
    gaps, services : ndarray, shape (customers, ...)
        ``gaps[k]`` is the time between arrivals k-1 and k; ``gaps[0]`` does not matter.

    Returns
    -------
    ndarray, shape (customers, ...)
        Waits; the first customer finds the server free.
    """
    waits = np.zeros(services.shape, np.result_type(gaps, services))
    last = waits[0]
    for start in range(1, len(services), BLOCK):
        part = slice(start, min(start + BLOCK, len(services)))
        total = services[start - 1 : part.stop - 1] - gaps[part]
        np.cumsum(total, axis=0, out=total)
        lowest = np.minimum.accumulate(total, axis=0)
        np.minimum(lowest, -last, out=lowest)
        np.subtract(total, lowest, out=waits[part])
        last = waits[part.stop - 1]
    return waits
