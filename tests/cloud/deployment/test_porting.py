"""Porting time: by hand, and it only ever grows with what has to be moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cloud.deployment.porting import Move, move


def test_ten_terabytes_over_a_gigabit():
    moved = move(Move())
    assert moved.copying == pytest.approx(10e12 * 8 / (0.8 * 1e9) / 3_600)
    assert moved.bill == pytest.approx(10_000 * 0.09)
    assert moved.hours == moved.copying + moved.starting


@given(st.floats(0, 1_000), st.floats(0, 100), st.floats(0.01, 100))
def test_time_and_bill_go_with_the_data_that_is_missing(data, changed, link):
    part = move(Move(data=data, changed=changed, link=link))
    everything = move(Move(data=data, link=link))
    assert part.copying == pytest.approx(everything.copying * changed / 100)
    assert part.bill == pytest.approx(everything.bill * changed / 100)


def test_another_interface_takes_people_not_bandwidth():
    assert move(Move(data=0.0, start="other")).hours > 100 * move(Move(data=0.0)).hours
