"""How many servers there should be: the rules of automatic scaling.

A policy sees what a real one sees, averages of the interval that has just ended, and answers how
many servers it wants, those that are still booting included. All for many columns at once.

A fleet grows at once, but shrinks only to the most that was wanted during the last `cooldown`
seconds, or it would follow every lull (Kubernetes calls this the stabilization window: 300 s).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from models.cloud.demand import Floats
from models.parameters import Parameters, choice, parameter
from models.performance.queueing.estimates import GROUPS

POLICIES = {
    "target": "Target tracking",
    "step": "Steps",
    "scheduled": "Timetable",
    "predictive": "Forecast",
    "fixed": "Do nothing",
}

# Seconds from the request to a server that serves. Only orders of magnitude matter here: the
# figures for metal and VM are illustrative, they vary with image, size and provider (M. Mao and
# M. Humphrey, "A performance study on the VM startup time in the cloud", IEEE CLOUD 2012).
# Container: F. Manco et al., SOSP 2017 (Docker, 150 to 200 ms); microVM: Firecracker's
# specification (at most 125 ms). Neither fetches an image or warms an application up.
BOOT = {"bare metal": 600.0, "VM": 60.0, "container": 0.2, "microVM": 0.125}

# Target tracking leaves well alone within this share of its target, as Kubernetes' horizontal pod
# autoscaler does by default.
TOLERANCE = 0.1
# Steps: (utilisation above or below the target, servers to add), the first that applies.
STEPS = ((0.3, 4), (0.15, 2), (0.05, 1))
STEP_DOWN = -0.2
# A forecast lays a straight line through so many of the last intervals.
FORECAST_OVER = 6


@dataclass(frozen=True)
class Scaler(Parameters):
    """An automatically scaled group of servers behind one line."""

    policy: str = choice("target", POLICIES, label="Policy")
    boot: float = parameter(
        30.0, unit="s", low=0.1, high=3_600.0, step=5.0, scale="log", label="Boot delay"
    )
    target: float = parameter(0.6, low=0.1, high=0.95, step=0.05, label="Target utilisation")
    interval: float = parameter(
        15.0, unit="s", low=1.0, high=600.0, step=5.0, label="Decides every"
    )
    cooldown: float = parameter(
        120.0, unit="s", low=0.0, high=3_600.0, step=15.0, label="Cooldown before shrinking"
    )
    minimum: int = parameter(2, unit="servers", low=1, high=500, label="At least")
    maximum: int = parameter(40, unit="servers", low=1, high=500, label="At most")
    service: float = parameter(
        1.0, unit="s", low=0.01, high=600.0, step=0.1, scale="log", label="Mean service time"
    )
    objective: float = parameter(
        1.0, unit="s", low=0.0, high=600.0, step=0.5, label="Longest wait that is fine"
    )
    price: float = parameter(
        0.10, unit="$/server-hour", low=0.0, high=100.0, step=0.01, label="Price"
    )
    replications: int = parameter(
        GROUPS, unit="replications", low=1, high=4_096, step=GROUPS, scale="log", label="Runs"
    )
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")

    def check(self) -> None:
        """Refuse an empty range of servers."""
        if self.minimum > self.maximum:
            raise ValueError(
                f"minimum: {self.minimum} servers are more than the maximum; "
                f"allowed: whole numbers from 1 to {self.maximum} servers"
            )


@dataclass(frozen=True)
class Settings:
    """What may differ between columns, shape (columns,) each; times in microseconds."""

    boot: Floats
    target: Floats
    cooldown: Floats
    minimum: Floats
    maximum: Floats
    objective: Floats

    @classmethod
    def of(cls, scalers: Sequence[Scaler]) -> "Settings":
        """One column a scaler."""
        values = {f.name: np.array([getattr(s, f.name) for s in scalers]) for f in fields(cls)}
        for name in ("boot", "cooldown", "objective"):
            values[name] = np.rint(values[name] * 1e6)
        return cls(**{name: value.astype(float) for name, value in values.items()})


@dataclass(frozen=True)
class Seen:
    """What a policy knows at an instant; arrays of shape (columns,) unless said otherwise.

    Attributes
    ----------
    instant : int
        Number of this decision; the interval before it has number instant - 1.
    interval : float
        Microseconds between decisions.
    ready, booting : ndarray
        Servers that serve or could, and servers requested that do not yet.
    busy : ndarray
        Servers busy during the last interval, on average.
    utilisation : ndarray
        `busy` as a share of the servers there were, 0 to 1.
    offered : ndarray, shape (instant, columns)
        Work that arrived in each interval so far, in servers that it would keep busy.
    plan : ndarray, shape (intervals, columns)
        The timetable: work that regularly arrives in each interval, the future included.
    """

    instant: int
    interval: float
    ready: Floats
    booting: Floats
    busy: Floats
    utilisation: Floats
    offered: Floats
    plan: Floats


def target_tracking(seen: Seen, settings: Settings) -> Floats:
    """As many servers as bring the utilisation back to the target."""
    ratio = seen.utilisation / settings.target
    far = np.abs(ratio - 1) > TOLERANCE
    return np.where(far, _servers(seen.busy, settings), seen.ready + seen.booting)


def steps(seen: Seen, settings: Settings) -> Floats:
    """A few servers more the further above the target, one fewer well below it."""
    above = seen.utilisation - settings.target
    change = np.select([above > limit for limit, _ in STEPS], [add for _, add in STEPS], 0)
    return seen.ready + seen.booting + np.where(above < STEP_DOWN, -1, change)


def scheduled(seen: Seen, settings: Settings) -> Floats:
    """What the timetable says for now, and for when a server requested now has booted."""
    lead = np.ceil(settings.boot / seen.interval).astype(int) + 1
    then = np.minimum(seen.instant + lead, len(seen.plan) - 1)
    columns = np.arange(len(lead))
    return _servers(np.maximum(seen.plan[seen.instant], seen.plan[then, columns]), settings)


def predictive(seen: Seen, settings: Settings) -> Floats:
    """What is needed when a server requested now has booted, if the last trend goes on."""
    recent = seen.offered[-FORECAST_OVER:]
    x = (np.arange(len(recent)) - (len(recent) - 1) / 2)[:, None]
    slope = (x * recent).sum(axis=0) / max((x * x).sum(), 1.0)
    lead = (len(recent) - 1) / 2 + 1 + settings.boot / seen.interval
    return _servers(np.maximum(recent.mean(axis=0) + slope * lead, 0.0), settings)


def fixed(seen: Seen, settings: Settings) -> Floats:
    """No change, ever: the fleet to compare with."""
    return seen.ready + seen.booting


Policy = Callable[[Seen, Settings], Floats]
RULES: dict[str, Policy] = {
    "target": target_tracking,
    "step": steps,
    "scheduled": scheduled,
    "predictive": predictive,
    "fixed": fixed,
}


def _servers(busy: Floats, settings: Settings) -> Floats:
    """Servers at the target utilisation for so many busy ones.

    The last bit of a division must not ask for one more server.
    """
    return np.ceil(busy / settings.target - 1e-9)
