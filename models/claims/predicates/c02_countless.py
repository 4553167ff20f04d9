"""C02, split into countless small programs: whether finer is sooner, and needed for a cloud."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.countless import Cost, Countless, countless


def judge(run: Cost) -> Iterator[Finding]:
    """Two findings: the makespan over ever finer cuts, and a tenant without any cut."""
    best, finest = run.tasks[run.best], run.tasks[-1]
    yield Finding(
        "parallel job with a cost per task",
        confirmed=run.keeps_falling,
        refuted=bool(best < finest),
        measure=f"{best:,} tasks take {run.makespans[run.best]:,.0f} s, "
        f"{finest:,} take {run.makespans[-1]:,.0f} s",
    )
    whole = run.undivided
    yield Finding(
        "tenant with one undivided task",
        confirmed=not whole.cloud,
        refuted=whole.cloud and not whole.distributed,
        measure=f"{whole.judged.shown} of 5 traits, the work on {whole.hosts} machine",
    )


PREDICATE = Predicate(
    claim="C02",
    model="models.cloud.countless:countless",
    run=countless,
    settings=(Countless(),),
    judge=judge,
    # Handing out for nothing: then finer is always sooner.
    ablated=lambda: [countless(Countless(overhead=0.0))],
)
