"""Chapter 2.3, resource pooling: silos or a pool, whole machines, the noisy neighbour."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.cloud.neighbours import (
    BURST_FROM,
    NOISY,
    QUIET,
    STEP,
    STEPS,
    Neighbours,
    Noise,
    neighbours,
)
from models.cloud.pooling import Pooled, Pooling, pooling
from models.cloud.whole_machines import Machines, WholeMachines, whole_machines
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.facts import Fact, Facts

IN_COMMON = np.linspace(0, 1, 11)  # shares of the demand
TENANTS = np.unique(np.rint(np.geomspace(1, 2_000, 30)).astype(int))
LONGEST = 60.0  # s, on the picture's axis
# Machines that Google's cells would need more (Verma and others, EuroSys 2015, figures 5 and 6).
BORG_SPLIT = (20.0, 150.0)  # %, large users apart from the others
BORG_APART = (20.0, 30.0)  # %, production apart from batch


def _truth() -> Fact:
    run = pooling(Pooling(shared=1.0))
    return Fact("Shorter by", 100 * (1 - run.pooled_wait / run.alone_wait), "%")


same_instants = Prediction(
    name="same-instants",
    question=(
        "Ten tenants have a server each, busy 80% of the time. All their customers come at the "
        "very same instants: ten at once, then ten again. The tenants put their ten servers into "
        "one pool with one line. By how many per cent does the mean wait get shorter?"
    ),
    truth=_truth,
    because=(
        "The customers come together, but they do not take the same time. Whoever is quick frees a "
        "server for the next in line, whosever customer that is."
    ),
    low=0,
    high=100,
    near=6,
    misconceptions=(
        Misconception(
            0,
            "Nothing to share",
            "when all come at once nobody's server is idle to help out, so it seems. But a moment "
            "later some are: service times still differ.",
            within=8,
        ),
        Misconception(
            95,
            "As for independent customers",
            "so it is when they come one by one. Here ten come at once to ten servers that are "
            "nearly always busy, and nine of them stand in each other's way.",
            within=8,
        ),
    ),
)


@dataclass(frozen=True)
class Shares:
    """One share of demand in common among all others."""

    here: Pooled
    around: tuple[Pooled, ...]

    def facts(self) -> Facts:
        """Of the reader's setting."""
        return self.here.facts()


def shares(parameters: Pooling) -> Shares:
    """The reader's tenants, and the same with more and less demand in common."""
    return Shares(pooling(parameters), _around(replace(parameters, shared=0.0)))


@lru_cache(maxsize=8)  # dragging the share leaves the curve as it is
def _around(parameters: Pooling) -> tuple[Pooled, ...]:
    return tuple(pooling(replace(parameters, shared=float(s))) for s in IN_COMMON)


def draw_shares(result: Shares) -> Figure:
    """Wait and size of the pool, per cent of the silos', against the share in common."""
    wait = [100 * each.pooled_wait / each.alone_wait for each in result.around]
    size = [100 * each.pooled_servers / each.alone_servers for each in result.around]
    here, shared = result.here, result.here.parameters.shared
    side = "right" if shared < 0.5 else "left"  # a name stays within the picture
    return figures.figure(
        [
            figures.reference((0, 1), (100, 100), "Silos"),
            figures.run(IN_COMMON, size, "Servers for the peak", mode="lines"),
            figures.run(IN_COMMON, wait, "Mean wait", mode="lines")
            | {"line": {"color": var("ink"), "width": 2.5, "dash": "dash"}},
            *(
                figures.mark(shared, 100 * share, name, symbol, textposition=f"{place} {side}")
                for share, name, symbol, place in (
                    (here.pooled_servers / here.alone_servers, "size", "circle", "bottom"),
                    (here.pooled_wait / here.alone_wait, "wait", "diamond", "top"),
                )
            ),
        ],
        figures.axis("Share of the demand that all have in common", (-0.03, 1.03)),
        figures.axis("Pool, % of the silos", (0, 119)),
        phone={"legend": {"orientation": "h", "y": -0.24, "yanchor": "top"}},
    )


def describe_shares(result: Shares) -> str:
    """In words what the figure shows."""
    here = result.here
    p = here.parameters
    return (
        f"With {p.shared:.0%} of the demand in common, {p.tenants} tenants wait "
        f"{100 * here.pooled_wait / here.alone_wait:.0f} % as long in a pool as in silos, and need "
        f"{here.pooled_servers} servers for the peak instead of {here.alone_servers}. The more "
        "is in common, the longer the wait and the more servers."
    )


silos_or_pool = Explorer(
    name="silos-or-pool",
    title="Silos or a pool",
    model=shares,
    parameters=Pooling,
    picture=draw_shares,
    alt=describe_shares,
    controls=("shared", "tenants"),
    more=("load", "risk"),
    preview="shared",
    guard=same_instants.name,
)


@dataclass(frozen=True)
class Divided:
    """One number of tenants among others."""

    here: Machines
    extra: NDArray[np.float64]

    def facts(self) -> Facts:
        """Of the reader's setting."""
        return self.here.facts()


def divided(parameters: WholeMachines) -> Divided:
    """The same VMs owned by few and by many."""
    return Divided(whole_machines(parameters), _extra(replace(parameters, tenants=1)))


@lru_cache(maxsize=8)  # dragging the number of tenants leaves the curve as it is
def _extra(parameters: WholeMachines) -> NDArray[np.float64]:
    others = (replace(parameters, tenants=int(n)) for n in TENANTS)
    return np.array([whole_machines(other).extra for other in others])


def draw_divided(result: Divided) -> Figure:
    """Machines that separation adds against the number of tenants, with Google's figures."""
    here = result.here
    return figures.figure(
        [
            _borg("Borg: large users apart", BORG_SPLIT, 300.0, "top left"),
            _borg("Borg: batch apart", BORG_APART, 2.0, "top right"),
            figures.run(TENANTS, result.extra, "Our ten thousand VMs", mode="lines"),
            figures.mark(here.parameters.tenants, here.extra, "yours", textposition="top left"),
        ],
        figures.axis("Tenants who share no machine", (0.8, 2_600), "log", dtick=1),
        figures.axis("More machines, %", (-15, 320)),
        showlegend=False,
    )


def _borg(name: str, span: tuple[float, float], x: float, place: str) -> Trace:
    """A published range: a square with its error bar and its name."""
    low, high = span
    trace = figures.published([x], [(low + high) / 2], [(high - low) / 2], name)
    return trace | {
        "mode": "markers+text",
        "text": [name],
        "textposition": place,
        "textfont": {"color": var("ink")},
        "showlegend": False,
        "hovertemplate": f"{name}: {low:g} to {high:g} %<extra></extra>",
    }


def describe_divided(result: Divided) -> str:
    """In words what the figure shows."""
    here = result.here
    return (
        f"{here.parameters.tenants:,} tenants who share no machine need {here.extra:.0f} % more of "
        f"them than if they did: {here.alone:,} for {here.pooled:,}. Google's cells would need "
        f"{BORG_SPLIT[0]:g} to {BORG_SPLIT[1]:g} % more with their large users apart."
    )


whole = Explorer(
    name="whole-machines",
    title="Nobody shares a machine",
    model=divided,
    parameters=WholeMachines,
    picture=draw_divided,
    alt=describe_divided,
    controls=("tenants", "cores"),
    preview="tenants",
)


def draw_noise(noise: Noise) -> Figure:
    """The wait of the unluckiest in a hundred by the second of arrival, quiet and noisy."""
    return figures.figure(
        [
            _late(noise, NOISY, "Noisy tenant", "dash"),
            _late(noise, QUIET, "Quiet tenants", "solid"),
        ],
        figures.axis("Second of arrival", (0, STEPS * STEP)),
        figures.axis(
            "Served within (99 %), s",
            (STEP, LONGEST),
            "log",
            tickvals=[0.1, 1, 10, 60],
            ticktext=["≤ 0.1", "1", "10", "60"],
        ),
    )


def _late(noise: Noise, tenant: int, name: str, dash: str) -> Trace:
    late = np.quantile(noise.delays(tenant), 0.99, axis=1)
    line = {"color": var("ink"), "width": 2.5, "dash": dash}
    return figures.run(
        STEP * np.arange(STEPS)[::5], np.maximum(late, STEP)[::5], name, mode="lines", line=line
    )


def describe_noise(noise: Noise) -> str:
    """In words what the figure shows."""
    p = noise.parameters
    return (
        f"From second {BURST_FROM * STEP:.0f} on one of {p.tenants} tenants asks for "
        f"{p.burst:g} times its part of the pool, for {p.length:g} s. Of the quiet tenants' "
        f"requests 99 in 100 are served within {noise.late(QUIET):.1f} s, of the noisy one's "
        f"within {noise.late(NOISY):.1f} s."
    )


noisy = Explorer(
    name="noisy-neighbour",
    title="The noisy neighbour",
    model=neighbours,
    parameters=Neighbours,
    picture=draw_noise,
    alt=describe_noise,
    controls=("burst", "rule"),
    more=("load", "tenants", "length"),
    preview="burst",
)
