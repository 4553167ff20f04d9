"""C14, four deployment models: whether every combination of attributes gets exactly one label."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.deployment.census import Census, Counted, census

CONDITIONS = {
    "one": "one organization",
    "several": "several organizations",
    "anyone": "anyone",
    "two": "two clouds, bound together",
}


def judge(run: Counted) -> Iterator[Finding]:
    """One finding, for one kind of users."""
    yield Finding(
        CONDITIONS[run.parameters.about],
        confirmed=run.one == run.all,
        refuted=run.one < run.all,
        measure=f"{run.one:,} of {run.all:,} combinations have one label, {run.none:,} none"
        + (f", {run.more:,} several" if run.more else ""),
    )


PREDICATE = Predicate(
    claim="C14",
    model="models.cloud.deployment.census:census",
    run=census,
    settings=tuple(Census(about=about) for about in CONDITIONS),
    judge=judge,
    # Without NIST's exact conditions: the article's own sentences, which overlap and leave gaps.
    ablated=lambda: [census(Census(about, "article")) for about in ("one", "several", "anyone")],
)
