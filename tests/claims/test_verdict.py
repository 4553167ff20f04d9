"""Two bits a condition become a verdict; there is no other way to one."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.claims.claim import Claim
from models.claims.verdict import Finding, Verdict, judge


def yes(condition):
    return Finding(condition, True, False, "1")


def no(condition):
    return Finding(condition, False, True, "0")


def unsure(condition):
    return Finding(condition, False, False, "?")


@pytest.mark.parametrize(
    ("findings", "older", "verdict"),
    [
        ([], [], Verdict.OPEN),
        ([unsure("a")], [], Verdict.OPEN),
        ([yes("a")], [], Verdict.HOLDS),
        ([yes("a"), yes("b"), unsure("c")], [], Verdict.HOLDS),
        ([no("a"), no("b")], [], Verdict.WRONG),
        ([yes("a"), no("b")], [], Verdict.LIMITS),
        ([yes("then"), no("now")], ["then"], Verdict.OUTDATED),
        ([no("then"), yes("now")], ["then"], Verdict.LIMITS),
        ([yes("then"), yes("now"), no("b")], ["then"], Verdict.LIMITS),
        ([yes("then"), no("before")], ["then", "before"], Verdict.LIMITS),
        ([yes("then")], ["then"], Verdict.HOLDS),
        ([no("then")], ["then"], Verdict.WRONG),
    ],
)
def test_the_verdict_follows_from_the_bits(findings, older, verdict):
    assert judge(findings, older) is verdict


bits = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([yes, no, unsure]))


@given(bits, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(bits, random):
    findings = [show(condition) for condition, show in bits.items()]
    shuffled = findings + random.sample(findings, len(findings) // 2)
    random.shuffle(shuffled)
    assert judge(findings, "ab") is judge(shuffled, "ab")


def test_a_condition_cannot_be_both():
    with pytest.raises(ValueError, match="boots: a run cannot confirm and refute"):
        Finding("boots", True, True, "")
    with pytest.raises(ValueError, match="boots: confirmed by one run and refuted by another"):
        judge([yes("boots"), no("boots")])


def test_a_verdict_is_never_an_argument():
    for name in ("settle", "rerun", "cite", "weigh", "card"):
        parameters = inspect.signature(getattr(Claim, name)).parameters
        assert set(parameters) <= {"self", "runs"}


def test_words_and_glyphs_tell_verdicts_apart():
    assert len({v.glyph for v in Verdict}) == len({v.word for v in Verdict}) == len(Verdict)
    assert Verdict.named("holds with limits") is Verdict.LIMITS
    with pytest.raises(ValueError, match="'perhaps' is unknown; allowed: holds"):
        Verdict.named("perhaps")
