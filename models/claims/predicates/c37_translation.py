"""C37, translation is typical: what it repairs, and where nothing needs to be repaired."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.predicates.guests import MODEL, run
from models.claims.verdict import Finding
from models.hypervisors.side_by_side import Guest, SideBySide

NEEDED = "kernel code translated, user code direct"
NOT_NEEDED = "nothing translated, processor without holes"


def judge(found: SideBySide) -> Iterator[Finding]:
    """With holes, only what is translated may end alike; without, the other ends alike, too."""
    translated = found.parameters.technique == "binary-translation"
    told = f"{found.parameters.technique}: {'equal' if found.equal else 'not equal'}"
    if found.parameters.holes:
        yield Finding(
            NEEDED,
            confirmed=found.equal == translated,
            refuted=found.equal != translated,
            measure=f"with holes, {told}",
        )
    else:
        yield Finding(
            NOT_NEEDED,
            confirmed=not found.equal,
            refuted=found.equal,
            measure=f"without holes, {told}",
        )


PREDICATE = Predicate(
    claim="C37",
    model=MODEL,
    run=run,
    settings=(
        Guest("binary-translation", holes=True),
        Guest("binary-translation", "selfmodifying", part=20, holes=True),
        Guest("trap-and-emulate", holes=True),
        Guest("trap-and-emulate"),
    ),
    judge=judge,
    ablated=lambda: [run(Guest("trap-and-emulate"))],  # a processor that needs no translation
)
