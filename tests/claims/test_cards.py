"""What a reader sees of a claim."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from models.claims import Errata, SourcesTable, claim, claims_table, whole_ledger
from models.claims.card import CITED
from models.claims.claim import Claim
from models.claims.ledger import ledger
from models.claims.predicates import predicates
from models.claims.verdict import Verdict
from models.cloud.pooling import Pooling, pooling

SMALL = Pooling(tenants=5)


@pytest.fixture(scope="module")
def run():
    return pooling(SMALL)


class Balanced(HTMLParser):
    """Refuses tags that do not close."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def check(html):
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []


def test_a_card_settled_with_a_readers_settings_says_so(run):
    card = claim("C11").settle(run)
    assert card.badge == "with your settings: ✓ holds"
    assert "With your settings: " in card.html()
    assert "not run here: identical arrivals, waiting" in card.text()


def test_a_card_of_the_ledgers_runs_does_not(run):
    card = claim("C11").card()
    assert card.badge == "≈ holds with limits"
    assert "your settings" not in card.html()
    assert "not run here" not in card.text()


def test_the_line_that_is_seen_first_holds_verdict_english_and_number(run):
    line = claim("C11").settle(run).html().split("</summary>")[0]
    assert "holds" in line
    assert "Resource pooling" in line
    assert f"{run.alone_wait:.2f} → {run.pooled_wait:.2f} service times" in line
    assert "资源池化" not in line


def test_chinese_is_marked_and_not_translated(run):
    html = claim("C11").settle(run).html()
    assert '<p class="claim-zh" lang="zh-Hans" translate="no">资源池化</p>' in html
    assert 'claim("C11").rerun()' in html


def test_every_claim_s_card_is_well_formed():
    for entry in ledger().values():
        check(Claim(entry).card().html())


def test_claims_without_a_model_read_not_yet_settled():
    for entry in ledger().values():
        if entry.by_run and entry.id not in predicates():
            assert claim(entry.id).card().badge == "… not yet settled"
            assert "A run confirms it if" in claim(entry.id).card().text()


def test_a_cited_card_never_looks_measured():
    for entry in ledger().values():
        if entry.by_source:
            card = claim(entry.id).cite()
            assert "claim-number" not in card.html()
            assert "claim-findings" not in card.html()
            assert ", by the sources cited" in card.badge or card.verdict is Verdict.OPEN


def test_a_claim_settled_by_both_is_not_settled_by_its_sources_alone():
    assert claim("C44").cite().verdict is Verdict.OPEN
    assert claim("C53").cite().verdict is Verdict.OUTDATED


def test_sources_that_nobody_read_settle_nothing():
    entry = ledger()["C53"]
    unread = tuple(replace(source, status="memory") for source in entry.sources)
    assert Claim(replace(entry, sources=unread)).cite().verdict is Verdict.OPEN


def test_opinions_are_weighed():
    assert claim("C86").weigh().badge == "⚖ an opinion, weighed"
    with pytest.raises(ValueError, match="C11 is no opinion"):
        claim("C11").weigh()


def test_what_cannot_be_settled_is_refused(run):
    with pytest.raises(ValueError, match="C53 is settled by source: no run can decide it"):
        claim("C53").settle(run)
    with pytest.raises(ValueError, match="C116 is not yet settled: no model of it exists"):
        claim("C116").settle(run)
    with pytest.raises(ValueError, match="C11: give at least one result of models"):
        claim("C11").settle()
    with pytest.raises(ValueError, match="C34 is settled by run: sources do not decide"):
        claim("C34").cite()
    with pytest.raises(ValueError, match="'C120' is unknown; allowed: C01 to C119"):
        claim("C120")


def test_a_chapter_s_table_has_its_claims_and_the_page_s_cards(run):
    card = claim("C11").settle(run)
    table = claims_table("ch02", card)
    check(table.html())
    assert card in table.cards
    assert [c.entry.id for c in table.cards] == ["C06", "C08", "C09", "C10", "C11", "C12", "C13"]
    assert "<caption>The claims of chapter 2</caption>" in table.html()
    assert table.html().count('<th scope="row">') == 7
    assert len(table.text().splitlines()) == 8


def test_a_chapter_without_claims_is_refused():
    with pytest.raises(ValueError, match="'ch06' settles no claim; allowed: ch01, ch02"):
        claims_table("ch06")


def test_the_whole_ledger_shows_each_claim_and_links_its_sources():
    table, sources = whole_ledger(), SourcesTable()
    check(table.html())
    check(sources.html())
    assert len(table.cards) == 119
    assert len(set(re.findall(r'<li id="(c\d+)">', table.html()))) == 119
    linked = set(re.findall(r'href="#(source-\w+)"', table.html()))
    assert linked == set(re.findall(r'<tr id="(source-\w+)">', sources.html()))
    assert len(sources.text().splitlines()) == len(linked)


def test_the_ledger_s_title_counts_how_claims_stand():
    counts = [int(n) for n in re.findall(r"\d+", whole_ledger().title)]
    assert counts[0] == 119 == sum(counts[1:])
    assert f"{len(predicates())} settled by runs" in whole_ledger().title


def test_slips_are_shown_with_their_corrections():
    check(Errata().html())
    assert "考研" in Errata().text()
    assert "考验" in Errata().html()


def test_a_card_has_one_way():
    assert {claim("C53").card().way, claim("C100").card().way} == {CITED}
