"""The board's counts against the closed form: misses of a direct-mapped TLB, length of a walk."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.guests.tlb_reach import MOST, Reach, tlb_reach
from models.guests.two_stage_reach import STAGES, TwoStageReach, expected, two_stage_reach


@settings(max_examples=25, deadline=None)
@given(st.integers(1, MOST), st.sampled_from(list(STAGES)))
def test_counts_are_the_closed_form(pages, stages):
    reached = two_stage_reach(TwoStageReach(pages, stages))
    assert reached.references / reached.loads == pytest.approx(expected(reached.parameters))


def test_a_guest_misses_as_often_and_pays_six_times():
    bare, guest = (two_stage_reach(TwoStageReach(40, s)) for s in ("bare", "small"))
    assert guest.misses == bare.misses == guest.loads
    assert guest.references == 6 * bare.references
    assert guest.first == bare.references


def test_the_bare_board_is_that_of_the_earlier_chapter():
    here, there = two_stage_reach(TwoStageReach(24, "bare")), tlb_reach(Reach(24))
    assert (here.misses, here.references) == (there.misses, there.references)
