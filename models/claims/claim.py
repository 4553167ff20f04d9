"""A claim in a reader's hands: settle it by runs, cite its sources, or weigh it."""

from dataclasses import dataclass
from typing import Any

from models.claims.card import CITED, RUN, WEIGHED, Card
from models.claims.ledger import Entry, ledger
from models.claims.measured import measured
from models.claims.predicates import predicate
from models.claims.verdict import Verdict, judge


@dataclass(frozen=True)
class Claim:
    """One of the ledger's claims."""

    entry: Entry

    def settle(self, *runs: Any) -> Card:
        """Let runs decide; the verdict is computed from them and cannot be given.

        Parameters
        ----------
        *runs : results of the claim's model
            One or more; each speaks for the condition that it was run under.

        Raises
        ------
        ValueError
            For a claim that no run can settle or that has no model yet, and without a run.
        """
        entry = self.entry
        if not entry.by_run:
            raise ValueError(f"{entry.id} is settled by {entry.settled_by}: no run can decide it")
        decides = predicate(entry.id)
        if decides is None:
            raise ValueError(f"{entry.id} is not yet settled: no model of it exists")
        if not runs:
            raise ValueError(f"{entry.id}: give at least one result of {decides.model}")
        findings = decides.findings(runs)
        for finding in findings:
            if finding.condition not in entry.conditions:
                raise ValueError(f"{entry.id} declares no condition {finding.condition!r}")
        yours = any(run.parameters not in decides.settings for run in runs)
        return Card(entry, RUN, judge(findings, entry.older), findings, yours)

    def rerun(self) -> Card:
        """The ledger's own runs, run now; 'not yet settled' where no model exists."""
        decides = predicate(self.entry.id)
        if decides is None:
            return Card(self.entry, RUN, Verdict.OPEN)
        return self.settle(*decides.standard())

    def cite(self) -> Card:
        """What the sources say, of a claim in which they have a say.

        Sources alone decide only where no run can, and only if somebody has read one of them.
        """
        entry = self.entry
        if not entry.by_source:
            raise ValueError(f"{entry.id} is settled by {entry.settled_by}: sources do not decide")
        alone = entry.settled_by == "source"
        checked = any(source.status != "memory" for source in entry.sources)
        return Card(entry, CITED, entry.verdict if alone and checked else Verdict.OPEN)

    def weigh(self) -> Card:
        """Evidence for an opinion; there is no verdict."""
        if self.entry.settled_by != "opinion":
            raise ValueError(f"{self.entry.id} is no opinion: it is settled by a run or a source")
        return Card(self.entry, WEIGHED, Verdict.OPEN)

    def card(self) -> Card:
        """As it stands in the ledger: by its own runs, cited or weighed, as is its kind."""
        entry = self.entry
        if entry.by_run:
            findings = measured().get(entry.id, ())
            return Card(entry, RUN, judge(findings, entry.older), findings)
        return self.weigh() if entry.settled_by == "opinion" else self.cite()

    def __repr__(self) -> str:
        return self.card().text()

    def _repr_html_(self) -> str:
        return self.card().html()


def claim(id: str) -> Claim:
    """The claim of this id.

    Raises
    ------
    ValueError
        For an id that the ledger does not have.
    """
    known = ledger()
    if id not in known:
        raise ValueError(f"claim: {id!r} is unknown; allowed: C01 to C{len(known)}")
    return Claim(known[id])
