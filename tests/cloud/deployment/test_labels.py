"""Every combination against counts by hand, and the definitions against each other."""

from itertools import product

import pytest

from models.cloud.deployment.labels import (
    COMMUNITY,
    HYBRID,
    PRIVATE,
    PUBLIC,
    Asked,
    Census,
    Change,
    Cloud,
    census,
    classify,
    compare,
    every_cloud,
    label_of_two,
    labels,
)


def test_there_are_as_many_clouds_as_combinations():
    assert len(set(every_cloud())) == 4 * 3 * 3 * 2 * 2 * 2


@pytest.mark.parametrize(
    ("about", "none", "one"),
    # Of 72 for each kind of user; an industry alone, and the public at home, have no label.
    [("one", 0, 72), ("several", 72, 72), ("anyone", 36, 36), ("two", 0, 180 * 181 // 2)],
)
def test_nist_never_gives_two_labels_and_leaves_gaps(about, none, one):
    counted = census(Census(about=about))
    assert (counted.none, counted.one, counted.more) == (none, one, 0)


def test_pairs_are_counted_one_by_one():
    some = [c for c in every_cloud() if c.size == "small" and c.rented and c.owner == "both"]
    labelled = [c for c in some if labels(c)]
    found = [label_of_two(a, b, "bound") for a, b in product(labelled, labelled)]
    assert set(found) == {(HYBRID,)}
    assert {label_of_two(a, b, "apart") for a, b in product(some, some)} == {()}
    assert {label_of_two(a, b, "bound") for a in some for b in some if not labels(a)} == {()}


def test_the_article_s_sentences_overlap_and_leave_gaps():
    several = census(Census(about="several", source="article"))
    assert several.more == 96  # of 144: those that their users built themselves are private, too
    assert census(Census(about="one", source="article")).none == 24  # built by a provider
    assert census(Census(about="anyone", source="article")).more == 12


def test_for_nist_owner_and_operator_never_matter():
    for users, place in product(Cloud.declared("users").choices, Cloud.declared("place").choices):
        alike = [c for c in every_cloud() if (c.users, c.place) == (users, place)]
        assert len({labels(c) for c in alike}) == 1


@pytest.mark.parametrize(
    ("label", "attribute", "agree", "differ"),
    [
        (PRIVATE, "owner", 96, 0),
        (PRIVATE, "operator", 48, 48),
        (PRIVATE, "users", 0, 144),
        (PRIVATE, "place", 48, 0),
        (PUBLIC, "users", 27, 0),
        (PUBLIC, "size", 0, 9),
        (PUBLIC, "rented", 0, 9),
        (COMMUNITY, "owner", 144, 0),
    ],
)
def test_one_attribute_changed(label, attribute, agree, differ):
    found = compare(Change(label, attribute))
    assert (found.agree, found.differ) == (agree, differ)
    assert found.facts()["they differ"].value == differ


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
