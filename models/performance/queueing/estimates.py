"""What a simulation may say: estimates with confidence intervals, and when its warm-up ends."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.performance.queueing.erlang import Floats

GROUPS = 32
STUDENT = 2.0395  # 97.5 % quantile of Student's t with GROUPS - 1 degrees of freedom


@dataclass(frozen=True)
class Estimate:
    """A value and the half width of its 95 % confidence interval."""

    value: float
    half: float

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.value - self.half

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.value + self.half


def mean(sample: Floats) -> Estimate:
    """Mean over all of `sample`, shape (customers, columns); columns are independent."""
    return _estimate(sample, np.mean)


def quantile(sample: Floats, share: float) -> Estimate:
    """The value that `share` of the sample do not exceed.

    Raises
    ------
    ValueError
        Unless 0 < share < 1, or with fewer than GROUPS columns.
    """
    if not 0 < share < 1:
        raise ValueError(f"share: {share} is out of range; allowed: between 0 and 1")
    return _estimate(sample, lambda part: np.quantile(part, share))


def _estimate(sample: Floats, statistic: Callable[[Floats], np.floating]) -> Estimate:
    """The statistic of all, and Student's interval from its values over groups of columns."""
    columns = sample.shape[1]
    if columns < GROUPS:
        raise ValueError(
            f"columns: {columns} independent replications are too few for an interval; "
            f"allowed: {GROUPS} or more"
        )
    groups = [float(statistic(part)) for part in np.array_split(sample, GROUPS, axis=1)]
    half = STUDENT * np.std(groups, ddof=1) / np.sqrt(GROUPS)
    return Estimate(float(statistic(sample)), float(half))


def warm_up(profile: Floats) -> int:
    """How many leading values of a run's course still belong to its empty start (MSER).

    The cut minimises the squared standard error of the mean of what is left; it is looked for in
    the first half only, since a minimum near the end means that the run was too short.

    Parameters
    ----------
    profile : ndarray, shape (n,)
        Mean over all replications, in the order of time.

    References
    ----------
    K. P. White, "An effective truncation heuristic for bias reduction in simulation output",
    Simulation 69(6), 1997.
    """
    n = len(profile)
    left = n - np.arange(n)
    # Sums over profile[d:] for every d at once.
    total = np.cumsum(profile[::-1])[::-1]
    squares = np.cumsum(profile[::-1] ** 2)[::-1]
    error = (squares - total**2 / left) / left**2
    return int(np.argmin(error[: max(n // 2, 1)]))
