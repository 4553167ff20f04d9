"""Laws of gaps and service times, scaled to mean 1, drawn from portable random streams.

`scv` is the squared coefficient of variation, variance / mean**2: how irregular the times are.
"""

import numpy as np

from models.performance.queueing.erlang import Floats

LAWS = {
    "constant": "Constant",
    "exponential": "Exponential",
    "lognormal": "Log-normal",
    "pareto": "Pareto (heavy tail)",
}
LOGNORMAL_SCV = 4.0
PARETO_SHAPE = 2.5  # P(X > x) falls as x**-2.5: the variance is finite, the third moment is not


def scv(law: str) -> float:
    """Squared coefficient of variation of a law."""
    a = PARETO_SHAPE
    known = {
        "constant": 0.0,
        "exponential": 1.0,
        "lognormal": LOGNORMAL_SCV,
        "pareto": 1 / (a * (a - 2)),
    }
    return known[_known(law)]


def draw(law: str, rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Independent times of mean 1.

    Raises
    ------
    ValueError
        For a law that is not in LAWS.
    """
    if _known(law) == "constant":
        return np.ones(shape)
    if law == "exponential":
        return rng.standard_exponential(shape)
    if law == "lognormal":
        sigma = np.sqrt(np.log1p(LOGNORMAL_SCV))
        return np.exp(sigma * rng.standard_normal(shape) - sigma**2 / 2)
    least = (PARETO_SHAPE - 1) / PARETO_SHAPE
    return least * (1 - rng.random(shape)) ** (-1 / PARETO_SHAPE)


def _known(law: str) -> str:
    if law not in LAWS:
        raise ValueError(f"law: {law!r} is unknown; allowed: {', '.join(LAWS)}")
    return law
