"""Rapid elasticity: servers that come when they have booted and go when they have finished.

The line and the servers are exact, request by request; decisions fall at fixed instants. At an
instant the policy decides first, then servers boot and requests start. A request is given a server
when it starts, not when it arrives, so that a server which boots later still takes from the line.

Times are whole microseconds in floats, which hold them exactly: the result does not depend on the
order of additions, and an event-by-event simulation gives the same numbers to the last bit.
"""

from collections.abc import Callable, Sequence

import numpy as np

from models.cloud.demand import MICROSECONDS, Demand, Floats, arrivals
from models.cloud.group import Group, Load
from models.cloud.outcome import Outcome
from models.cloud.scaling import RULES, Policy, Scaler

Progress = Callable[[float], None]


def elasticity(scaler: Scaler, demand: Demand, progress: Progress | None = None) -> Outcome:
    """Run a scaler against a demand, in independent replications.

    Parameters
    ----------
    scaler : Scaler
    demand : Demand
    progress : callable, optional
        Told now and then the share that is done, 0 to 1.
    """
    columns = [scaler] * scaler.replications
    return simulate(columns, draw([scaler], [demand], scaler.replications), progress)


def draw(scalers: Sequence[Scaler], demands: Sequence[Demand], replications: int) -> Load:
    """Arrivals and exponential service times, `replications` columns a pair.

    Every pair draws from the same seed, so that settings differ in nothing but themselves; what
    several pairs have in common is drawn once.
    """
    kept: dict[tuple[int, float, int], tuple[Floats, Floats]] = {}
    drawn = []
    for scaler, demand in zip(scalers, demands, strict=True):
        same = (scaler.seed, scaler.service, id(demand))
        if same not in kept:
            rng = np.random.default_rng(scaler.seed)
            times = arrivals(demand, replications, rng)
            mean = scaler.service * MICROSECONDS
            kept[same] = times, np.ceil(mean * rng.standard_exponential(times.shape))
        drawn.append(kept[same])
    longest = max(len(times) for times, _ in drawn)
    plan, horizon = plans(scalers, demands)
    return Load(
        np.concatenate([_padded(times, longest, np.inf) for times, _ in drawn], axis=1),
        np.concatenate([_padded(work, longest, 0.0) for _, work in drawn], axis=1),
        np.repeat(plan, replications, axis=1),
        float(horizon),
    )


def plans(scalers: Sequence[Scaler], demands: Sequence[Demand]) -> tuple[Floats, int]:
    """Regular work of each interval in servers, shape (intervals, pairs); the common horizon."""
    interval = round(scalers[0].interval * MICROSECONDS)
    horizon = round(max(demand.seconds for demand in demands) * MICROSECONDS)
    pairs = zip(scalers, demands, strict=True)
    return np.stack([_plan(s, d, interval, horizon) for s, d in pairs], axis=1), horizon


def _padded(times: Floats, length: int, fill: float) -> Floats:
    return np.pad(times, ((0, length - len(times)), (0, 0)), constant_values=fill)


def _plan(scaler: Scaler, demand: Demand, interval: int, horizon: int) -> Floats:
    """Regular work of each interval, in servers."""
    middle = (np.arange(-(-horizon // interval)) + 0.5) * interval / MICROSECONDS
    bucket = np.minimum((middle / demand.width).astype(int), len(demand.regular) - 1)
    return demand.regular[bucket] / demand.width * scaler.service


def simulate(scalers: Sequence[Scaler], load: Load, progress: Progress | None = None) -> Outcome:
    """Run each column of a load under its own scaler; the interval is the first one's."""
    if any(s.interval != scalers[0].interval for s in scalers):
        raise ValueError("scalers: the interval must be the same in every column")
    return run(Group(scalers, load), _rule([s.policy for s in scalers]), progress)


def _rule(policies: Sequence[str]) -> Policy:
    """Each column's own rule."""
    columns = np.array(policies)
    rules = [(RULES[policy], columns == policy) for policy in dict.fromkeys(policies)]
    if len(rules) == 1:
        return rules[0][0]
    return lambda seen, settings: np.select(
        [where for _, where in rules], [rule(seen, settings) for rule, _ in rules]
    )


def run(group: Group, rule: Policy, progress: Progress | None = None) -> Outcome:
    """Let a policy lead a group from its first instant to the horizon."""
    for instant in range(group.intervals):
        if instant:
            group.decide(instant, rule)
        group.boot(instant)
        group.serve(instant)
        if progress and instant % 64 == 0:
            progress(instant / group.intervals)
    return group.outcome()
