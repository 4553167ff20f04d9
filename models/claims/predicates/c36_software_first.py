"""C36, at first in software alone: whether trapping is enough, with holes and without."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.predicates.guests import MODEL, run
from models.claims.verdict import Finding
from models.hypervisors.side_by_side import Guest, SideBySide


def judge(found: SideBySide) -> Iterator[Finding]:
    """One finding: plain trap-and-emulate succeeds or fails."""
    holes = found.parameters.holes
    end = found.consoles[1].splitlines()[-1:] or ["nothing printed"]
    yield Finding(
        f"processor {'with' if holes else 'without'} holes",
        confirmed=not found.equal,
        refuted=found.equal,
        measure="the guest ends as on bare metal" if found.equal else f"the guest ends: {end[0]}",
    )


PREDICATE = Predicate(
    claim="C36",
    model=MODEL,
    run=run,
    settings=(Guest(), Guest(holes=True)),
    judge=judge,
    ablated=lambda: [run(Guest())],  # every processor without holes
)
