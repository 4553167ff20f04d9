"""Stepping back gives the state that was there."""

import pytest

from models.machine.board import Board, BoardOptions
from models.machine.history import History
from tests.machine.tiers.random_programs import board


@pytest.mark.parametrize("tier", ["step", "python"])
@pytest.mark.parametrize("seed", [3, 9, 15])
def test_every_step_back_is_the_state_that_was(seed, tier):
    made = board(seed, tier)
    history = History(made, interval=100)
    past = [made.state()]
    for _ in range(350):
        history.run(1)
        past.append(made.state())
    for steps in (1, 7, 60, 250):
        history.back(steps)
        past = past[: len(past) - steps]
        assert made.state() == past[-1]


def test_forward_again_from_the_past():
    made = board(4, "python")
    history = History(made, interval=64, keep=3)
    history.run(900)
    expected = made.state()
    history.back(600)
    history.run(600)
    assert made.state() == expected


def test_before_the_beginning_is_refused():
    history = History(Board(BoardOptions(memory=4096)))
    with pytest.raises(ValueError, match="instructions is 1, allowed is 0 to 0"):
        history.back()
