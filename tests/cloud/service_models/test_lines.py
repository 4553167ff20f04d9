"""A reader's lines: each layer that a line is off costs one attempt, and no other."""

from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from models.cloud.service_models.lines import Lines, lines
from models.cloud.service_models.offers import MODELS

TRUTH = {"own": 9, "iaas": 6, "caas": 5, "paas": 3, "faas": 2, "saas": 1}
drawn = st.fixed_dictionaries({name: st.integers(0, 9) for name in TRUTH})


@given(drawn)
def test_every_layer_off_costs_one_attempt(wanted):
    run = lines(Lines(**wanted))
    for model in MODELS:
        off = abs(wanted[model.lower()] - TRUTH[model.lower()])
        assert run.right[model] == 9 - off
    off = sum(abs(wanted[name] - TRUTH[name]) for name in TRUTH)
    assert run.facts()["Attempts that your lines foretell"].value == f"{54 - off} of 54"


def test_the_beginning_is_not_the_answer():
    assert asdict(Lines()) != TRUTH
    assert sum(lines(Lines()).right.values()) < 54
