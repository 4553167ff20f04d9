"""C13, measured service: whether the bills add up to what the pool was used for."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.metering.bill import Metered, Metering, metering
from models.cloud.metering.records import KINDS

EXACT = 0.01  # a bill within a hundredth of the use is right
EDGES, _, READINGS = KINDS


def judge(run: Metered) -> Iterator[Finding]:
    """By the unit that is sold where nothing is lost; else by what the records say."""
    p = run.parameters
    if p.lost:
        yield _adds_up(f"events lost, {EDGES}", run, EDGES)
        yield _adds_up(f"events lost, {READINGS}", run, READINGS)
    else:
        yield _adds_up(f"metering by the {p.granularity}", run, READINGS)


def _adds_up(condition: str, run: Metered, kind: str) -> Finding:
    share = run.share(kind)
    right = abs(share - 1) <= EXACT
    return Finding(condition, right, not right, f"{condition}: bills are {share:.1%} of the use")


PREDICATE = Predicate(
    claim="C13",
    model="models.cloud.metering.bill:metering",
    run=metering,
    settings=(
        Metering(lost=0.0),
        Metering(lost=0.0, granularity="hour"),
        Metering(lost=1.0),
    ),
    judge=judge,
    # Without a meter: everybody pays for a month, whatever was used.
    ablated=lambda: [metering(Metering(lost=1.0, granularity="month"))],
)
