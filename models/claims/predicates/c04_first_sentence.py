"""C04, NIST's first sentence: a week of wishes within the quota, served from one shared pool."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.first_sentence import Asked, Week, ask


def judge(run: Asked) -> Iterator[Finding]:
    """Two findings: the worst hour, and the worst kind of client."""
    pool = f"hosts shared by tenants: {run.shared_hosts}"
    for condition, worst, of in (
        ("requests within quota at any hour", run.worst_hour, "in the worst hour"),
        ("requests from every kind of client", run.worst_client, "from the worst client"),
    ):
        good = worst == 1.0 and run.shared_hosts > 0
        yield Finding(
            condition,
            confirmed=good,
            refuted=not good,
            measure=f"{worst:.0%} served at once {of}, {pool}",
        )


PREDICATE = Predicate(
    claim="C04",
    model="models.cloud.first_sentence:ask",
    run=ask,
    settings=(Week(),),
    judge=judge,
    # A person says yes, and only in the provider's own building.
    ablated=lambda: [ask(Week(desk="tickets", entrance="site"))],
)
