"""A community's costs, added up by hand; who shares, who is refused, who would leave."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.deployment.community import (
    CIRCLES,
    HOURS,
    ORGANIZATIONS,
    Sharing,
    community,
)

NAMES = {organization.name: organization for organization in ORGANIZATIONS}


def platform(names, p: Sharing) -> float:
    """One platform's cost, hour by hour."""
    members = [NAMES[name] for name in names]
    concerns = set().union(*(m.concerns for m in members))
    peak = max(sum(m.demand[int(hour)] for m in members) for hour in HOURS)
    server = p.own * (1 + len(concerns) * p.surcharge / 100)
    return p.people + p.audit * len(concerns) + server * peak


@pytest.mark.parametrize("circle", CIRCLES)
@given(surcharge=st.integers(0, 60), people=st.integers(0, 200))
@settings(max_examples=10, deadline=None)
def test_every_group_is_added_up(circle, surcharge, people):
    p = Sharing(circle=circle, surcharge=float(surcharge), people=float(people))
    c = community(p)
    names = [member.name for member in c.members]
    for group in (1, 2, 5, len(c.platform) - 1):
        chosen = [name for i, name in enumerate(names) if group >> i & 1]
        assert c.platform[group] == pytest.approx(platform(chosen, p))
    assert c.platform[0] == 0
    assert c.shares.sum() == pytest.approx(c.together)
    assert c.by_peak.sum() == pytest.approx(c.equal.sum())


def test_demand_peaks_when_and_as_high_as_stated():
    for member in ORGANIZATIONS:
        assert member.demand.max() == pytest.approx(member.peak)
        assert HOURS[member.demand.argmax()] == member.hour


def test_who_has_no_concern_may_rent_in_public():
    c = community(Sharing(circle="industry", public=0.1))
    alone = dict(zip((m.name for m in c.members), c.alone, strict=True))
    assert alone["gym chain"] == pytest.approx(0.1 * NAMES["gym chain"].demand.mean())
    assert alone["hospital"] == pytest.approx(platform(["hospital"], c.parameters))


def test_shared_concerns_are_admitted_and_save():
    c = community(Sharing())
    assert c.refused == ()
    assert c.losers == ()
    assert c.groups == (("hospital", "clinic", "insurer", "registry"),)
    assert c.saved > 0.3


def test_a_cheap_outsider_would_pay_and_is_refused_all_the_same():
    before, after = community(Sharing()), community(Sharing(circle="outsider"))
    assert after.refused == ("game studio",)
    assert after.shares[:-1].sum() < before.together
    assert community(Sharing(circle="outsider", strict=False)).refused == ()


def test_dear_concerns_drive_an_industry_apart():
    assert len(community(Sharing(circle="industry", surcharge=5.0)).groups) == 1
    dear = community(Sharing(circle="industry", surcharge=60.0))
    assert len(dear.groups) > 1
    assert dear.losers == ("drug maker",)


def test_without_anything_to_share_nobody_saves():
    """No people, no audits, no surcharge, and peaks that coincide: cost simply adds up."""
    c = community(Sharing(circle="concerns", people=0.0, audit=0.0))
    peaks = np.array([member.peak for member in c.members])
    assert c.alone.sum() == pytest.approx(0.35 * 1.3 * peaks.sum())
    assert c.together < c.alone.sum()  # but by the peaks' hours alone
    assert c.saved < 0.1
