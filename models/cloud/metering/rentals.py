"""What really happened: machines that tenants rented in a month, to the second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.int64]

MONTH = 30 * 86_400  # s
TENANTS = 10
MACHINES = 4_000
SHAPE = 1.5  # of Pareto's law: the mean is three times the shortest life, the variance infinite

LAWS = {
    "random": "Random (exponential)",
    "heavy": "Most short, a few very long (Pareto)",
    "equal": "All the same",
}


@dataclass(frozen=True)
class Rentals:
    """One machine an entry; shape (machines,) each.

    Attributes
    ----------
    start : ndarray of int
        Second of the month.
    life : ndarray of int
        Seconds used within the month, 1 or more.
    tenant : ndarray of int
        Who rented it, from 0.
    """

    start: Seconds
    life: Seconds
    tenant: NDArray[np.intp]

    @property
    def ended(self) -> NDArray[np.bool_]:
        """Whether it stopped before the month did."""
        return self.start + self.life < MONTH

    def by_tenant(self, seconds: Seconds) -> Seconds:
        """Seconds of the machines added up for each tenant."""
        total = np.zeros(TENANTS, np.int64)
        np.add.at(total, self.tenant, seconds)
        return total


def rentals(mean: float, law: str, rng: np.random.Generator) -> Rentals:
    """Machines that begin at any second of the month and live for `mean` seconds on average.

    What would outlive the month is cut off at its end, as a bill does.
    """
    start = rng.integers(0, MONTH, MACHINES)
    life = np.ceil(np.maximum(mean * lives(law, MACHINES, rng), 1.0))
    life = np.minimum(life, MONTH - start).astype(np.int64)
    return Rentals(start, life, rng.integers(0, TENANTS, MACHINES).astype(np.intp))


def lives(law: str, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Lifetimes with mean 1, by one of LAWS."""
    if law == "equal":
        return np.ones(count)
    if law == "heavy":
        return (SHAPE - 1) / SHAPE * (1 - rng.random(count)) ** (-1 / SHAPE)
    return rng.standard_exponential(count)
