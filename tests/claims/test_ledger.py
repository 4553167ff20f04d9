"""The ledger is whole, and whatever is wrong in its files is refused by name."""

import re
from pathlib import Path

import pytest

from models.claims.ledger import errata, ledger, parse
from models.claims.predicates import predicates

ROOT = Path(__file__).resolve().parents[2]


def test_all_119_claims_in_order():
    assert list(ledger()) == [f"C{n:02d}" for n in range(1, 120)]


def test_every_claim_has_a_chapter_of_the_book():
    for entry in ledger().values():
        assert all(re.fullmatch(r"ch(0[1-9]|1[0-9]|20)", c) for c in entry.chapters), entry.id


def test_quotations_are_chinese_and_the_english_is_not():
    for entry in ledger().values():
        assert re.search("[\u4e00-\u9fff]", entry.zh), entry.id
        assert not re.search("[\u4e00-\u9fff]", entry.en + entry.reason), entry.id


def test_no_slip_of_the_article_survives_in_a_quotation():
    for erratum in errata():
        for entry in ledger().values():
            assert erratum.article not in entry.zh, (entry.id, erratum.article)


def test_every_source_is_in_the_bibliography():
    keys = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "book/references.bib").read_text("utf8"), re.M))
    assert {s.id for entry in ledger().values() for s in entry.sources} <= keys


def test_a_changed_verdict_needs_its_reason_in_the_changelog():
    told = verdicts((ROOT / "CHANGELOG.md").read_text("utf8"))
    for key in predicates():
        assert key in told, f"{key} is settled by a run and under no Verdicts in CHANGELOG.md"


def verdicts(log: str) -> set[str]:
    """The claims that lines under a Verdicts heading are about: those before a line's colon."""
    sections = re.findall(r"^### Verdicts\n(.*?)(?=^#|\Z)", log, re.M | re.S)
    heads = re.findall(r"^- ([^:]*):", "\n".join(sections), re.M)
    return set(re.findall(r"\bC\d+\b", " ".join(heads)))


def test_a_claim_that_the_changelog_names_elsewhere_has_no_verdict_there():
    log = """## [2.0.0]
### Verdicts
- C10 and C11, two: *hold*, unlike C12.
### Fixed
- C13: a slip of the pen.
## [1.0.0]
### Verdicts
- C103, more: *wrong*.
"""
    assert verdicts(log) == {"C10", "C11", "C103"}


SOURCES = """
[s]
author = "A"
title = "T"
year = 2000
venue = "V"
url = "https://example.org"
status = "read"
note = "N"
"""
CLAIM = """
[C01]
zh = "云"
en = "A cloud."
verdict = "holds"
settled_by = "run"
chapters = ["ch01"]
reason = "R."
conditions = ["a", "b"]
confirms = "x"
refutes = "y"
sources = ["s"]
"""


def test_the_smallest_ledger_is_read():
    (entry,) = parse(CLAIM, SOURCES).values()
    assert entry.conditions == ("a", "b")
    assert entry.sources[0].year == 2000


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"holds"', '"perhaps"', "C01, verdict: 'perhaps' is unknown; allowed: holds"),
        ('"run"', '"luck"', "C01, settled_by: 'luck' is unknown; allowed: run"),
        ('["s"]', '["t"]', "C01, sources: 't' is unknown; allowed: s"),
        ('["s"]', "[]", "C01: zh, en, reason, chapters and sources must not be empty"),
        ('en = "A cloud."', "", "C01: the field en is missing"),
        ('en = "A cloud."', "en = 3", "C01, en: 3 is not of the declared type"),
        ('["ch01"]', '"ch01"', "C01, chapters: 'ch01' is not of the declared type"),
        ('["a", "b"]', '["a", "a"]', "C01, conditions: one is declared twice"),
        ("confirms", "proves", "C01, field: 'proves' is unknown; allowed: zh"),
        ('confirms = "x"', "", "C01: conditions, confirms and refutes belong to"),
        ('"run"', '"source"', "this one is settled by source"),
        ("conditions", 'older = ["c"]\nconditions', "C01, older: 'c' is unknown; allowed: a, b"),
    ],
)
def test_a_broken_claim_is_refused_by_name(old, new, says):
    assert old in CLAIM
    with pytest.raises(ValueError, match=re.escape(says)):
        parse(CLAIM.replace(old, new), SOURCES)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"read"', '"heard"', "source s, status: 'heard' is unknown; allowed: read"),
        ("year = 2000", 'year = "2000"', "source s, year: '2000' is not of the declared type"),
        ('note = "N"', "", "source s: the field note is missing"),
    ],
)
def test_a_broken_source_is_refused_by_name(old, new, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        parse(CLAIM, SOURCES.replace(old, new))
