"""The landing page's picture: the first chapter's explorer over a sweep, computed at build time."""

from typing import Any

from models.explorers.figures import numbers
from models.explorers.servers import ASKED, SHARE, WAITS, ten_times
from models.performance.queueing.staffing import Plan, Staffing, staffing

GROWTHS = 40  # steps of the slider
VISIBLE = 24  # points of a curve: as many as its few hundred pixels can show


def sweep() -> dict[str, Any]:
    """Everything that the page shows: the question with its replies, and a plan for each growth."""
    growths = Staffing.declared("growth").axis(GROWTHS).round().tolist()
    plans = [staffing(Staffing(growth=g)) for g in sorted({*growths, ASKED.growth})]
    return {
        "prediction": ten_times.spec(),
        "asked": ASKED.growth,
        "servers": ASKED.servers,
        "today": numbers([float(plans[0].now.mean)])[0],
        "work": 100 * ASKED.load,
        "share": SHARE,
        "waits": WAITS,
        "plans": [_plan(plan) for plan in plans],
    }


def _plan(plan: Plan) -> dict[str, Any]:
    proportional = plan.parameters.servers * plan.parameters.growth
    share, wait = 100 * plan.curve.servers / proportional, plan.curve.mean
    seen = (share <= SHARE[1]) & (wait >= WAITS[0])
    every = max(1, int(seen.sum()) // VISIBLE)
    return {
        "growth": plan.parameters.growth,
        "needed": plan.needed,
        "proportional": plan.proportional,
        "wait": numbers([float(plan.then.mean)])[0],
        "x": [round(float(v), 2) for v in share[seen][::every]],
        "y": [float(f"{v:.3g}") for v in wait[seen][::every]],
    }
