"""Elasticity without chance: requests as a fluid, for a coarse answer while a reader drags.

Work flows in at its mean rate and out at the capacity that is there; what does not get through
stands before it. Policies, boots and bills are those of `models.cloud.elasticity`; what is lost is
every wait that comes from chance, and so some violations. `models.cloud.too_late.fluid_error` says
how many.
"""

from collections.abc import Sequence

import numpy as np

from models.cloud.demand import MICROSECONDS, Demand, Floats
from models.cloud.elasticity import plans, run
from models.cloud.group import Group, Load
from models.cloud.outcome import Outcome
from models.cloud.scaling import RULES, Scaler


def fluid(scalers: Sequence[Scaler], demands: Sequence[Demand]) -> Outcome:
    """One column for each pair of a scaler and a demand.

    Policy, interval and mean service time are the first scaler's.

    Returns
    -------
    Outcome
        `waits` are those of the fluid that arrives, one row a request, without chance.
    """
    plan, horizon = plans(scalers, demands)
    work = np.stack([_work(scalers[0], demand, plan, horizon) for demand in demands], axis=1)
    nobody = np.empty((0, len(scalers)))
    group = _FluidGroup(scalers, Load(nobody, nobody, plan, float(horizon)), work)
    return run(group, RULES[scalers[0].policy])


def _work(scaler: Scaler, demand: Demand, plan: Floats, horizon: int) -> Floats:
    """Microseconds of work that arrive in each interval, as if evenly over each bucket."""
    width, interval = demand.width * MICROSECONDS, scaler.interval * MICROSECONDS
    edges = np.minimum(np.arange(len(plan) + 1) * interval, horizon)
    come = np.concatenate([[0], np.cumsum(demand.requests)]) * scaler.service * MICROSECONDS
    return np.diff(np.interp(edges, np.arange(len(come)) * width, come))


class _FluidGroup(Group):
    """The same servers and decisions; only what goes through them is a fluid."""

    def __init__(self, scalers: Sequence[Scaler], load: Load, work: Floats) -> None:
        super().__init__(scalers, load)
        self.offered = work
        self.backlog = np.zeros(len(scalers))
        self.waits = np.zeros_like(work)

    def serve(self, instant: int) -> None:
        """What is there flows through as far as the capacity goes."""
        there = self.backlog + self.offered[instant]
        through = np.minimum(there, self.capacity[instant])
        before, self.backlog = self.backlog, there - through
        self.busy[instant] = through
        # Who comes in the middle of the interval finds the mean backlog before him.
        self.waits[instant] = (before + self.backlog) / 2 / self.ready

    def outcome(self) -> Outcome:
        """As many requests in each interval as its work stands for, all with its wait."""
        service = self.scalers[0].service * MICROSECONDS
        counts = np.diff(np.rint(np.cumsum(self.offered / service, axis=0)), axis=0, prepend=0)
        total = counts.sum(axis=0).astype(int)
        arrived_in = np.full((total.max(), len(total)), np.nan)
        for column, count in enumerate(counts.T.astype(int)):
            arrived_in[: total[column], column] = np.repeat(
                np.arange(len(count)), count.astype(np.intp)
            )
        row = np.nan_to_num(arrived_in).astype(int)
        waits = self.waits[row, self.columns] / MICROSECONDS
        waits[np.isnan(arrived_in)] = np.nan
        waiting = np.rint(self.backlog / service).astype(int)
        return self.sums(
            waits=waits,
            arrived_in=arrived_in,
            began=np.isfinite(waits),
            arrived=total,
            served=total - waiting,
            waiting=waiting,
            in_service=np.zeros_like(total),
        )
