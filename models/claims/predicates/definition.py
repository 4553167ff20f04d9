"""The article's definition of a label against NIST's, over every combination of attributes."""

from collections.abc import Iterator, Mapping

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.deployment.census import Agreement, Change, compare


def against_nist(claim: str, label: str, conditions: Mapping[str, str]) -> Predicate:
    """The predicate of a claim that defines a label.

    Parameters
    ----------
    claim, label : str
    conditions : mapping
        Attribute that is changed to the condition as claims.toml names it.
    """

    def judge(run: Agreement) -> Iterator[Finding]:
        condition, changed = conditions[run.parameters.attribute], run.agree + run.differ
        measure = f"{condition}: {run.agree} of {changed} clouds get the same answer"
        yield Finding(condition, run.differ == 0, run.differ > 0, measure)

    return Predicate(
        claim=claim,
        model="models.cloud.deployment.census:compare",
        run=compare,
        settings=tuple(Change(label, attribute) for attribute in conditions),
        judge=judge,
        # Without NIST's clause on who may use it: the article's sentence against itself.
        ablated=lambda: [compare(Change(label, name, "article")) for name in conditions],
    )
