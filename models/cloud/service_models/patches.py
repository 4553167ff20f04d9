"""A year of patches: who has to act, and for how long a flaw that could be mended stays open.

A flaw counts from the day on which its fix is published. Who must act is not typed in here: it is
what `attempts.who_acts` finds by letting each side try.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.cloud.service_models.attempts import who_acts
from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.offers import MODELS
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag, parameter

DAYS = 365.0
YEARS = 400  # simulated apart; the picture shows the first
LAYERS = NAMES[:-1]  # entries and settings get no patches
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Year(Parameters):
    """How fast each side is."""

    model: str = choice("PaaS", {m.name: m.title for m in MODELS.values()}, label="Service model")
    gap: int = parameter(
        60, unit="days", low=1, high=360, step=1, scale="log", label="You deploy every"
    )
    regular: bool = flag(True, label="At regular intervals")
    provider: float = parameter(
        3.0, unit="days", low=0.0, high=60.0, step=0.5, label="The provider patches after"
    )
    automatic: bool = flag(False, label="The provider rebuilds what runs")
    flaws: int = parameter(4, unit="a year", low=1, high=20, label="Flaws of each layer")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Patched:
    """What happened to every flaw, in days.

    Attributes
    ----------
    parameters : Year
    deployed : ndarray, shape (years, deployments)
        Ascending.
    found, ready, closed : ndarray, shape (years, layers, flaws)
        The fix is published; the provider has done its part; the fix is in what runs.
    """

    parameters: Year
    deployed: Floats
    found: Floats
    ready: Floats
    closed: Floats

    @property
    def yours(self) -> tuple[str, ...]:
        """Layers whose flaws wait for you, alone or after the provider."""
        return tuple(n for n in LAYERS if actor(self.parameters, n) != "provider")

    def exposure(self, layer: str) -> float:
        """Mean days for which a flaw of this layer stays open."""
        i = LAYERS.index(layer)
        return float((self.closed - self.found)[:, i].mean())

    def facts(self) -> Facts:
        """Named numbers."""
        p = self.parameters
        return Facts(
            Fact("Flaws a year that wait for you", p.flaws * len(self.yours), "flaws"),
            Fact("Flaws a year in all", p.flaws * len(LAYERS), "flaws"),
            Fact("Open on average", float((self.closed - self.found).mean()), "days"),
            Fact("Open on average, the runtime's", self.exposure("runtime"), "days"),
            title=f"{MODELS[p.model].title}: {YEARS} simulated years",
        )


def patches(year: Year) -> Patched:
    """Find flaws at random days, and let each side mend what is its own."""
    p, rng = year, np.random.default_rng(year.seed)
    found = np.sort(DAYS * rng.random((YEARS, len(LAYERS), p.flaws)), axis=2)
    horizon = DAYS + p.provider
    deployed = deployments(p.gap, p.regular, horizon, rng)
    ready, closed = found.copy(), found.copy()
    for i, layer in enumerate(LAYERS):
        who = actor(p, layer)
        if who != "consumer":
            ready[:, i] = found[:, i] + p.provider
        closed[:, i] = ready[:, i] if who == "provider" else after(deployed, ready[:, i])
    return Patched(p, deployed, found, ready, closed)


def actor(year: Year, layer: str) -> str:
    """Who must act: "consumer", "provider", or "both", the provider first."""
    who = who_acts(year.model, layer)
    if who == "the consumer":
        return "consumer"
    return "provider" if who == "the provider" or year.automatic else "both"


def deployments(gap: float, regular: bool, until: float, rng: np.random.Generator) -> Floats:
    """Days of deployments, seen from a day 0 that has nothing to do with them.

    Returns
    -------
    ndarray, shape (YEARS, deployments)
        Ascending; the last of each year is later than `until`.
    """
    if regular:
        count = int(until / gap) + 2
        return gap * (rng.random((YEARS, 1)) + np.arange(count))
    count = int(until / gap) + 10  # more than expected, and again until every year has enough
    days = np.zeros((YEARS, 0))
    while not days.size or days[:, -1].min() <= until:
        more = gap * rng.standard_exponential((YEARS, count)).cumsum(axis=1)
        days = np.hstack([days, more + (days[:, -1:] if days.size else 0.0)])
    return days


def after(deployed: Floats, days: Floats) -> Floats:
    """The first deployment at or after each day, year by year.

    Parameters
    ----------
    deployed : ndarray, shape (years, deployments)
    days : ndarray, shape (years, flaws)
    """
    # One search for all: each year's days are moved to a stretch of their own.
    apart = deployed.max() + DAYS
    shift = apart * np.arange(len(deployed))[:, None]
    index = np.searchsorted((deployed + shift).ravel(), days + shift)
    return np.asarray(deployed.ravel()[index])
