"""C33, virtual from head to foot: the same image, unpatched, and what its drivers talk to."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.predicates.guests import MODEL, run
from models.claims.verdict import Finding
from models.hypervisors.side_by_side import Guest, SideBySide

FULL = ("trap-and-emulate", "binary-translation", "hardware-assisted-shadow", "hardware-assisted")


def judge(found: SideBySide) -> Iterator[Finding]:
    """One finding: of the image, or of a driver that no real machine needs."""
    name = found.parameters.technique
    made = found.guest["device_accesses"].get("virtio-block", 0)
    if made:
        yield Finding(
            "guest with paravirtual drivers",
            confirmed=False,
            refuted=found.equal,
            measure=f"{made} accesses to a disk that exists in virtual machines only",
        )
        return
    good = found.unmodified and found.equal
    yield Finding(
        "identical image on each full engine",
        confirmed=good,
        refuted=not good,
        measure=f"{name}: {'the same bytes, the same end' if good else 'another end'}",
    )


PREDICATE = Predicate(
    claim="C33",
    model=MODEL,
    run=run,
    settings=(
        *(Guest(technique=name) for name in FULL),
        Guest(technique="hardware-assisted", workload="disk", part=10),
    ),
    judge=judge,
    # A processor through whose holes the guest sees the machine below.
    ablated=lambda: [run(Guest(holes=True))],
)
