"""C23, SaaS is an application to be used: its settings are the user's, its code is not."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.predicates.attempted import finding
from models.claims.verdict import Finding
from models.cloud.service_models.attempts import Question, Tried, attempts

CONDITIONS = {"data": "user settings", "code": "change of code"}
SETTINGS = (
    Question(model="SaaS", layer="data", operation="set"),
    Question(model="SaaS", layer="code", operation="replace"),
)


def judge(run: Tried) -> Iterator[Finding]:
    """A user's setting must show in the answer; other code must be refused."""
    layer = run.parameters.layer
    shown = f"the page is now {run.chosen.after.text.replace('<br>', ' / ')}"
    yield finding(CONDITIONS[layer], run.chosen, layer == "data", shown)


PREDICATE = Predicate(
    claim="C23",
    model="models.cloud.service_models.attempts:attempts",
    run=attempts,
    settings=SETTINGS,
    judge=judge,
    ablated=lambda: [
        attempts(Question(model="SaaS", layer=s.layer, operation=s.operation, guarded=False))
        for s in SETTINGS
    ],
)
