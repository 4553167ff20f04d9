"""Labels of all combinations against counts by hand, and what changes with one attribute."""

import pytest

from models.cloud.deployment.census import Census, Change, census, compare
from models.cloud.deployment.labels import COMMUNITY, PRIVATE, PUBLIC


@pytest.mark.parametrize(
    ("about", "none", "one"),
    # Of 72 for each kind of user; an industry alone, and the public at home, have no label.
    [("one", 0, 72), ("several", 72, 72), ("anyone", 36, 36), ("two", 0, 180 * 181 // 2)],
)
def test_nist_never_gives_two_labels_and_leaves_gaps(about, none, one):
    counted = census(Census(about=about))
    assert (counted.none, counted.one, counted.more) == (none, one, 0)


def test_the_article_s_sentences_overlap_and_leave_gaps():
    several = census(Census(about="several", source="article"))
    assert several.more == 96  # of 144: those that their users built themselves are private, too
    assert census(Census(about="one", source="article")).none == 24  # built by a provider
    assert census(Census(about="anyone", source="article")).more == 12


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
