"""C22, PaaS lets customers' applications be deployed: those it supports, and nothing beneath."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.service_models.pushes import VISITS, Push, Pushed, pushed

CONDITIONS = {
    "good": "supported application",
    "runtime": "unsupported runtime",
    "system": "change of the system",
}


def judge(run: Pushed) -> Iterator[Finding]:
    """What is supported must serve without an error; the rest must be rejected."""
    change = run.parameters.change
    wanted = change == "good"
    served = run.taken and not run.errors
    yield Finding(
        CONDITIONS[change],
        served if wanted else bool(run.rejection),
        not served if wanted else not run.rejection,
        run.rejection or f"{VISITS} visits, {run.errors} errors, {run.log[-1]}",
    )


PREDICATE = Predicate(
    claim="C22",
    model="models.cloud.service_models.pushes:pushed",
    run=pushed,
    settings=tuple(Push(change=change) for change in CONDITIONS),
    judge=judge,
    ablated=lambda: [pushed(Push(change=change, guarded=False)) for change in CONDITIONS],
)
