"""C19, hybrid cloud: whether two clouds beat one, and whether only portable work gains."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.deployment.burst import Burst, Plan, plan

CLEARLY = 0.05  # a saving counts from a twentieth on
AT_ONCE, TOO_LONG = 0.5, 10.0  # hours; office hours last ten


def judge(run: Plan) -> Iterator[Finding]:
    """One finding, where work moves within half an hour or not within a burst."""
    if run.parameters is None or AT_ONCE < run.prices.porting < TOO_LONG:
        return
    yield Finding(
        "portable workload" if run.prices.porting <= AT_ONCE else "workload that cannot move",
        confirmed=run.benefit > CLEARLY,
        refuted=run.benefit <= 0,
        measure=f"porting {run.prices.porting:g} h: both together save {run.benefit:.0%}",
    )


PREDICATE = Predicate(
    claim="C19",
    model="models.cloud.deployment.burst:plan",
    run=plan,
    settings=(Burst(porting=0.0), Burst(porting=24.0)),
    judge=judge,
    # Without technology that moves the work in time.
    ablated=lambda: [plan(Burst(porting=12.0))],
)
