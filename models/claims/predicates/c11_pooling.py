"""C11, resource pooling: whether a pool waits less, and needs less for the peak, than silos."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.pooling import Pooled, Pooling, pooling

CLEARLY = 0.9  # a gain counts from a tenth on
HARDLY = 0.99  # less than a hundredth is none


def judge(run: Pooled) -> Iterator[Finding]:
    """Waiting and peak capacity, where demand is independent or all in common."""
    if 0 < run.parameters.shared < 1:
        return
    identical = run.parameters.shared == 1
    yield _gain(
        "identical arrivals, waiting" if identical else "independent demand, waiting",
        run.alone_wait,
        run.pooled_wait,
        f"mean wait {run.alone_wait:.2f} → {run.pooled_wait:.2f} service times",
    )
    yield _gain(
        "identical demand, peak capacity" if identical else "independent demand, peak capacity",
        run.alone_servers,
        run.pooled_servers,
        f"{run.alone_servers} → {run.pooled_servers} servers for the peak",
    )


def _gain(condition: str, alone: float, pooled: float, measure: str) -> Finding:
    return Finding(condition, pooled < CLEARLY * alone, pooled > HARDLY * alone, measure)


PREDICATE = Predicate(
    claim="C11",
    model="models.cloud.pooling:pooling",
    run=pooling,
    settings=(Pooling(shared=0.0), Pooling(shared=1.0)),
    judge=judge,
    # Without anybody to share with: each tenant's pool is his own server.
    ablated=lambda: [pooling(Pooling(tenants=1, shared=s)) for s in (0.0, 1.0)],
)
