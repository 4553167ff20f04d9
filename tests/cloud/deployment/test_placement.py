"""The gate: rules only ever shut out, their order does not matter, the cheapest is the cheapest."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cloud.deployment.placement import (
    CIRCLES,
    RULES,
    SITES,
    Gate,
    Needs,
    Site,
    broken,
    cheapest,
    gate,
)

circles = st.sampled_from(list(CIRCLES))
audits = st.frozensets(st.sampled_from(["security", "patients", "payments"]))
needs = st.builds(Needs, st.integers(1, 500), circles, circles, audits, st.booleans())
sites = st.lists(
    st.builds(
        Site,
        st.uuids().map(str),
        st.floats(0.1, 9),
        circles,
        circles,
        audits,
        st.booleans(),
        st.integers(1, 1_000),
    ),
    max_size=8,
)


def allowed(asked: Needs, site: Site) -> bool:
    """The same rules, written out."""
    inside = {"home": {"home"}, "union": {"home", "union"}, "anywhere": set(CIRCLES)}
    return (
        asked.servers <= site.room
        and site.place in inside[asked.place]
        and site.law in inside[asked.law]
        and all(audit in site.audits for audit in asked.audits)
        and (not asked.exclusive or site.exclusive)
    )


@given(needs, sites)
def test_the_cheapest_of_what_is_allowed(asked, offered):
    prices = [site.price for site in offered if allowed(asked, site)]
    chosen = cheapest(asked, offered)
    assert (chosen.price if chosen else None) == min(prices, default=None)
    for site in offered:
        assert allowed(asked, site) == (not broken(asked, site))


@given(needs, sites, circles)
def test_a_narrower_rule_never_admits_a_site_or_lowers_the_price(asked, offered, place):
    order = list(CIRCLES)
    narrower = replace(asked, place=min(place, asked.place, key=order.index))
    before, after = (
        {site.name for site in offered if not broken(each, site)} for each in (asked, narrower)
    )
    assert after <= before
    price, dearer = (cheapest(each, offered) for each in (asked, narrower))
    assert dearer is None or dearer.price >= price.price


def test_each_rule_alone_says_less_than_all_together():
    """Two rules that leave many clouds each may leave few together."""
    passed = gate(Gate(place="anywhere", law="union", audited=True))
    alone = passed.one_by_one
    assert passed.price - passed.free > sum(alone.values()) + 0.1
    assert passed.chosen.name == "Community, home"


def test_where_nothing_is_left_the_price_is_infinite():
    passed = gate(Gate(place="home", law="home", exclusive=True, servers=200))
    assert passed.admissible == 0
    assert passed.chosen is None
    assert passed.facts()["Cheapest of them"].value == "none"
    assert passed.facts()["Its price"].shown() == "∞"


def test_a_rule_that_alone_leaves_nothing_is_said_so():
    passed = gate(Gate(law="home", servers=621))
    assert "law ∞, audits 0.15" in passed.facts()["Each rule alone would add, $/h"].value


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_shuts_out_a_site_of_the_book(rule):
    strict = Needs(200, "home", "home", frozenset({"patients"}), True)
    assert any(rule in broken(strict, site) for site in SITES)
