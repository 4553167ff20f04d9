"""Many servers give the serial result, and sooner, until there are far too many."""

import pytest

from models.cloud.scattered import Scattered, scattered


def test_even_tasks_are_as_fast_as_the_closed_form_says():
    run = scattered(Scattered(servers=60, overhead=1.0, texts=2))
    assert (run.equal, run.alone, run.spread) == (2, 3_601, 120)
    assert run.best == 60
    assert run.facts()["Speed-up"].rounded == 30.0


def test_as_many_servers_as_hand_outs_fill_the_hour_gain_nothing():
    run = scattered(Scattered(servers=36_000, texts=1))
    assert run.speedup == pytest.approx(1)
    assert run.best == pytest.approx(189.7, abs=0.1)


def test_losses_cost_time_and_with_retries_no_result():
    calm, rough = (scattered(Scattered(failure=f, texts=3)) for f in (0.0, 0.3))
    assert calm.equal == rough.equal == 3
    assert rough.speedup < calm.speedup
    assert scattered(Scattered(failure=0.3, allowed=1, texts=3)).equal == 0


def test_free_hand_outs_have_no_best_number():
    assert scattered(Scattered(overhead=0.0, texts=1)).best == float("inf")
