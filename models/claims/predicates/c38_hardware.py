"""C38, hardware assistance came later: whether the unmodified guest boots, and exits less."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.hypervisors.generations import Booted, Extension, boot


def judge(run: Booted) -> Iterator[Finding]:
    """One finding a generation."""
    p = run.parameters
    yield Finding(
        Extension.declared("generation").choices[p.generation],
        confirmed=run.exits is not None and run.exits < run.before,
        refuted=not run.booted,
        measure=f"{run.exits:,} exits, before {run.before:,}"
        if run.exits is not None
        else "the guest does not boot",
    )


PREDICATE = Predicate(
    claim="C38",
    model="models.hypervisors.generations:boot",
    run=boot,
    settings=tuple(Extension(generation=name) for name in ("first", "second", "third")),
    judge=judge,
    # The extension taken out of the processor.
    ablated=lambda: [boot(Extension(generation="first", present=False))],
)
