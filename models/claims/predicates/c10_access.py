"""C10, broad network access: whether every kind of client succeeds through one interface."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.access import PATIENCE, Access, Accessed, access

NEARLY_ALL = 0.99


def judge(run: Accessed) -> Iterator[Finding]:
    """One finding a client, at the interface of the run."""
    for visit in run.visits:
        works = visit.served >= NEARLY_ALL
        yield Finding(
            visit.client.name,
            confirmed=works,
            refuted=not works,
            measure=f"{visit.client.name}: {visit.served:.1%} done within {PATIENCE:.0f} s, "
            f"half within {visit.quantile(0.5):.2f} s",
        )


PREDICATE = Predicate(
    claim="C10",
    model="models.cloud.access:access",
    run=access,
    settings=(Access(),),
    judge=judge,
    # Without the standard mechanism: a program that not every client can install.
    ablated=lambda: [access(Access(interface="own"))],
)
