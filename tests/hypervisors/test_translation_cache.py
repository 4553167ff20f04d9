"""The translated loop: counts against the rules of the translator, the code against the guest's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.hypervisors.binary_translation import HOT
from models.hypervisors.translation_cache import LEAST, MOST, ROOM, Translating, translation

CODES = list(Translating.declared("code").choices)
READ_AND_WRITE = 2  # instructions of a round that name a register of the machine


@settings(max_examples=12, deadline=None)
@given(rounds=st.integers(1, MOST), code=st.sampled_from(CODES))
def test_counts_are_what_the_rules_say(rounds, code):
    run = translation(Translating(rounds, code))
    assert run.equal
    assert run.called == READ_AND_WRITE * min(rounds, HOT)
    assert run.writes == (rounds if code == "rewriting" else 0)
    first = {"loop": 1, "rewriting": 1, "pages": 6}[code]
    assert run.translations == first + run.writes


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("rounds", [1, HOT - 1, HOT, HOT + 1])
def test_what_stands_in_the_cache(rounds, code):
    lines = translation(Translating(rounds, code)).lines
    kinds = {line.guest: line.kind for line in lines}
    late = "call" if rounds < HOT else "inlined"
    assert [text for text, kind in kinds.items() if kind == late] == [
        "csrr t0, mscratch",
        "csrw mscratch, t0",
    ]
    assert set(kinds.values()) == {late, "copied"}
    assert all(line.cached == line.guest for line in lines if line.kind == "copied")
    assert all(line.calls == min(rounds, HOT) for line in lines if line.kind == late)


def test_a_cache_that_is_too_small_translates_in_every_round():
    ample = translation(Translating(MOST, "pages", ROOM))
    small = translation(Translating(MOST, "pages", LEAST))
    assert (ample.translations, small.translations) == (6, 6 * MOST)
    assert ample.equal
    assert small.equal
    assert small.called == READ_AND_WRITE * MOST  # nothing is learned of what is lost
