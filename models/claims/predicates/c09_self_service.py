"""C09, on-demand self-service: whether nobody touches a request and the hour does not matter."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.self_service import Answered, SelfService, self_service

ALIKE = 1.1  # lead times by day and by night differ by less than a tenth


def judge(run: Answered) -> Iterator[Finding]:
    """By the office's hours and outside them; or, where approvals are asked for, under that."""
    api = run.api
    day, night = api.median(closed=False), api.median(closed=True)
    alone = not api.touched.any() and max(day, night) <= ALIKE * min(day, night)
    shown = {"office hours": day, "night": night}
    if run.parameters.approval:
        shown = {"approval delays": float(api.quantile(0.5))}
    for condition, hours in shown.items():
        yield Finding(
            condition,
            confirmed=alone,
            refuted=not alone,
            measure=f"{condition}: half have their machine within {60 * hours:,.1f} min, "
            f"{api.touched.mean():.1f} people a request",
        )


PREDICATE = Predicate(
    claim="C09",
    model="models.cloud.self_service:self_service",
    run=self_service,
    settings=(SelfService(), SelfService(approval=8.0)),
    judge=judge,
    # Without self-service: every request is over quota and goes to the desk.
    ablated=lambda: [
        self_service(SelfService(over_quota=100.0)),
        self_service(SelfService(over_quota=100.0, approval=8.0)),
    ],
)
