"""C40, two layers of operating system: whether a full guest's operations cross more layers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.performance.layers import Crossed, Crossing, layers

SYSTEM_CALL = "system call, any arrangement"
CONDITIONS = {
    "hosted": "disk request, hosted",
    "full": "disk request, bare metal, device in a process",
    "drivers": "disk request, bare metal, paravirtual drivers",
}
SETTINGS = (*(Crossing(name, "disk") for name in CONDITIONS), Crossing("hosted", "system call"))


@dataclass(frozen=True)
class Rivals:
    """A full guest's operation, and a paravirtual guest's on a bare-metal hypervisor."""

    full: Crossed
    para: Crossed

    @property
    def parameters(self) -> Crossing:
        """Of the full guest."""
        return self.full.parameters


def run(parameters: Crossing) -> Rivals:
    """Both crossings of one operation."""
    return Rivals(layers(parameters), layers(replace(parameters, arrangement="para")))


def judge(found: Rivals) -> Iterator[Finding]:
    """One finding, for what the ledger names."""
    p = found.parameters
    call = p.operation == "system call"
    condition = SYSTEM_CALL if call else CONDITIONS.get(p.arrangement)
    if condition is None or (not call and p.operation != "disk"):
        return
    more, many = len(found.full.layers), len(found.para.layers)
    yield Finding(
        condition,
        confirmed=more > many,
        refuted=more <= many,
        measure=f"{more} layers of software run, {many} with a paravirtual guest",
    )


PREDICATE = Predicate(
    claim="C40",
    model="models.performance.layers:layers",
    run=run,
    settings=SETTINGS,
    judge=judge,
    # The second system taken off the way: every request served by paravirtual drivers.
    ablated=lambda: [run(replace(setting, arrangement="drivers")) for setting in SETTINGS],
)
