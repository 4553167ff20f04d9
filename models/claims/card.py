"""How a claim looks on a page: one line when closed; Chinese, reason and sources when open."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from models.claims.ledger import STATUSES, Entry, Source
from models.claims.verdict import Finding, Verdict

RUN, CITED, WEIGHED = "run", "cited", "weighed"
OPINION = ("⚖", "an opinion, weighed")


@dataclass(frozen=True)
class Card:
    """A claim and what has become of it.

    Attributes
    ----------
    entry : Entry
    way : {"run", "cited", "weighed"}
        What it rests on. Only a run has findings and numbers; a cited card never looks measured.
    verdict : Verdict
    findings : tuple of Finding
    yours : bool
        Whether the runs used a reader's settings instead of the ledger's.
    """

    entry: Entry
    way: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    yours: bool = False

    @property
    def badge(self) -> str:
        """Verdict in words: glyph, word, and on what it rests if not on a run."""
        if self.way == WEIGHED:
            return " ".join(OPINION)
        prefix = "with your settings: " if self.yours else ""
        suffix = ", by the sources cited" if self.cited else ""
        return f"{prefix}{self.verdict}{suffix}"

    @property
    def cited(self) -> bool:
        """Whether sources decided."""
        return self.way == CITED and self.verdict is not Verdict.OPEN

    @property
    def number(self) -> str:
        """What decided: the first number that confirms, and the first that refutes."""
        confirms = next((f.measure for f in self.findings if f.confirmed), "")
        refutes = next((f.measure for f in self.findings if f.refuted), "")
        return ", but ".join(filter(None, (confirms, refutes)))

    @property
    def not_run(self) -> tuple[str, ...]:
        """Declared conditions that these runs did not reach."""
        reached = {finding.condition for finding in self.findings}
        return tuple(c for c in self.entry.conditions if c not in reached)

    def text(self) -> str:
        """For terminals and for comparison in tests."""
        entry = self.entry
        lines = [f"{entry.id} {self.badge}: {entry.en}", *map(_finding_text, self.findings)]
        if self.findings and self.not_run:
            lines.append(f"  not run here: {'; '.join(self.not_run)}")
        lines += [f"  {entry.zh}", *(f"  {line}" for line in self.reason)]
        lines += [f"  Cited: {_source_text(source)}" for source in entry.sources]
        return "\n".join(lines)

    def html(self, cited: Callable[[Iterable[Source]], str] | None = None) -> str:
        """A disclosure that needs neither script nor colour; `cited` shows the sources."""
        entry = self.entry
        number = f' <span class="claim-number">{escape(self.number)}</span>' if self.number else ""
        reason = (f"<p>{escape(line)}</p>" for line in self.reason)
        parts = [quotation(entry), *reason, self._evidence()]
        parts += [(cited or sources_html)(entry.sources), self._rerun()]
        return (
            f'<details class="claim claim-{self.way}"><summary>{verdict_html(self)} '
            f'<span class="claim-id">{entry.id}</span> '
            f'<span class="claim-en">{escape(entry.en)}</span>{number}</summary>'
            f"{''.join(parts)}</details>"
        )

    @property
    def reason(self) -> list[str]:
        """Why; where a run has still to decide, what it must show, and the reason as expected."""
        entry = self.entry
        if self.way != RUN or self.findings:
            return [entry.reason]
        return [
            f"A run confirms it if {entry.confirms}, and refutes it if {entry.refutes}.",
            f"Expected, until a run decides: {entry.reason}",
        ]

    def _evidence(self) -> str:
        if not self.findings:
            return ""
        rows = "".join(
            f'<tr><th scope="row">{escape(f.condition)}</th><td>{_outcome(f)}</td>'
            f"<td>{escape(f.measure)}</td></tr>"
            for f in self.findings
        )
        rows += "".join(
            f'<tr><th scope="row">{escape(c)}</th><td>not run here</td><td></td></tr>'
            for c in self.not_run
        )
        return (
            '<table class="claim-findings"><caption>What the runs show</caption><thead><tr>'
            '<th scope="col">Condition</th><th scope="col">The claim is</th>'
            f'<th scope="col">Because</th></tr></thead><tbody>{rows}</tbody></table>'
        )

    def _rerun(self) -> str:
        if not self.findings:
            return ""
        return f'<p>Run it again: <code>claim("{self.entry.id}").rerun()</code></p>'

    __repr__ = text

    def _repr_html_(self) -> str:
        return self.html()


def verdict_html(card: Card) -> str:
    """Glyph and word; screen readers get the word alone."""
    glyph, word = OPINION if card.way == WEIGHED else (card.verdict.glyph, card.verdict.word)
    key = WEIGHED if card.way == WEIGHED else card.verdict.key
    before = "With your settings: " if card.yours else ""
    after = ' <span class="claim-cited">by the sources cited</span>' if card.cited else ""
    return (
        f'<span class="claim-verdict" data-verdict="{key}">{before}'
        f'<span class="claim-glyph" aria-hidden="true">{glyph}</span> '
        f'<span class="claim-word">{word}</span>{after}</span>'
    )


def quotation(entry: Entry) -> str:
    """The article's words, marked as Chinese and not to be translated."""
    return f'<p class="claim-zh" lang="zh-Hans" translate="no">{escape(entry.zh)}</p>'


def sources_html(sources: Iterable[Source]) -> str:
    """A list of sources, each with how much of it was read."""
    items = "".join(f"<li>{_source_html(source)}</li>" for source in sources)
    return f'<ul class="claim-sources" aria-label="Sources, cited">{items}</ul>'


def _source_text(source: Source) -> str:
    return f"{source.authors}, {source.title} ({source.year}); {STATUSES[source.status]}"


def _source_html(source: Source) -> str:
    title = f'<a href="{escape(source.url)}">{escape(source.title)}</a>'
    read = f'<span class="claim-status">{STATUSES[source.status]}</span>'
    return f"{escape(source.authors)}, {title} ({source.year}). {escape(source.note)} ({read})"


def _outcome(finding: Finding) -> str:
    if finding.confirmed:
        return "confirmed"
    return "refuted" if finding.refuted else "undecided"


def _finding_text(finding: Finding) -> str:
    return f"  {_outcome(finding)} when {finding.condition}: {finding.measure}"
