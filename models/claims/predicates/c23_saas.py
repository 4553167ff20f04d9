"""C23, SaaS is an application to be used: its settings are the user's, its code is not."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.service_models.attempts import EFFECT, Question, Tried, attempts

CONDITIONS = {"data": "user settings", "code": "change of code"}
SETTINGS = (
    Question(model="SaaS", layer="data", operation="set"),
    Question(model="SaaS", layer="code", operation="replace"),
)


def judge(run: Tried) -> Iterator[Finding]:
    """A user's setting must show in the answer; other code must be refused."""
    layer, attempt = run.parameters.layer, run.chosen
    wanted = layer == "data"
    yield Finding(
        CONDITIONS[layer],
        attempt.outcome == EFFECT if wanted else not attempt.allowed,
        not attempt.allowed if wanted else attempt.allowed,
        attempt.refusal or f"the page is now {attempt.after.text.replace('<br>', ' / ')}",
    )


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
