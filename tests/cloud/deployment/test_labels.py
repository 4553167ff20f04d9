"""Every combination against the rules, and the rules against each other."""

from itertools import product

import pytest

from models.cloud.deployment.labels import (
    COMMUNITY,
    HYBRID,
    PRIVATE,
    Asked,
    Cloud,
    classify,
    every_cloud,
    label_of_two,
    labels,
)


def test_there_are_as_many_clouds_as_combinations():
    assert len(set(every_cloud())) == 4 * 3 * 3 * 2 * 2 * 2


def test_pairs_are_counted_one_by_one():
    some = [c for c in every_cloud() if c.size == "small" and c.rented and c.owner == "both"]
    labelled = [c for c in some if labels(c)]
    found = [label_of_two(a, b, "bound") for a, b in product(labelled, labelled)]
    assert set(found) == {(HYBRID,)}
    assert {label_of_two(a, b, "apart") for a, b in product(some, some)} == {()}
    assert {label_of_two(a, b, "bound") for a in some for b in some if not labels(a)} == {()}


def test_for_nist_owner_and_operator_never_matter():
    for users, place in product(Cloud.declared("users").choices, Cloud.declared("place").choices):
        alike = [c for c in every_cloud() if (c.users, c.place) == (users, place)]
        assert len({labels(c) for c in alike}) == 1


def test_a_rule_that_fires_is_named():
    private = classify(Asked())
    assert private.found == (PRIVATE,)
    assert private.facts()["Rule that fired"].value == "exclusive use by a single organization"
    assert sum(private.counts.values()) == 72
    twice = classify(Asked(users="community", operator="user", source="article"))
    assert twice.found == (PRIVATE, COMMUNITY)
    nothing = classify(Asked(users="industry"))
    assert nothing.facts()["Label"].value == "none"


def test_an_unknown_attribute_is_refused():
    with pytest.raises(ValueError, match="users: 'nobody' is unknown; allowed: one of one, "):
        Cloud(users="nobody")
