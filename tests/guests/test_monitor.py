"""The monitor answers each key, in every tier alike, however fast they come."""

import numpy as np
import pytest

from models.guests.monitor import PROMPT, monitor
from models.machine.board import Board, BoardOptions


def running(tier):
    board = Board(BoardOptions(memory=1 << 20, tier=tier, hot=50))
    board.reset()
    address, image = monitor().image()
    board.load(image, address)
    board.hart.pc = monitor().entry
    assert board.run(10_000).reason == "wfi"
    return board


def said(board, keys):
    start = len(board.console_output)
    board.feed(keys)
    board.run(2_000_000)
    return board.console_output[start:].decode()


@pytest.mark.parametrize("tier", ["step", "webassembly"])
def test_keys_that_come_together_are_all_answered(tier):
    board = running(tier)
    text = said(board, b"tcth")
    assert text.count("trap caught, cause 2") == 2
    assert "p primes" in text
    assert text.endswith(PROMPT)
    assert board.counters["interrupts"] == {"machine-external": 4}
    count = int(text.partition("instructions so far: ")[2].split()[0])
    assert 0 < count < board.clock.count


def test_primes_are_counted():
    board = running("webassembly")
    board.feed(b"p")
    assert board.run(3_000_000_000).reason == "wfi"
    below = 3_000_000
    prime = np.ones(below, bool)
    prime[:2] = False
    for n in range(2, 1733):  # its square is beyond
        prime[n * n :: n] = False
    assert f"primes below {below}: {prime.sum()}{PROMPT}" in board.console_output.decode()


def test_it_switches_itself_off():
    board = running("python")
    board.feed(b"o")
    assert board.run(10_000).detail == "pass"
