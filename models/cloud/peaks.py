"""Sizing for the peak, from curves of demand: the sum of the peaks, or the peak of the sum.

The curves may be anything that was measured at the same instants, or made up as here: tenants whose
day has one noon, at the same hour everywhere or spread around the world.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.facts import Fact, Facts

Floats = NDArray[np.float64]

DAY = 24.0  # hours
INSTANTS = 288  # five minutes each


@dataclass(frozen=True)
class Peaks:
    """What tenants need alone and together.

    Attributes
    ----------
    alone, pooled : float
        The sum of their peaks, and the peak of their sum.
    correlation : float
        Mean over all pairs of tenants; -1 to 1. A curve that never changes goes with no other.
    """

    alone: float
    pooled: float
    correlation: float

    def facts(self) -> Facts:
        """Both sizes and the reason."""
        return Facts(
            Fact("The tenants' peaks, added up", self.alone, "servers", 1),
            Fact("The peak of all together", self.pooled, "servers", 1),
            Fact("Saved by pooling", 100 * (1 - self.pooled / self.alone), "%", 0),
            Fact("Correlation of two tenants, on average", self.correlation, digits=2),
            title="Sized for the peak",
        )


def peaks(curves: Floats) -> Peaks:
    """Size for demand curves, shape (tenants, instants), in servers.

    Raises
    ------
    ValueError
        For curves that are not two-dimensional, or somewhere negative or not a number.
    """
    if curves.ndim != 2 or not curves.size or not (curves >= 0).all():
        raise ValueError("curves: wanted shape (tenants, instants), all numbers 0 or more")
    pooled = float(curves.sum(axis=0).max())
    return Peaks(float(curves.max(axis=1).sum()), pooled, _correlation(curves))


def _correlation(curves: Floats) -> float:
    n, instants = curves.shape
    away = curves - curves.mean(axis=1, keepdims=True)
    spread = away.std(axis=1, keepdims=True)
    away = np.divide(away, spread, out=np.zeros_like(away), where=spread > 0)
    table = away @ away.T / instants
    return float((table.sum() - table.trace()) / max(n * (n - 1), 1))


def around_the_world(tenants: int, hours: float, peak: float = 5.0) -> Floats:
    """Days with one noon, the tenants' noons spread evenly over so many hours.

    Parameters
    ----------
    tenants : int
    hours : float
        0 for one time zone; 24 for all of them.
    peak : float
        Servers at noon, for one at midnight.

    Returns
    -------
    ndarray, shape (tenants, instants)
    """
    noon = DAY / 2 + hours * np.arange(tenants) / tenants
    clock = np.arange(INSTANTS) * DAY / INSTANTS
    return 1 + (peak - 1) * (1 + np.cos(2 * np.pi * (clock - noon[:, None]) / DAY)) / 2
