"""C12, rapid elasticity: whether an elastic fleet beats every fixed one."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.worth import Fleet, Trial, Worth, worth

WELL_WITHIN = 0.25  # of the burst; between this and the whole burst nothing is declared
CLEARLY = 0.9  # a bill is smaller from a tenth on


def judge(run: Worth) -> Iterator[Finding]:
    """One finding, if the boot delay is well below or above the burst's length."""
    boot, burst = run.parameters.boot, run.parameters.burst
    if WELL_WITHIN * burst < boot <= burst:
        return
    elastic, rival = run.elastic, run.rival
    yield Finding(
        "servers boot within a quarter of the burst"
        if boot <= burst
        else "servers boot after the burst",
        confirmed=elastic.bill < CLEARLY * rival.bill,
        refuted=elastic.bill >= rival.bill,
        measure=f"boot {boot:g} s: {_shown(elastic)}, fixed {_shown(rival)}",
    )


def _shown(fleet: Fleet) -> str:
    return f"{fleet.late:.0%} late for ${fleet.bill:.2f}"


PREDICATE = Predicate(
    claim="C12",
    model="models.cloud.worth:worth",
    run=worth,
    settings=(Trial(boot=0.2), Trial(boot=300.0)),
    judge=judge,
    # The control loop taken out: the same servers, whatever comes.
    ablated=lambda: [worth(Trial(policy="fixed", boot=0.2))],
)
