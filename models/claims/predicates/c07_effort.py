"""C07, least management effort and least interaction: people at the provider, layers kept."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.effort import Effort, Left, effort

PATHS = {"api": "self-service interface", "tickets": "ticket desk"}


def judge(run: Left) -> Iterator[Finding]:
    """Two findings: nobody at the provider has to act, and no layer waits for the consumer."""
    p, people, layers = run.parameters, run.people, len(run.layers)
    yield Finding(
        PATHS[p.desk],
        confirmed=people == 0,
        refuted=people > 0,
        measure=f"people who have to act: {people}, after {run.waited / 3600:.0f} hours",
    )
    yield Finding(
        f"{p.model} consumer",
        confirmed=layers == 0,
        refuted=layers > 0,
        measure=f"{p.model}: {layers} layers to keep up to date",
    )


PREDICATE = Predicate(
    claim="C07",
    model="models.cloud.effort:effort",
    run=effort,
    settings=(Effort(desk="api", model="SaaS"), Effort(desk="tickets", model="IaaS")),
    judge=judge,
    # A desk instead of the interface, and a service that leaves most layers to its consumer.
    ablated=lambda: [effort(Effort(desk="tickets", model="IaaS"))],
)
