"""The ledger: 119 claims of the article, their sources, and the article's slips, from TOML.

Whatever is wrong in the files is refused at load, with the claim, the field and what is allowed.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any

from models import stored
from models.claims.verdict import Verdict

SETTLED_BY = ("run", "source", "both", "opinion")
STATUSES = {
    "read": "the relevant words were read",
    "partly": "a part was read, the rest is from memory",
    "memory": "from memory, not checked",
}


@dataclass(frozen=True)
class Source:
    """Where evidence comes from, and how much of it was read."""

    id: str
    author: str
    title: str
    year: int
    venue: str
    url: str
    status: str
    note: str

    def __post_init__(self) -> None:
        _allowed(f"source {self.id}, status", self.status, STATUSES)

    @property
    def authors(self) -> str:
        """An institution in full; of persons one or two family names, or the first et al."""
        names = [name.split(",")[0] for name in self.author.split(" and ")]
        if "," not in self.author:
            return self.author
        return " and ".join(names) if len(names) < 3 else f"{names[0]} et al."


@dataclass(frozen=True)
class Erratum:
    """A slip of the article, corrected wherever the book quotes it."""

    article: str
    corrected: str
    where: str
    note: str


@dataclass(frozen=True)
class Entry:
    """One claim as the ledger declares it; `verdict` is the expectation that runs are held against.

    Attributes
    ----------
    id : str
        ``C01`` to ``C119``, in the order of the article.
    zh, en : str
        The article's words, slips corrected, and their English.
    verdict : Verdict
    settled_by : {"run", "source", "both", "opinion"}
    chapters : tuple of str
        The first is the chapter that settles it; the others open it again.
    reason : str
    sources : tuple of Source
    contested : bool
        Whether texts in circulation disagree.
    conditions : tuple of str
        What runs are judged under; empty where no run can decide.
    older : tuple of str
        Those of the conditions that belong to an earlier generation.
    confirms, refutes : str
        What a run must show under a condition.
    """

    id: str
    zh: str
    en: str
    verdict: Verdict
    settled_by: str
    chapters: tuple[str, ...]
    reason: str
    sources: tuple[Source, ...]
    contested: bool = False
    conditions: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    confirms: str = ""
    refutes: str = ""

    def __post_init__(self) -> None:
        _allowed(f"{self.id}, settled_by", self.settled_by, SETTLED_BY)
        if not (self.zh and self.en and self.reason and self.chapters and self.sources):
            raise ValueError(f"{self.id}: zh, en, reason, chapters and sources must not be empty")
        if len(set(self.conditions)) < len(self.conditions):
            raise ValueError(f"{self.id}, conditions: one is declared twice")
        for name in self.older:
            _allowed(f"{self.id}, older", name, self.conditions)
        if self.by_run != bool(self.conditions and self.confirms and self.refutes):
            raise ValueError(
                f"{self.id}: conditions, confirms and refutes belong to claims settled by a run "
                f"or by both, and to all of them; this one is settled by {self.settled_by}"
            )

    @property
    def by_run(self) -> bool:
        """Whether a run has a say."""
        return self.settled_by in ("run", "both")

    @property
    def by_source(self) -> bool:
        """Whether a source has a say."""
        return self.settled_by in ("source", "both")


def parse(claims: str, sources: str) -> dict[str, Entry]:
    """Read and check the two files' texts.

    Raises
    ------
    ValueError
        Naming the claim or source, the field, and what is allowed.
    """
    known = {
        key: Source(id=key, **_fields(Source, f"source {key}", table))
        for key, table in tomllib.loads(sources).items()
    }
    return {key: _entry(key, table, known) for key, table in tomllib.loads(claims).items()}


def _entry(key: str, table: Mapping[str, Any], known: Mapping[str, Source]) -> Entry:
    values = _fields(Entry, key, table)
    for name in values["sources"]:
        _allowed(f"{key}, sources", name, known)
    try:
        verdict = Verdict.named(values["verdict"])
    except ValueError as error:
        raise ValueError(f"{key}, {error}") from None
    built: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    built |= {"verdict": verdict, "sources": tuple(known[name] for name in values["sources"])}
    return Entry(id=key, **built)


def _fields(kind: type, key: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """The table's fields: none unknown, none missing, each of its declared type."""
    declared = {f.name: f for f in fields(kind) if f.name != "id"}
    for name in table:
        _allowed(f"{key}, field", name, declared)
    for name, field in declared.items():
        if name not in table:
            if field.default is MISSING:
                raise ValueError(f"{key}: the field {name} is missing")
        elif not _is_of(table[name], field.type):
            raise ValueError(f"{key}, {name}: {table[name]!r} is not of the declared type")
    return dict(table)


def _is_of(value: object, declared: object) -> bool:
    """Whether a TOML value can become this field: a scalar as it is, a tuple from strings."""
    if declared in (int, bool, str):
        return type(value) is declared
    if declared is Verdict:
        return isinstance(value, str)
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _allowed(where: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{where}: {value!r} is unknown; allowed: {', '.join(allowed)}")


def _text(name: str) -> str:
    return stored.text("models.claims", name)


@cache
def ledger() -> dict[str, Entry]:
    """Every claim by id, in the article's order."""
    return parse(_text("claims.toml"), _text("sources.toml"))


@cache
def errata() -> tuple[Erratum, ...]:
    """The article's slips."""
    return tuple(Erratum(**table) for table in tomllib.loads(_text("errata.toml"))["erratum"])
