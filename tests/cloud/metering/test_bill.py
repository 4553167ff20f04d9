"""Bills against what really ran: conservation, closed forms, and records read one by one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.cloud.chance import places, repeats
from models.cloud.metering.bill import GRANULARITY, Metering, by_loss, metering, round_up
from models.cloud.metering.records import KINDS, Faults, edges, intervals, readings
from models.cloud.metering.rentals import LAWS, MONTH, Rentals, rentals

RNG = np.random.default_rng
LAWS_OF = st.sampled_from(sorted(LAWS))
SHARE = st.floats(0, 0.05)


def month_of(mean=3_600.0, law="random", seed=1):
    return rentals(mean, law, RNG(seed))


@given(st.floats(10, 100_000), LAWS_OF, st.integers(0, 99), st.integers(60, 3_600))
@settings(max_examples=30, deadline=None)
def test_where_nothing_is_lost_every_kind_of_record_gives_the_use(mean, law, seed, interval):
    month = month_of(mean, law, seed)
    assert (month.start + month.life <= MONTH).all()
    assert (month.life >= 1).all()
    for read in KINDS.values():
        assert (read(month, interval, Faults(), RNG(0)) == month.life).all()


@given(st.sampled_from(sorted(GRANULARITY)), SHARE, SHARE, LAWS_OF)
@settings(max_examples=30, deadline=None)
def test_rounding_never_bills_less_and_adds_less_than_a_unit(granularity, lost, twice, law):
    p = Metering(lost=100 * lost, twice=100 * twice, granularity=granularity, law=law, life=600.0)
    run, exact = metering(p), metering(replace(p, granularity="second"))
    for kind in KINDS:
        added = run.billed[kind] - exact.billed[kind]
        assert (added >= 0).all()
        assert added.sum() < 4_000 * GRANULARITY[granularity]
    assert (run.used == exact.used).all()


@given(st.floats(0.0, 0.05), st.floats(30, 50_000))
@settings(max_examples=30, deadline=None)
def test_losing_records_never_bills_intervals_or_readings_for_more(lost, life):
    run = metering(Metering(lost=100 * lost, life=life))
    _, interval, reading = KINDS
    assert (run.billed[interval] <= run.used).all()
    assert (run.billed[reading] <= run.used).all()
    assert run.pool == run.used.sum()


def test_a_lost_stop_runs_to_the_end_of_the_month():
    """A start and a stop in a hundred: (1 - p) (life + p (rest of the month)) per machine."""
    month, p = month_of(), 0.01
    rest = (MONTH - month.start - month.life)[month.ended].sum() / month.life.sum()
    expected = (1 - p) * (1 + p * rest)
    runs = [edges(month, 300, Faults(lost=p), RNG(seed)).sum() for seed in range(40)]
    assert np.mean(runs) / month.life.sum() == pytest.approx(expected, rel=0.05)
    assert expected > 4


def test_a_lost_record_of_use_is_its_own_share_and_a_second_one_too():
    month, p = month_of(), 0.02
    few = [intervals(month, 300, Faults(lost=p), RNG(seed)).sum() for seed in range(10)]
    many = [intervals(month, 300, Faults(twice=p), RNG(seed)).sum() for seed in range(10)]
    assert np.mean(few) / month.life.sum() == pytest.approx(1 - p, abs=0.001)
    assert np.mean(many) / month.life.sum() == pytest.approx(1 + p, abs=0.001)


def test_a_counter_forgets_only_what_came_after_its_last_reading():
    """In the long run a reading is behind by p/(1 - p) intervals, less what the last one lacks."""
    month, p = month_of(law="equal"), 0.05
    behind = [
        (month.life - readings(month, 300, Faults(lost=p), RNG(seed))).mean() for seed in range(20)
    ]
    # Of 12 equal records each loses a tail of T: the mean of min(T, 12) is nearly p/(1 - p).
    assert np.mean(behind) == pytest.approx(300 * p / (1 - p), rel=0.05)


def one_by_one(month: Rentals, interval: int, lost: set[int], twice: set[int]) -> list[int]:
    """Interval records written out and added up, record by record."""
    billed, number = [], 0
    for life in month.life.tolist():
        total = 0
        while life > 0:
            total += min(life, interval) * ((number not in lost) + (number in twice))
            life, number = life - interval, number + 1
        billed.append(total)
    return billed


@given(st.floats(0.01, 0.3), st.floats(0.01, 0.3), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_intervals_equal_records_added_up_one_by_one(lost, twice, seed):
    life = RNG(seed).integers(1, 2_000, 30)
    month = Rentals(np.zeros(30, np.int64), life, np.zeros(30, np.intp))
    count = int((-(-life // 300)).sum())
    rng = RNG(seed)
    hits = [set(places(count, share, rng).tolist()) for share in (lost, twice)]
    assert intervals(month, 300, Faults(lost, twice), RNG(seed)).tolist() == one_by_one(
        month, 300, *hits
    )


def test_numbers_take_repeats_out_and_nothing_else():
    p = Metering(lost=0.0, twice=3.0)
    kind = "use of each interval"
    assert metering(p).share(kind) == pytest.approx(1.03, abs=0.002)
    assert metering(replace(p, numbered=True)).share(kind) == 1.0
    lossy = replace(p, lost=1.0, numbered=True)
    assert metering(lossy).share(kind) == metering(replace(lossy, twice=0.0)).share(kind)


def test_the_curves_hold_the_reader_s_own_runs():
    curves = by_loss(Metering())
    at_one = metering(Metering(lost=1.0))
    for kind in KINDS:
        assert curves[kind][0] == 1.0
        assert curves[kind][3] == at_one.share(kind)


@given(st.floats(0.001, 0.5), st.integers(0, 3_000), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_places_are_distinct_ascending_and_as_many_as_expected(share, length, seed):
    found = places(length, share, RNG(seed))
    assert (np.diff(found) > 0).all()
    assert not found.size or (found[0] >= 0 and found[-1] < length)
    spread = 7 * np.sqrt(length * share * (1 - share)) + 1
    assert abs(len(found) - length * share) <= spread


def test_repeats_are_geometric():
    drawn = repeats(0.3, RNG(1).random(200_000))
    assert [(drawn == k).mean() for k in range(3)] == pytest.approx([0.7, 0.21, 0.063], abs=0.003)
    assert not repeats(0.0, RNG(1).random(9)).any()


def test_a_unit_that_was_begun_is_billed():
    assert list(round_up(np.array([0, 1, 3_600, 3_601]), 3_600)) == [0, 3_600, 3_600, 7_200]


@pytest.mark.parametrize(("life", "skew"), [(10.0, 5.0), (10.0, 20.0), (3_600.0, 5.0)])
def test_clocks_that_differ_do_not_cancel_where_no_bill_is_negative(life, skew):
    """The mean of max(0, normal) with mean `life`: life P(z) + skew p(z), z = life / skew."""
    runs = [
        metering(Metering(lost=0.0, law="equal", life=life, skew=skew, seed=s)) for s in range(6)
    ]
    shares = [run.share("starts and stops") for run in runs]
    z = life / skew
    expected = stats.norm.cdf(z) + stats.norm.pdf(z) / z
    assert np.mean(shares) == pytest.approx(expected, rel=0.02)
    assert all(run.share("counter readings") == 1.0 for run in runs)
