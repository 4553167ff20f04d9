"""Simulated queues against closed forms, and what they say about their own error."""

import dataclasses
import tracemalloc

import numpy as np
import pytest

from models.performance.queueing import estimates
from models.performance.queueing.laws import LAWS, draw, scv
from models.performance.queueing.many_customers import BINS, ManyCustomers, many_customers
from models.performance.queueing.many_servers import waiting
from models.performance.queueing.single_server import mean_wait

SOME = ManyCustomers(customers=2_000, replications=512)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (4, 0.7), (20, 0.9)])
def test_exponential_laws_give_the_closed_form(servers, load):
    course = many_customers(dataclasses.replace(SOME, servers=servers, load=load))
    form = waiting(servers, load)
    assert abs(course.mean.value - form.mean) < 2 * course.mean.half
    for share in (0.9, 0.99):
        estimate = course.quantile(share)
        assert abs(estimate.value - form.quantile(share)) < 2 * estimate.half + 1e-12


@pytest.mark.parametrize("law", LAWS)
def test_one_server_gives_pollaczek_khinchine(law):
    run = many_customers(
        dataclasses.replace(SOME, servers=1, load=0.5, services=law, customers=10_000)
    )
    # The Pareto law's third moment is infinite, so its interval is too short now and then.
    assert abs(run.mean.value - mean_wait(0.5, scv(law))) < 3 * run.mean.half


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    truth = float(waiting(2, 0.6).mean)
    course = [
        many_customers(
            ManyCustomers(servers=2, load=0.6, customers=1_000, replications=64, seed=seed)
        ).mean
        for seed in range(60)
    ]
    covered = sum(e.low <= truth <= e.high for e in course)
    assert covered >= 50  # 57 expected of 60; fewer than 50 has probability 0.002


def test_warm_up_is_found_and_left_out():
    course = many_customers(dataclasses.replace(SOME, load=0.95, customers=4_000))
    assert 0 < course.cut <= BINS // 2
    assert course.profile[0] < 0.5 * course.mean.value
    assert len(course.sample) == 4_000 - course.cut * 20


def test_warm_up_of_a_flat_course_is_nothing_and_of_a_step_is_the_step():
    assert estimates.warm_up(np.ones(50)) == 0
    assert estimates.warm_up(np.repeat([0.0, 1.0], [7, 93])) == 7


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    again, other = many_customers(SOME), many_customers(dataclasses.replace(SOME, seed=2))
    assert (many_customers(SOME).sample == again.sample).all()
    assert other.mean.value != again.mean.value


def test_an_overload_ends_and_says_so():
    course = many_customers(dataclasses.replace(SOME, load=1.5))
    assert "overloaded" in course.facts().text()
    assert course.profile[-1] > 5 * course.profile[BINS // 10]


@pytest.mark.parametrize("law", LAWS)
def test_laws_have_mean_one_and_their_scv(law):
    times = draw(law, np.random.default_rng(8), (400_000,))
    assert times.mean() == pytest.approx(1, abs=0.02)
    if law != "pareto":  # the estimate of its variance does not settle
        assert times.var() == pytest.approx(scv(law), rel=0.1, abs=1e-12)


def peak_megabytes(parameters: ManyCustomers) -> float:
    tracemalloc.start()
    many_customers(parameters)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def test_memory_does_not_grow_with_the_customers():
    small = dataclasses.replace(SOME, replications=8_192, customers=400)
    assert peak_megabytes(dataclasses.replace(small, customers=1_600)) < 1.5 * peak_megabytes(small)


@pytest.mark.soak
def test_a_hundred_million_customers_stay_under_500_megabytes():
    parameters = ManyCustomers(customers=12_300, replications=8_192)
    assert peak_megabytes(parameters) < 500


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="law: 'cauchy' is unknown"):
        draw("cauchy", np.random.default_rng(1), (1,))
    with pytest.raises(ValueError, match="too few for an interval"):
        estimates.mean(np.ones((10, 3)))
    with pytest.raises(ValueError, match="servers x replications"):
        ManyCustomers(servers=1_000, replications=65_536)
