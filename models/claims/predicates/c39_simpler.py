"""C39, simpler and easier to implement: how much code each way of full virtualization needs."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.hypervisors.complexity import NOT, SIMPLE, Complexity, Technique, complexity

CONDITIONS = {
    "trap-and-emulate": "trap-and-emulate",
    "binary-translation": "binary translation",
    "hardware-assisted": "hardware-assisted",
}


def judge(run: Complexity) -> Iterator[Finding]:
    """One finding, for the techniques that the ledger names."""
    condition = CONDITIONS.get(run.parameters.technique)
    if condition is not None:
        yield Finding(
            condition,
            confirmed=run.ratio <= SIMPLE,
            refuted=run.ratio >= NOT,
            measure=f"{len(run.own)} files; logical lines: {run.words}",
        )


PREDICATE = Predicate(
    claim="C39",
    model="models.hypervisors.complexity:complexity",
    run=complexity,
    settings=tuple(Technique(name) for name in CONDITIONS),
    judge=judge,
    # What an engine stands on left out of the count: each one's own file alone.
    ablated=lambda: [complexity(Technique(name, whole=False)) for name in CONDITIONS],
)
