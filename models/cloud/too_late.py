"""'Too late': a flash crowd, a scaler whose servers take their time to boot, and doing nothing.

Both fleets meet the same requests. How long may a boot take before it is of no use?
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from models.cloud.demand import Demand, Floats, Pattern, demand
from models.cloud.elasticity import draw, run, simulate
from models.cloud.fluid import fluid
from models.cloud.group import Group
from models.cloud.outcome import HOUR, Outcome
from models.cloud.scaling import POLICIES, Scaler, Seen, Settings
from models.facts import Beside, Fact, Facts
from models.parameters import Parameters, choice, parameter

RUNS = 32
RATE, SERVICE, SECONDS = 2.0, 2.0, 900.0  # requests/s, s: four servers busy before the crowd
INTERVAL, MAXIMUM = 10.0, 60
# Elasticity is useless where it prevents less than this share of the violations.
USELESS = 0.1
BOOTS = np.array([1, 10, 30, 60, 90, 120, 150, 180, 240, 300, 360, 420, 480, 540, 600.0])
BURSTS = np.array([20, 40, 60, 80, 100, 120, 150.0])


@dataclass(frozen=True)
class TooLate(Parameters):
    """A crowd of some length and height, and how the fleet is scaled."""

    boot: float = parameter(
        20.0, unit="s", low=0.1, high=900.0, step=1.0, scale="log", label="Boot delay"
    )
    target: float = parameter(0.6, low=0.3, high=0.9, step=0.05, label="Target utilisation")
    burst: float = parameter(
        60.0, unit="s", low=10.0, high=300.0, step=10.0, label="Length of the burst"
    )
    policy: str = choice("target", POLICIES, label="Policy")
    peak: float = parameter(
        4.0, unit="times the base", low=1.0, high=6.0, step=0.5, label="Height of the burst"
    )
    cooldown: float = parameter(
        120.0, unit="s", low=0.0, high=600.0, step=10.0, label="Cooldown before shrinking"
    )
    objective: float = parameter(
        2.0, unit="s", low=0.0, high=60.0, step=0.5, label="Longest wait that is fine"
    )
    seed: int = parameter(1, low=0, high=999, label="Seed of the demand")


@dataclass(frozen=True)
class Race:
    """The scaled fleet and the one that is left alone.

    Attributes
    ----------
    parameters : TooLate
    elastic, nothing : Outcome
        On the same requests.
    coarse : bool
        Whether both are the fluid form.
    """

    parameters: TooLate
    elastic: Outcome
    nothing: Outcome
    coarse: bool = False

    @property
    def late(self) -> float:
        """Share of requests that waited too long."""
        return float(self.elastic.late.mean())

    @property
    def prevented(self) -> float:
        """Share of the violations of doing nothing that scaling prevented; 0 where none were."""
        nothing = float(self.nothing.late.mean())
        return 1 - self.late / nothing if nothing else 0.0

    def facts(self) -> Facts:
        """What scaling bought and what it cost."""
        e, n = self.elastic, self.nothing
        return Facts(
            Fact("95th percentile of the wait", e.quantile(0.95), "s", 1),
            Fact("99th percentile of the wait", e.quantile(0.99), "s", 1),
            Fact("Waited too long", 100 * self.late, "%", 1),
            Fact("Waited too long, doing nothing", 100 * float(n.late.mean()), "%", 1),
            Fact("Idle", float(e.idle.mean()) / HOUR, "server-hours", 2),
            Fact("Missing", float(e.missing.mean()) / HOUR, "server-hours", 2),
            Fact("Bill by the second", float(e.bill.mean()), "$", 3),
            Fact("Bill by the second, doing nothing", float(n.bill.mean()), "$", 3),
            Fact("Bill by the hour", float(e.bill_by_hour.mean()), "$", 2),
            Fact("Changes of direction", float(e.turns.mean()), digits=1),
            title=self._title,
        )

    @property
    def _title(self) -> str:
        if self.coarse:
            return "Coarse: as a fluid, without chance"
        warned = self.elastic.title
        return f"Mean of {RUNS} runs" if warned == "Elasticity" else warned


@lru_cache(maxsize=2)
def too_late(parameters: TooLate) -> Race:
    """Exact, request by request; kept for the next call, so treat its arrays as read-only."""
    return _together(parameters, [parameters], RUNS)[0]


def races(parameters: TooLate, boots: Sequence[float], runs: int = RUNS) -> list[Race]:
    """`too_late` at several boot delays, in one simulation."""
    return _together(parameters, [replace(parameters, boot=float(boot)) for boot in boots], runs)


def by_policy(parameters: TooLate, policies: Sequence[str]) -> dict[str, Race]:
    """`too_late` under several policies, in one simulation."""
    tries = [replace(parameters, policy=policy) for policy in policies]
    return dict(zip(policies, _together(parameters, tries, RUNS), strict=True))


def _together(parameters: TooLate, tries: Sequence[TooLate], runs: int) -> list[Race]:
    """Fleets that meet the crowd of `parameters`, and the one that is left alone."""
    scalers = [_pair(each)[0] for each in tries] + [_pair(parameters)[1]]
    load = draw(scalers, [_crowd(parameters)] * len(scalers), runs)
    all_runs = simulate([scaler for scaler in scalers for _ in range(runs)], load)
    *scaled, nothing = (all_runs.part(slice(runs * i, runs * (i + 1))) for i in range(len(scalers)))
    return [Race(each, one, nothing) for each, one in zip(tries, scaled, strict=True)]


def by_hand(parameters: TooLate, line: Sequence[int]) -> Outcome:
    """The same crowd met with so many servers in each minute, ordered in good time by hand.

    The run begins with the fleet that the policy begins with.

    Raises
    ------
    ValueError
        Unless there is a number from 1 to MAXIMUM for each minute.
    """
    minutes = int(SECONDS // 60)
    if len(line) != minutes or not all(1 <= servers <= MAXIMUM for servers in line):
        raise ValueError(
            f"line: {list(line)} is not a fleet for each of {minutes} minutes; "
            f"allowed: {minutes} whole numbers from 1 to {MAXIMUM} servers"
        )
    at_once = replace(_pair(parameters)[0], boot=0.1, cooldown=0.0, minimum=1)
    load = draw([at_once], [_crowd(parameters)], RUNS)

    def follow(seen: Seen, settings: Settings) -> Floats:
        minute = int(seen.instant * seen.interval // 60e6)
        return np.full_like(seen.ready, line[minute])

    return run(Group([at_once] * RUNS, load), follow)


def too_late_fluid(parameters: TooLate) -> Race:
    """The coarse answer for dragging."""
    crowd = _crowd(parameters)
    both = fluid(_pair(parameters), [crowd, crowd])
    return Race(parameters, both.part(slice(1)), both.part(slice(1, None)), coarse=True)


def fluid_error(parameters: TooLate) -> Beside:
    """The exact and the coarse answer side by side."""
    runs = {
        "request by request": too_late(parameters).facts(),
        "as a fluid": too_late_fluid(parameters).facts(),
    }
    return Beside(runs, title="What the coarse answer misses")


def prevented(parameters: TooLate, runs: int = 8) -> Floats:
    """Share of violations prevented at each boot delay of BOOTS, exact."""
    return np.array([race.prevented for race in races(parameters, list(BOOTS), runs)])


def useless_from(parameters: TooLate) -> float:
    """The first boot delay of BOOTS, seconds, from which scaling prevents next to nothing.

    Infinite where even the last of them still helps.
    """
    helps = np.flatnonzero(prevented(parameters) >= USELESS)
    first = helps[-1] + 1 if helps.size else 0
    return float(BOOTS[first]) if first < len(BOOTS) else float("inf")


@lru_cache(maxsize=8)
def prevented_map(target: float, policy: str, seed: int) -> Floats:
    """Share of violations prevented for each burst and boot delay, as a fluid; 0 where none are.

    Returns
    -------
    ndarray, shape (bursts, boots)
        By BURSTS and BOOTS; treat as read-only, it is kept for the next call.
    """
    cells = [
        TooLate(boot=float(boot), burst=float(burst), target=target, policy=policy, seed=seed)
        for burst in BURSTS
        for boot in BOOTS
    ]
    crowds = [_crowd(cell) for cell in cells]
    pairs = [_pair(cell) for cell in cells]
    scalers = [elastic for elastic, _ in pairs] + [nothing for _, nothing in pairs]
    late = fluid(scalers, crowds * 2).late.reshape(2, len(BURSTS), len(BOOTS))
    # Where nothing is late anyway there is nothing to prevent.
    return np.where(late[1] > 0, 1 - late[0] / np.maximum(late[1], 1e-12), 0.0)


def _crowd(p: TooLate) -> Demand:
    return demand(Pattern(rate=RATE, peak=p.peak, burst=p.burst, seconds=SECONDS, seed=p.seed))


def _pair(p: TooLate) -> list[Scaler]:
    """The scaler, and the fleet that it starts with as its own least and most."""
    elastic = Scaler(
        policy=p.policy,
        boot=p.boot,
        target=p.target,
        interval=INTERVAL,
        cooldown=p.cooldown,
        maximum=MAXIMUM,
        service=SERVICE,
        objective=p.objective,
        seed=p.seed,
    )
    begin = int(np.ceil(RATE * SERVICE / p.target - 1e-9))
    return [elastic, replace(elastic, minimum=begin, maximum=begin)]
