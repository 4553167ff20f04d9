"""Time, events and fuel."""

import pytest

from models.machine.clock import NEVER, PAUSE_LIMIT, SLICE, Clock


def run(clock, instructions):
    clock.begin_slice(clock.count + instructions)
    used = clock.fuel[0]
    clock.fuel[0] = 0
    return used


def test_mtime_ticks_once_in_n():
    clock = Clock(10)
    run(clock, 25)
    assert (clock.count, clock.now()) == (25, 2)
    clock.set_now(100)
    run(clock, 9)
    assert clock.now() == 100
    run(clock, 1)
    assert clock.now() == 101


def test_a_slice_ends_at_the_next_event():
    clock, called = Clock(10), []
    clock.schedule(3, lambda: called.append(clock.now()))
    assert run(clock, 100) == 30
    clock.fire()
    clock.fire()
    assert called == [3]
    assert run(clock, 100) == 100


def test_a_long_run_is_many_slices():
    clock = Clock(1)
    assert run(clock, NEVER) == SLICE
    assert run(clock, NEVER) == SLICE
    assert clock.count == 2 * SLICE


def test_waiting_jumps_to_the_next_event():
    clock, called = Clock(4), []
    assert not clock.jump()
    clock.schedule(50, lambda: called.append(50))
    assert clock.jump()
    assert (clock.count, clock.now()) == (0, 50)
    clock.fire()
    assert called == [50]


def test_scheduling_again_replaces_and_none_cancels():
    clock, called = Clock(1), []

    def ring():
        called.append(clock.now())

    clock.schedule(5, ring)
    clock.schedule(7, ring)
    assert run(clock, 100) == 7
    clock.schedule(None, ring)
    clock.fire()
    assert called == []


def test_an_event_may_schedule_itself_again():
    clock, called = Clock(1), []

    def ring():
        called.append(clock.now())
        clock.schedule(clock.now() + 2, ring)

    clock.schedule(2, ring)
    for _ in range(3):
        run(clock, 100)
        clock.fire()
    assert called == [2, 4, 6]


def test_time_stands_still_in_a_pause():
    clock = Clock(1)
    clock.begin_slice(100)
    clock.fuel[0] -= 40
    clock.pause()
    clock.fuel[0] -= 1000
    assert (clock.count, clock.now(), clock.position) == (40, 40, 1000)
    assert clock.fuel[0] == PAUSE_LIMIT - 1000
    clock.resume()
    assert (clock.count, clock.fuel[0]) == (40, 60)


def test_pauses_without_time_between_share_one_allowance():
    clock = Clock(1)
    clock.begin_slice(100)
    for paused in range(0, 300, 100):
        clock.pause()
        assert clock.fuel[0] == PAUSE_LIMIT - paused
        clock.fuel[0] -= 99
        clock.resume()  # which is the hundredth
    clock.fuel[0] -= 1
    clock.pause()
    assert clock.fuel[0] == PAUSE_LIMIT


def test_n_is_at_least_one():
    with pytest.raises(ValueError, match="instructions_per_tick is 0"):
        Clock(0)
