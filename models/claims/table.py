"""Claims as rows: at the end of a chapter, and the whole ledger in the appendix."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from models.claims.card import WEIGHED, Card, quotation, verdict_html
from models.claims.claim import Claim
from models.claims.ledger import STATUSES, Source, errata, ledger
from models.claims.verdict import Verdict


@dataclass(frozen=True)
class ClaimsTable:
    """Cards as the rows of one table.

    Attributes
    ----------
    title : str
    cards : tuple of Card
    """

    title: str
    cards: tuple[Card, ...]

    def text(self) -> str:
        """One line a claim."""
        return "\n".join([self.title, *(_line(card) for card in self.cards)])

    def html(self) -> str:
        """A real table with a caption and a row header a claim."""
        head = "".join(
            f'<th scope="col">{name}</th>'
            for name in ("Claim", "The article says", "Verdict", "Decided by")
        )
        rows = "".join(map(_row, self.cards))
        table = (
            f'<table class="claims"><caption>{escape(self.title)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
        return _scrolling(self.title, table)

    __repr__ = text
    _repr_html_ = html


def claims_table(chapter: str, *cards: Card) -> ClaimsTable:
    """The claims that a chapter settles.

    Parameters
    ----------
    chapter : str
        ``"ch02"``.
    *cards : Card
        Claims settled on the page; their rows show these cards, the others stand as in the ledger.

    Raises
    ------
    ValueError
        For a chapter that settles no claim.
    """
    entries = [entry for entry in ledger().values() if entry.chapters[0] == chapter]
    if not entries:
        allowed = sorted({entry.chapters[0] for entry in ledger().values()})
        raise ValueError(f"chapter: {chapter!r} settles no claim; allowed: {', '.join(allowed)}")
    here = {card.entry.id: card for card in cards}
    rows = tuple(here.get(entry.id) or Claim(entry).card() for entry in entries)
    return ClaimsTable(f"The claims of chapter {int(chapter.removeprefix('ch'))}", rows)


@dataclass(frozen=True)
class Ledger:
    """Every claim as a card, closed to one line; its sources are links into `SourcesTable`."""

    cards: tuple[Card, ...]

    @property
    def title(self) -> str:
        """How many claims stand how."""
        counts = Counter(map(_standing, self.cards))
        shown = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
        return f"All {len(self.cards)} claims: {shown}"

    def text(self) -> str:
        """One line a claim."""
        return "\n".join([self.title, *map(_line, self.cards)])

    def html(self) -> str:
        """A list of disclosures, in the order of the article."""
        cards = "".join(
            f'<li id="{card.entry.id.lower()}">{card.html(_linked)}</li>' for card in self.cards
        )
        return f'<p>{escape(self.title)}</p><ul class="claims-list">{cards}</ul>'

    __repr__ = text
    _repr_html_ = html


def whole_ledger() -> Ledger:
    """Every claim with its verdict, reason and sources."""
    return Ledger(tuple(Claim(entry).card() for entry in ledger().values()))


def _table(kind: str, title: str, columns: tuple[str, ...], rows: str) -> str:
    """A captioned table with a header row, which scrolls by itself where it is too wide."""
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    return _scrolling(
        title,
        f'<table class="claims claims-{kind}"><caption>{title}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>",
    )


@dataclass(frozen=True)
class SourcesTable:
    """The ledger's sources, with how much of each was read."""

    def text(self) -> str:
        """One line a source."""
        return "\n".join(
            f"{s.id}: {s.authors}, {s.title} ({s.year}); {s.status}" for s in _sources()
        )

    def html(self) -> str:
        """A real table; each row can be linked to."""
        rows = "".join(
            f'<tr id="source-{s.id}"><th scope="row">{escape(s.authors)} {s.year}</th>'
            f'<td><a href="{escape(s.url)}">{escape(s.title)}</a>, {escape(s.venue)}</td>'
            f"<td>{escape(s.note)}</td><td>{STATUSES[s.status]}</td></tr>"
            for s in _sources()
        )
        columns = ("Source", "Title", "What we found", "Read")
        return _table("sources", "The sources of the claims", columns, rows)

    __repr__ = text
    _repr_html_ = html


@dataclass(frozen=True)
class Errata:
    """The article's slips as a table."""

    def text(self) -> str:
        """One line a slip."""
        return "\n".join(
            f"{e.article} -> {e.corrected or '(left out)'}: {e.note}" for e in errata()
        )

    def html(self) -> str:
        """A real table."""
        rows = "".join(
            f'<tr><th scope="row">{escape(e.where)}</th>{_zh(e.article)}{_zh(e.corrected)}'
            f"<td>{escape(e.note)}</td></tr>"
            for e in errata()
        )
        columns = ("Where", "Article", "Here", "What it is")
        return _table("errata", "The article's slips, corrected where it is quoted", columns, rows)

    __repr__ = text
    _repr_html_ = html


def _row(card: Card) -> str:
    entry = card.entry
    cells = (f"{escape(entry.en)}{quotation(entry)}", verdict_html(card), escape(_by(card)))
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{entry.id}</th>{row}</tr>'


def _standing(card: Card) -> str:
    if card.way == WEIGHED:
        return "weighed as opinions"
    if card.verdict is Verdict.OPEN:
        return "not yet settled"
    return "settled by sources" if card.cited else "settled by runs"


def _sources() -> list[Source]:
    """Every source that a claim cites, once."""
    cited = {source.id: source for entry in ledger().values() for source in entry.sources}
    return sorted(cited.values(), key=lambda source: (source.authors.lower(), source.year))


def _linked(sources: Iterable[Source]) -> str:
    links = (f'<a href="#source-{s.id}">{escape(s.authors)} {s.year}</a>' for s in sources)
    return f'<p class="claim-sources">Cited: {", ".join(links)}</p>'


def _scrolling(title: str, table: str) -> str:
    """A wide table scrolls by itself on a phone, also with the keyboard."""
    label = escape(title, quote=True)
    return (
        f'<div class="claims-region" role="region" aria-label="{label}" tabindex="0">{table}</div>'
    )


def _zh(words: str) -> str:
    if not words:
        return "<td>left out</td>"
    return f'<td lang="zh-Hans" translate="no">{escape(words)}</td>'


def _line(card: Card) -> str:
    return f"{card.entry.id:>5} {card.badge}: {card.entry.en}"


def _by(card: Card) -> str:
    """What decided, or what is going to."""
    if card.number:
        return card.number
    return {
        "run": "a run",
        "both": "a run and sources",
        "source": "sources",
        "opinion": "nothing can",
    }[card.entry.settled_by]
