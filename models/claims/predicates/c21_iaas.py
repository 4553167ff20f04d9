"""C21, IaaS rents out basic resources: one's own system on them, and nothing beneath it."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.predicates.attempted import finding
from models.claims.verdict import Finding
from models.cloud.service_models.attempts import Question, Tried, attempts

CONDITIONS = {"kernel": "change the guest's system", "hypervisor": "change the hypervisor"}


def judge(run: Tried) -> Iterator[Finding]:
    """The consumer's own kernel must take effect; another hypervisor must be refused."""
    layer = run.parameters.layer
    shown = f"the answer is now signed by {layer} 2"
    yield finding(CONDITIONS[layer], run.chosen, layer == "kernel", shown)


SETTINGS = tuple(Question(model="IaaS", layer=layer) for layer in CONDITIONS)

PREDICATE = Predicate(
    claim="C21",
    model="models.cloud.service_models.attempts:attempts",
    run=attempts,
    settings=SETTINGS,
    judge=judge,
    ablated=lambda: [
        attempts(Question(model="IaaS", layer=layer, guarded=False)) for layer in CONDITIONS
    ],
)
