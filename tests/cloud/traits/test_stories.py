"""Six stories: their ends against arithmetic on paper, and what two missing traits add."""

import math
from itertools import combinations

import pytest

from models.cloud.platform.clock import DAY, HOUR, MINUTE
from models.cloud.platform.design import Design
from models.cloud.traits.ablation import TRAITS, without
from models.cloud.traits.knock_out import KnockOut, knock_out
from models.cloud.traits.rapid import Pace, at_pace
from models.cloud.traits.stories import CROWD, STORIES, WORK, tell
from models.cloud.traits.systems import SYSTEMS

FLOOR = 12 * 64  # vCPUs
MINE = FLOOR // 4  # in silos


def measured(story: str, *out: str) -> float:
    return STORIES[story].tell(without(out)).measured


def test_all_end_well_on_a_cloud():
    assert all(told.stands for told in tell(Design()).values())


def test_each_trait_is_needed_by_somebody_and_none_by_who_plans():
    for trait in TRAITS:
        broken = knock_out(KnockOut(trait)).broken
        assert broken
        assert "ledger" not in broken
    assert knock_out(KnockOut("metering", "pooling", "planner")).broken == ()
    assert STORIES["ledger"].tell(without(TRAITS)).stands


@pytest.mark.parametrize("pair", combinations(TRAITS, 2), ids=" and ".join)
def test_two_traits_break_what_each_of_them_breaks(pair):
    singles = [set(knock_out(KnockOut(trait)).broken) for trait in pair]
    assert set(knock_out(KnockOut(*pair)).broken) == singles[0] | singles[1]


def test_the_crowd_gets_its_machines_a_minute_late_or_its_own_part():
    # A boot takes a minute of the hour.
    assert measured("crowd") == pytest.approx(100 * 59 / 60)
    # In a silo, orders of five times 16 vCPUs, as many as fit beside the web's one.
    fitting = (MINE - 1) // 80 * 80
    assert measured("crowd", "pooling") == pytest.approx(100 * fitting / CROWD * 59 / 60)


def test_the_repair_waits_for_monday():
    # From Sunday two o'clock to Monday nine, half an hour of work, a minute's boot.
    assert measured("repair", "self-service") == pytest.approx(22 * 60 + 9 * 60 + 30 + 1)
    assert measured("repair") == pytest.approx(1)


def test_the_weekend_in_a_silo():
    machines = MINE // 16 // 5 * 5
    hours = 62 - 1 / 60
    assert measured("weekend", "pooling") == pytest.approx(100 * machines * 16 * hours / WORK)


def test_the_afternoon_is_paid_until_somebody_takes_it_back():
    assert measured("afternoon") == pytest.approx(2 * 4)
    # From 14:30 until 9:30 the next day.
    assert measured("afternoon", "self-service") == pytest.approx(2 * 19)
    assert measured("afternoon", "metering") == pytest.approx(MINE * 4)
    assert measured("afternoon", "network access") == math.inf


def test_without_a_meter_the_bank_pays_a_quarter_of_the_floor():
    weeks = 8 * 7 * DAY + 2 * DAY + 10 * HOUR, 4 * 7 * DAY
    ran = 8 * 4 * (weeks[0] - MINUTE) + 4 * 4 * weeks[1]
    assert measured("chargeback", "metering") == pytest.approx(
        100 * (MINE * sum(weeks) / ran - 1), rel=1e-6
    )


def test_what_was_not_delivered_in_eight_weeks_breaks_all():
    told = tell(Design(lead=57 * DAY))
    assert not any(t.stands for t in told.values())
    assert {t.refusal for t in told.values()} == {
        "what was ordered eight weeks ahead is not there yet"
    }


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_story_stands_up_to_a_strain_of_one(name):
    for told in tell(SYSTEMS[name].design).values():
        assert told.stands == (told.strain <= 1)
        assert told.words().startswith("stands: " if told.stands else "breaks: ")


def test_the_slower_the_fewer_stand():
    standing = [set(at_pace(Pace(lead=lead)).standing) for lead in (0.1, 10.0, 600.0, 20_000.0)]
    assert standing[0] > standing[1] > standing[2] > standing[3] == {
        "ledger", "chargeback", "repair",
    }  # fmt: skip
    assert set(STORIES) - set(at_pace(Pace(lead=0.1, term=1.0)).standing) == {"afternoon"}


def test_facts_count_what_stands_and_breaks():
    facts = knock_out(KnockOut("self-service")).facts()
    assert facts.title == "Without self-service"
    assert str(facts["Stories that break"]) == "4 of 6"
    assert facts["The repair by phone"].value == "breaks: 1,891 min (≤ 15)"
    both = KnockOut("metering", "self-service")
    assert both.taken == ("self-service", "metering")
    assert knock_out(both).facts().title == "Without self-service and metering"
    assert str(at_pace(Pace()).facts()["Stories that stand"]) == "6 of 6"
