"""C01, cloud computing is a kind of distributed computing: systems by both yardsticks."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.definitions import Examined, Tenancy, examine

CONDITIONS = {"cluster": "batch cluster", "grid": "volunteer grid"}


def judge(run: Examined) -> Iterator[Finding]:
    """One finding: a cloud should be distributed, and what is distributed a cloud."""
    alone = run.parameters.machines == 1
    cloud = "rented single VM" if alone else "cloud service"
    several = f"{run.hosts} machine{'s' if run.distributed else ''}"
    yield Finding(
        CONDITIONS.get(run.parameters.system, cloud),
        confirmed=run.cloud and run.distributed,
        refuted=run.cloud != run.distributed,
        measure=f"{run.label.lower()}: {run.judged.shown} of 5 traits, the work on {several}",
    )


PREDICATE = Predicate(
    claim="C01",
    model="models.cloud.definitions:examine",
    run=examine,
    settings=(
        Tenancy(system="public"),
        Tenancy(system="public", machines=1),
        Tenancy(system="cluster"),
        Tenancy(system="grid"),
    ),
    judge=judge,
    # Among clouds with divided work alone there is nothing that tells the two apart.
    ablated=lambda: [examine(Tenancy(system=name)) for name in ("public", "webmail")],
)
