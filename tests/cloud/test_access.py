"""Access against closed forms: round trips counted by hand, geometric timeouts, double orders."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud import access as room
from models.cloud.access import CLIENTS, Access, access, ask, flights_of, resent, silence

RNG = np.random.default_rng


def test_round_trips_by_hand():
    # 21 packets: 10, then 11; the window is then 40, so each later answer takes one round trip.
    flights, packets = flights_of(5, 30.0)
    assert flights == 6
    assert list(packets) == [10, 11, 21, 21, 21, 21]
    assert flights_of(1, 1.0)[0] == 1
    assert flights_of(1, 1_000.0)[0] == 7  # 685 packets: 10 + 20 + ... + 320 = 630 are too few


@given(st.integers(1, 20), st.floats(1, 1_000))
def test_all_of_an_answer_is_sent_and_no_window_is_exceeded(turns, kilobytes):
    flights, packets = flights_of(turns, kilobytes)
    assert packets.sum() == turns * np.ceil(1_000 * kilobytes / room.PACKET)
    assert flights == len(packets) >= turns
    assert (packets <= room.WINDOW * 2.0 ** np.arange(flights)).all()


def test_without_loss_a_task_takes_its_round_trips_and_its_bits():
    for visit in access(Access(loss=0.0, distance=80.0)).visits:
        trip = (80 + visit.client.delay) / 1_000
        bits = 5 * 30_000 * 8 / (visit.client.megabits * 1e6)
        assert visit.seconds == pytest.approx(8 * trip + bits)


@pytest.mark.parametrize("loss", [0.01, 0.1])
def test_timeouts_double_as_the_geometric_law_says(loss, monkeypatch):
    """Sum over k of q^k (1 - q) (2^k - 1) = q / (1 - 2q) timeouts."""
    monkeypatch.setattr(room, "TRIES", 400_000)
    fails = 1 - (1 - loss) ** 2
    waited = silence(1, loss, 0.5, RNG(1))
    # The law's tail is heavy (of index log q / log 1/2), so the mean settles slowly.
    assert waited.mean() == pytest.approx(0.5 * fails / (1 - 2 * fails), rel=0.1)
    assert (waited > 0).mean() == pytest.approx(fails, rel=0.02)


def test_gaps_that_others_follow_cost_a_round_trip_each(monkeypatch):
    monkeypatch.setattr(room, "TRIES", 100_000)
    again = resent(np.array([10]), 0.05, RNG(1))
    hit = 1 - 0.95**10
    assert again.mean() == pytest.approx(hit / 0.95, rel=0.02)
    assert silence(3, 0.0, 1.0, RNG(1)).sum() == resent(np.array([10, 20]), 0.0, RNG(1)).sum() == 0


@pytest.mark.parametrize("cut", [0.02, 0.3])
def test_asking_again_makes_more_than_was_wanted_unless_a_token_tells(cut, monkeypatch):
    """Each attempt makes one with 1 - cut/2, and there are 1 / (1 - cut) attempts on average."""
    monkeypatch.setattr(room, "TRIES", 200_000)
    made = ask(cut, False, RNG(1))
    assert made.mean() == pytest.approx((1 - cut / 2) / (1 - cut), rel=0.005)
    assert made.min() == 1, "whoever got an answer has a machine"
    assert (ask(cut, True, RNG(1)) == 1).all()


@given(st.floats(0, 290), st.floats(0.1, 10), st.integers(1, 19), st.floats(1, 900))
@settings(max_examples=25, deadline=None)
def test_farther_more_or_narrower_is_never_faster(distance, bandwidth, turns, kilobytes):
    near = Access(
        distance=distance, bandwidth=2 * bandwidth, turns=turns, kilobytes=kilobytes, loss=0.0
    )
    for worse in (
        {"distance": distance + 10}, {"bandwidth": bandwidth}, {"turns": turns + 1},
        {"kilobytes": kilobytes * 1.1},
    ):  # fmt: skip
        far = Access(**{**vars(near), **worse})
        for a, b in zip(access(near).visits, access(far).visits, strict=True):
            assert a.seconds.mean() <= b.seconds.mean()


def test_a_program_of_the_provider_s_own_shuts_out_who_cannot_install_it():
    run = access(Access(interface="own"))
    assert [v.served for v in run.visits if not v.client.installs] == [0.0, 0.0]
    assert run.facts()["Phone: half done within"].shown() == "never"
    assert all(v.served > 0.99 for v in run.visits if v.client.installs)
    standard = access(Access())
    for own, before in zip(run.visits, standard.visits, strict=True):
        asked = before.made if own.client.installs else np.zeros(room.TRIES)
        np.testing.assert_array_equal(own.made, asked)
    assert [fact.value > 0 for fact in run.retries()] == [c.installs for c in CLIENTS]
    assert {c.name for c in CLIENTS} == {"phone", "laptop", "server", "thin terminal"}
