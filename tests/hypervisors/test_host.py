"""Several virtual machines on one hart: turns, memory apart, pages and numbers that run out."""

import pytest

from models.guests.monitor import monitor
from models.hypervisors.host import CANARY, Frames, Host, OutOfFrames
from models.hypervisors.interpret import Interpret
from models.hypervisors.observable import differing
from models.hypervisors.processor import Processor
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.machine.board import Board, BoardOptions
from models.machine.memory import PAGE
from tests.hypervisors.equivalence import MEMORY

TYPED = (b"p\n", b"h\nt\nh\n", b"x\nh\n")
OPTIONS = BoardOptions(memory=MEMORY, tier="closures")


def monitors(host, boards):
    address, program = monitor().image()
    for board, typed in zip(boards, TYPED, strict=True):
        board.reset()
        board.load(program, address)
        board.feed(typed)


def test_three_guests_take_turns_and_each_is_as_alone():
    host = Host(8 * MEMORY, OPTIONS)
    machines = [host.create(OPTIONS, t) for t in (TrapAndEmulate, Interpret, TrapAndEmulate)]
    alone = [Board(OPTIONS) for _ in machines]
    monitors(host, [vm.board for vm in machines])
    monitors(host, alone)
    stops = host.run(limit=20_000, quantum=700)
    for vm, board in zip(machines, alone, strict=True):
        assert board.run(20_000) == stops[vm]
        assert differing(board, vm.board) == []
    assert {stop.reason for stop in stops.values()} == {"limit", "wfi"}
    assert host.astray() == []


def test_each_is_charged_for_its_own():
    host = Host(8 * MEMORY, OPTIONS)
    machines = [host.create(OPTIONS, TrapAndEmulate) for _ in TYPED]
    monitors(host, [vm.board for vm in machines])
    host.run(limit=20_000, quantum=700)
    for vm in machines:
        counts = vm.counts()
        guests = vm.board.counters
        assert counts.total("retired") + counts.total("emulated") == vm.board.clock.count
        assert counts.total("emulated") >= guests.total("device_accesses") > 0
    direct = sum(vm.counts().total("retired") for vm in machines)
    assert direct == host.board.counters.total("retired")


def test_a_write_astray_is_found():
    """Planted: one byte in a page that belongs to nobody."""
    host = Host(4 * MEMORY, OPTIONS)
    vm = host.create(OPTIONS, TrapAndEmulate)
    assert host.astray() == []
    after = vm.start + MEMORY + 5
    host.board.ram.write(after, bytes([CANARY ^ 1]))
    assert host.astray() == [after & -PAGE]


def test_memory_that_is_not_there():
    host = Host(2 * MEMORY, OPTIONS)
    host.create(OPTIONS, TrapAndEmulate)
    with pytest.raises(ValueError, match=r"memory is 33554432 bytes, .* are left on the host"):
        host.create(BoardOptions(memory=32 << 20), TrapAndEmulate)


def test_a_board_whose_timer_is_too_coarse():
    with pytest.raises(ValueError, match=r"instructions_per_tick .* is 3, allowed is 1"):
        Processor(Board(BoardOptions(memory=MEMORY, instructions_per_tick=3)), 0x8000_0000)


class TestFrames:
    def test_taken_zeroed_and_once(self):
        board = Board(OPTIONS)
        frames = Frames(0x8000_1000, 7)
        board.ram.write(0x8000_1000, b"junk")
        taken = [frames.take(board) for _ in range(7)]
        assert sorted(taken) == [0x8000_1000 + n * PAGE for n in range(7)]
        assert board.ram.read(0x8000_1000, 4) == bytes(4)
        with pytest.raises(OutOfFrames):
            frames.take(board)
        frames.give(taken[3])
        assert frames.take(board) == taken[3]

    def test_several_lie_together_and_aligned(self):
        board = Board(OPTIONS)
        frames = Frames(0x8000_1000, 10)
        first = frames.take(board, pages=4)
        assert first == 0x8000_4000
        single = [frames.take(board) for _ in range(6)]
        assert not set(single) & {first + n * PAGE for n in range(4)}
        with pytest.raises(OutOfFrames):
            frames.take(board, pages=4)
        frames.give(first, pages=4)
        assert frames.take(board, pages=4) == first


def test_address_space_numbers_begin_again():
    host = Host(2 * MEMORY, OPTIONS)
    numbers = [host.asid() for _ in range(0x10001)]
    assert len(set(numbers)) == len(numbers)
    assert numbers[0xFFFF - 1] == (0xFFFF, 0)
    assert numbers[0xFFFF] == (1, 1)
