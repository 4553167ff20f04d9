"""C34, every instruction is handled: who did the guest's instructions, under each technique."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.predicates.guests import MODEL, run
from models.claims.verdict import Finding
from models.hypervisors.side_by_side import Guest, SideBySide

CONDITIONS = {
    "trap-and-emulate": "trap-and-emulate",
    "binary-translation": "binary translation",
    "hardware-assisted": "hardware-assisted",
}
#: Least share of instructions done by the processor that counts as nearly all.
NEARLY = {"compute": 0.99, "syscall": 0.9}


def judge(found: SideBySide) -> Iterator[Finding]:
    """One finding: none of the instructions, or nearly all, ran directly."""
    technique, workload = found.parameters.technique, found.parameters.workload
    yield Finding(
        CONDITIONS.get(technique, technique),
        confirmed=found.direct == 0,
        refuted=found.equal and found.direct >= NEARLY[workload],
        measure=f"{found.direct:.1%} of '{workload}' done by the processor itself ({technique})",
    )


PREDICATE = Predicate(
    claim="C34",
    model=MODEL,
    run=run,
    settings=tuple(
        Guest(technique=technique, workload=workload, part=25)
        for technique in CONDITIONS
        for workload in NEARLY
    ),
    judge=judge,
    # An engine that lets the processor do nothing.
    ablated=lambda: [run(Guest("interpret", workload, part=5)) for workload in NEARLY],
)
