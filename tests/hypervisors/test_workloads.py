"""The teaching kernel: the same bytes on the bare board and under every engine, every workload."""

from functools import cache

import pytest

from models.guests.kernel import WORKLOADS, board_options, kernel_image, start
from models.guests.second_kernel import checksum, second_kernel
from models.hypervisors.observable import observable
from models.hypervisors.techniques import ENGINES, virtual_machine
from models.machine.board import Board
from tests.hypervisors.test_engines import ALLOWED

LIMIT = 3_000_000
#: Below this the RAM is the book's firmware's: the hypervisor's stand-in on the bare board.
FIRMWARE = 0x1_0000
RUNS = [(name, "virtio") for name in WORKLOADS] + [("disk", "registers"), ("network", "registers")]


def seen(board):
    state = observable(board)
    return state | {"ram": state["ram"][FIRMWARE:]}


def small(workload):
    """As small as it still does everything."""
    size = WORKLOADS[workload].size
    return kernel_image(workload, min(size, max(2, size // 10)))


@cache
def native(workload, devices):
    board = Board(board_options(workload, devices))
    start(board, small(workload))
    return board.run(LIMIT), seen(board)


#: Under every engine in each run of the tests; of the rest each under one engine by turns, and
#: everything in `make soak`.
IN_CI = {"mapping"}
CELLS = [
    (technique, *run)
    if run[0] in IN_CI or number % len(ENGINES) == turn
    else pytest.param(technique, *run, marks=pytest.mark.soak)
    for turn, technique in enumerate(ENGINES)
    for number, run in enumerate(RUNS)
]


@pytest.mark.parametrize(("technique", "workload", "devices"), CELLS)
def test_equal_to_the_bare_board(technique, workload, devices):
    vm = virtual_machine(technique, board_options(workload, devices))
    start(vm.board, small(workload))
    stop, expected = native(workload, devices)
    assert stop.reason == "halt"
    assert vm.board.run(LIMIT) == stop
    actual = seen(vm.board)
    assert [name for name in expected if actual[name] != expected[name]] == []
    assert b"checksum" in actual["console"]
    assert vm.host.astray() == []
    assert set(vm.counts()["retired"]) <= ALLOWED


@pytest.mark.parametrize("technique", ENGINES)
def test_a_kernel_of_another_make(technique):
    """Sv48, a vectored stvec, stimecmp, SUM, and other system calls."""
    options, size = board_options(), 3
    bare, vm = Board(options), virtual_machine(technique, options)
    for board in (bare, vm.board):
        start(board, second_kernel(size))
    stop = bare.run(LIMIT)
    assert vm.board.run(LIMIT) == stop
    expected, actual = seen(bare), seen(vm.board)
    assert [name for name in expected if actual[name] != expected[name]] == []
    assert f"{checksum(size):016x}".encode() in actual["console"]
    assert vm.host.astray() == []
