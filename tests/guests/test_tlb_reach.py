"""Misses of a direct-mapped TLB: by the board, and by which pages share an entry."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.guests.tlb_reach import MOST, ROUNDS, Reach, tlb_reach

LEVELS = {"sv39": 3, "sv48": 4}


@settings(max_examples=25, deadline=None)
@given(
    pages=st.integers(1, MOST),
    entries=st.sampled_from(["8", "16", "32"]),
    scheme=st.sampled_from(["sv39", "sv48"]),
)
def test_exactly_the_pages_that_share_an_entry_miss_in_every_round(pages, entries, scheme):
    reached = tlb_reach(Reach(pages, entries, scheme))
    sharers = Counter(page % int(entries) for page in range(pages))
    crowded = sum(n for n in sharers.values() if n > 1)
    assert reached.loads == ROUNDS * pages
    assert reached.misses == ROUNDS * crowded
    assert reached.references == reached.misses * LEVELS[scheme]


def test_a_page_more_than_fit_is_two_that_miss():
    assert tlb_reach(Reach(pages=16)).misses == 0
    assert tlb_reach(Reach(pages=17)).misses == 2 * ROUNDS


def test_pages_beyond_the_programs_own_are_refused():
    with pytest.raises(ValueError, match="pages: 65 is out of range"):
        Reach(pages=65)
