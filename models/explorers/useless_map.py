"""Chapter 2.4, the map: at which bursts and boot delays elasticity is useless."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.cloud.demand import Floats
from models.cloud.scaling import POLICIES
from models.cloud.too_late import BOOTS, BURSTS, USELESS, prevented_map
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure
from models.explorers.theme import var
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter


@dataclass(frozen=True)
class Boundary(Parameters):
    """The reader's line on the map: useless above `start` + `slope` x burst."""

    start: float = parameter(
        0.0, unit="s", low=0.0, high=600.0, step=10.0, label="Your line begins at"
    )
    slope: float = parameter(
        1.0, unit="s per second of burst", low=0.0, high=6.0, step=0.1, label="and rises by"
    )
    target: float = parameter(0.6, low=0.3, high=0.9, step=0.05, label="Target utilisation")
    policy: str = choice("target", POLICIES, label="Policy")


@dataclass(frozen=True)
class Map:
    """Where scaling helps, and where the reader says so.

    Attributes
    ----------
    parameters : Boundary
    prevented : ndarray, shape (bursts, boots)
        Share of violations that scaling prevents, by BURSTS and BOOTS.
    """

    parameters: Boundary
    prevented: Floats

    @property
    def guessed(self) -> np.ndarray:
        """Cells that the reader's line calls useless."""
        line = self.parameters.start + self.parameters.slope * BURSTS
        return line[:, None] <= BOOTS

    @property
    def right(self) -> float:
        """Share of cells on the right side of the reader's line."""
        return float((self.guessed == (self.prevented < USELESS)).mean())

    def facts(self) -> Facts:
        """How good the line is, and where useless begins for three bursts."""
        useless = self.prevented < USELESS
        first = [_first(row) for row in useless]
        return Facts(
            Fact("Settings on the right side of your line", 100 * self.right, "%", 0),
            Fact("Settings where scaling is useless", 100 * float(useless.mean()), "%", 0),
            *(
                Fact(f"Useless for {BURSTS[i]:g} s of burst from a boot delay of", first[i], "s")
                for i in (0, 2, -1)
            ),
            title="The map (a fluid, without chance)",
        )


def _first(useless: np.ndarray) -> float:
    """The boot delay from which a row of the map stays useless."""
    helps = np.flatnonzero(~useless)
    index = helps[-1] + 1 if helps.size else 0
    return float(BOOTS[index]) if index < len(BOOTS) else float("inf")


def boundary(parameters: Boundary) -> Map:
    """The map is computed once for a target and a policy; the line costs nothing."""
    return Map(parameters, prevented_map(parameters.target, parameters.policy, 1))


def draw_map(result: Map) -> Figure:
    """A dot a setting, the larger the more scaling prevents; crosses where it is useless."""
    bursts, boots = (axis.ravel() for axis in np.meshgrid(BURSTS, BOOTS, indexing="ij"))
    share = result.prevented.ravel()
    helps = share >= USELESS
    line = result.parameters.start + result.parameters.slope * BURSTS[[0, -1]]
    hover = "burst %{x} s, boot %{y} s<br>prevents %{customdata} %<extra></extra>"
    dots: dict[str, Any] = {"type": "scatter", "mode": "markers", "hovertemplate": hover}
    return figures.figure(
        [
            dots
            | {
                "x": figures.numbers(bursts[helps]),
                "y": figures.numbers(boots[helps]),
                "customdata": figures.numbers(np.round(100 * share[helps])),
                "marker": {
                    "color": var("ink"),
                    "size": figures.numbers(np.round(4 + 16 * np.sqrt(share[helps]), 1)),
                },
                "name": "Scaling helps",
            },
            dots
            | {
                "x": figures.numbers(bursts[~helps]),
                "y": figures.numbers(boots[~helps]),
                "customdata": figures.numbers(np.round(100 * share[~helps])),
                "marker": {"color": var("muted"), "size": 9, "symbol": "x-thin-open"},
                "name": "Useless",
            },
            figures.prediction(BURSTS[[0, -1]], line, "Your line"),
        ],
        figures.axis("Length of the burst, s", (10, 160)),
        figures.axis("Boot delay, s", (-20, 640)),
    )


def describe_map(result: Map) -> str:
    """In words what the map shows."""
    useless = result.prevented < USELESS
    return (
        f"Scaling is useless in {100 * useless.mean():.0f} % of the settings: from a boot delay "
        f"of {_delay(useless[0])} for a burst of {BURSTS[0]:g} s, and of "
        f"{_delay(useless[-1])} for one of {BURSTS[-1]:g} s. Your line puts "
        f"{100 * result.right:.0f} % of the settings on the right side."
    )


def _delay(useless: np.ndarray) -> str:
    first = _first(useless)
    return f"{first:g} s" if np.isfinite(first) else "none that was tried"


useless_map = Explorer(
    name="useless-map",
    title="Where elasticity is useless: drag your own line",
    model=boundary,
    parameters=Boundary,
    picture=draw_map,
    alt=describe_map,
    controls=("start", "slope"),
    more=("target", "policy"),
)
