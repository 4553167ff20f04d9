"""C08, five essential characteristics: whether anybody notices when one of them goes."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.traits.ablation import TRAITS
from models.cloud.traits.knock_out import NOTHING, Knocked, KnockOut, knock_out
from models.cloud.traits.stories import STORIES

CONDITIONS = {
    "self-service": "self-service removed",
    "network access": "network access removed",
    "pooling": "pooling removed",
    "elasticity": "elasticity removed",
    "metering": "metering removed",
}


def judge(run: Knocked) -> Iterator[Finding]:
    """A trait that is taken away alone is needed if a tenant's story breaks."""
    if run.parameters.first == NOTHING or len(run.parameters.taken) != 1:
        return
    (taken,) = run.parameters.taken
    names = ", ".join(STORIES[name].short.lower() for name in run.broken)
    measure = f"{len(run.broken)} of {len(run.told)} stories break" + f": {names}" * bool(names)
    yield Finding(CONDITIONS[taken], bool(run.broken), not run.broken, measure)


PREDICATE = Predicate(
    claim="C08",
    model="models.cloud.traits.knock_out:knock_out",
    run=knock_out,
    settings=tuple(KnockOut(trait) for trait in TRAITS),
    judge=judge,
    # Without those who want something soon, elsewhere, much, briefly or accounted for: a tenant
    # who orders eight weeks ahead and changes nothing needs none of the five.
    ablated=lambda: [knock_out(KnockOut(trait, tenants="planner")) for trait in TRAITS],
)
