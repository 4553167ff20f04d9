"""The second kernel: its twin, another machine, and every kind of board."""

import pytest

from models.guests.kernel import board_options, start
from models.guests.second_kernel import checksum, second_kernel
from models.machine.board import Board
from tests.guests.kernel import qemu

SIZES = (1, 32, 300)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "others", [{}, {"tier": "step"}, {"fill": 3, "tlb_entries": 4}, {"a_d_by_hardware": False}]
)
def test_equals_its_twin(size, others):
    board = Board(board_options(**others))
    start(board, second_kernel(size))
    stop = board.run(1_000_000)
    assert (stop.reason, stop.detail) == ("halt", "pass")
    assert board.console_output.decode() == f"{checksum(size):016x}\n"
    calls = 2 * (size + size // 32 + 1)
    assert board.counters["traps"]["ecall-u"] == calls
    assert (board.counters["interrupts"].get("supervisor-timer", 0) > 5) == (size > 100)


def test_on_another_machine(tmp_path):
    printed = qemu.printed(second_kernel(), tmp_path)
    assert printed.endswith(f"\n{checksum():016x}\n")


@pytest.mark.parametrize("size", [0, 1 << 31])
def test_sizes(size):
    for function in second_kernel, checksum:
        with pytest.raises(ValueError, match=rf"size: {size}; allowed: 1 to"):
            function(size)
