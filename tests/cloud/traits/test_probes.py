"""Each probe fails exactly when its trait is taken out; what systems are is the probes' word."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from models.cloud.platform.clock import DAY, MINUTE
from models.cloud.platform.design import Design
from models.cloud.traits.ablation import TRAITS, given, without
from models.cloud.traits.judge import Candidate, judge
from models.cloud.traits.probes import PROBES, RAPID, elasticity, probe
from models.cloud.traits.systems import SYSTEMS

EVERY = [c for n in range(len(TRAITS) + 1) for c in combinations(TRAITS, n)]


@pytest.mark.parametrize("out", EVERY, ids=lambda out: ", ".join(out) or "none")
def test_a_probe_fails_exactly_when_its_trait_is_out(out):
    findings = probe(without(out))
    assert [finding.trait for finding in findings] == list(PROBES) == list(TRAITS)
    assert {finding.trait for finding in findings if not finding.shown} == set(out)


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize("name", SYSTEMS)
def test_what_is_built_for_a_system_is_there_afterwards_and_nothing_else_changes(name, trait):
    design = SYSTEMS[name].design
    before = {f.trait: f.shown for f in probe(design)}
    after = {f.trait: f.shown for f in probe(given([trait], design))}
    assert after == before | {trait: True}


@settings(max_examples=60, deadline=None)
@drawn(st.floats(0, 40 * DAY), st.floats(0, 40 * DAY), st.sampled_from(["api", "tickets"]))
def test_elasticity_is_the_slower_of_coming_and_going(lead, term, desk):
    finding = elasticity(Design(desk=desk, lead=lead, term=term))
    # A machine boots in a minute. It leaves at once, or when its term is over; and where a person
    # takes it back, part of the term has passed by then.
    up = lead + MINUTE
    if desk == "api":
        assert finding.measured * MINUTE == pytest.approx(max(up, term - MINUTE), abs=1e-3)
    assert finding.measured * MINUTE >= up - 1e-3
    assert finding.shown == (finding.measured * MINUTE <= RAPID)


def test_what_the_systems_lack():
    assert {name: judge(Candidate(name)).missing for name in SYSTEMS} == {
        "public": (),
        "webmail": (),
        "tickets": ("self-service", "metering"),
        "cluster": ("network access", "elasticity"),
        "rented": ("elasticity", "metering"),
        "grid": ("self-service", "elasticity"),
        "rack": TRAITS,
    }


def test_a_cluster_becomes_a_cloud_without_one_machine_more():
    built = judge(Candidate("cluster", "network access", "elasticity"))
    assert built.shown == len(TRAITS)
    assert built.facts()["Traits shown"].value == "5 of 5"
    assert built.facts()["Elasticity"].value == "shown: 60 s to come, 0 s to go"


def test_facts_say_what_was_measured():
    facts = judge(Candidate("rack")).facts()
    assert facts["Pooling"].value == "missing: one tenant can have 33.3 %"
    assert facts["Metering"].value == "missing: no statement"
    assert facts["Network access"].value == "missing: 1 of 4 clients get through"


@pytest.mark.parametrize("change", [without, lambda traits: given(traits, Design())])
def test_an_unknown_trait_is_refused(change):
    with pytest.raises(ValueError, match="trait: 'speed' is unknown; allowed: self-service"):
        change(["speed"])


def test_ablation_touches_its_own_mechanism_alone():
    whole = Design()
    for trait in TRAITS:
        assert given([trait], without([trait])) == whole
        assert without([trait]) != whole
    rack = SYSTEMS["rack"].design
    assert given(TRAITS, rack) == whole
    assert without([], rack) == replace(rack)
