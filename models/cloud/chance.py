"""Rare events by inversion: from uniform draws, whose stream is the same on every machine."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def repeats(probability: float, uniform: Floats) -> Floats:
    """How often in a row something of this probability happens.

    Parameters
    ----------
    probability : float
        0 or more, below 1.
    uniform : ndarray
        In [0, 1).

    Returns
    -------
    ndarray
        Whole numbers from 0, of the same shape, geometrically distributed.
    """
    if not probability:
        return np.zeros_like(uniform)
    return np.floor(np.log1p(-uniform) / np.log(probability))


def places(length: int, share: float, rng: np.random.Generator) -> Places:
    """Which of `length` things in a row happen, each with probability `share` (below 1).

    Drawn from gap to gap, so that rare events in a long row cost little.

    Returns
    -------
    ndarray of int
        Ascending, from 0.
    """
    if 1 - share == 1:  # none, or too rare for a float
        return np.zeros(0, np.int64)
    expected = share * length
    gaps = repeats(1 - share, rng.random(int(expected + 8 * np.sqrt(expected) + 20)))
    found = np.cumsum(gaps + 1).astype(np.int64) - 1
    return found[found < length]
