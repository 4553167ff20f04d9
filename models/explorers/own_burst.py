"""Chapter 3: the reader's own CSV through the burst planner."""

import math
from dataclasses import dataclass

from models.cloud.deployment.burst import Plan, Prices, plan_of, porting_steps
from models.cloud.deployment.load import Load, load_of
from models.cloud.traces import Reading, read
from models.explorers.burst import draw_plan
from models.explorers.own_demand import OwnDemand, OwnView
from models.facts import Fact, Facts
from models.parameters import parameter

HEADROOM = 1.1  # of the axes, above the highest that they show


@dataclass(frozen=True)
class OwnBurst(Reading):
    """How to read the file, and the plan for it."""

    base: float = parameter(
        100.0, unit="% of the peak", low=0.0, high=120.0, step=5.0, label="Own servers"
    )
    public: float = parameter(
        1.0, unit="$/h", low=0.1, high=10.0, step=0.1, scale="log", label="Public price, when used"
    )
    porting: float = parameter(0.0, unit="h", low=0.0, high=24.0, step=0.25, label="Porting time")


def run(own: OwnBurst, data: bytes) -> tuple[Plan, tuple[str, ...]]:
    """The plan for the file's demand, and what is to be said about the file."""
    demand = read(data, own)
    load = load_of(demand, own.service)
    prices = Prices(public=own.public, porting=own.porting)
    notes = (*demand.notes, *_rounded(load, prices))
    return plan_of(load, prices, own.base / 100 * load.peak), notes


def _rounded(load: Load, prices: Prices) -> tuple[str, ...]:
    """A sentence where the porting time is not that of the slider."""
    taken = porting_steps(load, prices) * load.hours
    if math.isclose(taken, prices.porting):
        return ()
    return (
        f"A row of the file stands for {load.hours:g} h, so the porting time of "
        f"{prices.porting:g} h was rounded to {taken:g} h.",
    )


class BurstView(OwnView):
    """The live file field of the planner."""

    asks = OwnBurst
    heading = "Your own demand, planned"

    def _run(self, own: OwnBurst, data: bytes) -> None:
        result, notes = run(own, data)
        dearest = max(float(result.hybrid.total.max()), result.public_alone)
        facts = Facts(
            Fact("Peak", result.load.peak, "servers", 1),
            Fact("Mean", result.load.mean, "servers", 1),
            *result.facts(),
            title=" ".join(["Own servers, bursting into a public cloud.", *notes]),
        )
        self.answer = {
            "figure": draw_plan(result, HEADROOM * result.load.peak, (0.0, HEADROOM * dearest)),
            "facts": facts.html(),
            "alt": f"A demand of {result.load.mean:.1f} servers on average and "
            f"{result.load.peak:.1f} at the peak; the cheapest plan owns {result.best:.1f}.",
            "status": "",
        }


class PlannedDemand(OwnDemand):
    """The planner's file field as the last line of a cell shows it."""

    name = "own-burst"
    live = BurstView
