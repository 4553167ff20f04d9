"""C39, simpler and easier to implement: how much code each way of full virtualization needs."""

from collections.abc import Iterator
from dataclasses import replace

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


def without_translator(run: Complexity) -> Complexity:
    """What the sentence fails by: without the translator, all that is left is trap-and-emulate."""
    left = {file: n for file, n in run.own.items() if not file.startswith("binary_translation")}
    return replace(run, own=left)


PREDICATE = Predicate(
    claim="C39",
    model="models.hypervisors.complexity:complexity",
    run=complexity,
    settings=tuple(Technique(name) for name in CONDITIONS),
    judge=judge,
    ablated=lambda: [without_translator(complexity(Technique(name))) for name in CONDITIONS],
)
