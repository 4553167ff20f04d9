"""The debugger looks on: forward and back are exact, and looking changes nothing."""

import random
from dataclasses import replace

import pytest

from models.explorers import programs
from models.machine.debugger import OPTIONS, Access, Debugger, build, loaded
from models.machine.paging import R, W, X
from tests.machine.tiers.random_programs import board as random_board

STEPS = 1_200


def walk_about(seed, positions):
    """Step forward and back at random; every state must be the one first seen at its count.

    Oracle: a plain board on the stepper's tier that never goes back.
    """
    rng = random.Random(seed)
    plain = random_board(seed, "step")
    states = [plain.state()]
    while len(states) <= STEPS and plain.run(1).retired:
        states.append(plain.state())
    debugger = Debugger(build(""), random_board(seed, "python"))
    for _ in range(positions):
        start = debugger.count
        forward = rng.randint(0, min(60, len(states) - 1 - start))
        if forward:
            debugger.run(forward)
        assert debugger.board.state() == states[start + forward]
        traps = list(debugger.traps)
        steps = rng.randint(0, debugger.count) if rng.random() < 0.1 else min(forward, 9)
        debugger.back(steps)
        assert debugger.board.state() == states[start + forward - steps]
        if steps:
            debugger.run(steps)
        assert debugger.board.state() == states[start + forward]
        assert debugger.traps == traps
        debugger.back(rng.randint(0, debugger.count) if rng.random() < 0.05 else 0)


@pytest.mark.parametrize("seed", range(6))
def test_forward_back_forward_is_the_same_state(seed):
    walk_about(seed, 40)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100))
def test_forward_back_forward_at_10_000_positions(seed):
    walk_about(seed, 100)


@pytest.mark.parametrize("name", programs.NAMES)
def test_every_example_ends_as_on_a_plain_board_and_goes_back_to_its_start(name):
    program = build(programs.source(name), name)
    debugger = Debugger(program)
    first = debugger.board.state()
    assert debugger.run(2_000_000).reason == "wfi"
    plain = loaded(program, replace(OPTIONS, tier="closures"))
    plain.run(2_000_000)
    assert debugger.board.state() == plain.state()
    assert len(debugger.traps) == plain.counters.total("traps") + plain.counters.total("interrupts")
    debugger.back(debugger.count)
    assert debugger.board.state() == first
    assert debugger.traps == []
    assert debugger.ended is None


def test_the_last_steps_back_of_a_long_run_are_short():
    debugger = Debugger(build(programs.source("million")))
    debugger.run(1_200_000)
    run, replayed = debugger.board.run, []

    def counted(limit=None, until=None):
        replayed.append(limit)
        return run(limit, until)

    debugger.board.run = counted
    debugger.back()
    assert sum(replayed) < 10_000
    replayed.clear()
    for _ in range(20):
        debugger.back()
    assert sum(replayed) <= 20 * 1_000
    replayed.clear()
    debugger.back(600_000)
    assert sum(replayed) < 100_000, "a share of the way back, not of the run"


def at(name, steps):
    debugger = Debugger(build(programs.source(name)))
    debugger.run(steps)
    return debugger


def test_looking_changes_nothing_even_where_a_walk_would():
    debugger = at("paging", 1)
    while debugger.text != "sd a2, 8(a1)":
        debugger.run(1)
    before = debugger.board.state()
    assert debugger.access == Access("store", 0x4000_0008, 8)
    way = debugger.way(0x4000_0008, W)
    symbols = debugger.program.symbols
    assert way.translated
    assert not way.held
    assert way.physical == symbols["page"] + 8
    assert [r.level for r in way.references] == [2, 1, 0]
    assert [r.place for r in way.references] == [
        symbols["root"] + 8,
        symbols["middle"],
        symbols["last"],
    ]
    assert debugger.bytes_at(0x4000_0008, 8) == bytes(8)
    assert debugger.board.state() == before
    references = debugger.board.counters["walk_references"].get("single", 0)
    debugger.run(1)
    assert debugger.board.counters["walk_references"]["single"] == references + 3
    assert debugger.way(0x4000_0008, R).held
    assert debugger.bytes_at(0x4000_0008, 8) == (42).to_bytes(8, "little")
    assert debugger.way(0, R).physical is None
    assert debugger.bytes_at(0, 1) is None
    assert debugger.way(debugger.pc, X).physical == debugger.pc


@pytest.mark.parametrize(
    ("source", "access"),
    [
        ("lbu a0, 5(zero)", Access("load", 5, 1)),
        ("lwu a0, 4(zero)", Access("load", 4, 4)),
        ("sh a0, -2(zero)", Access("store", (1 << 64) - 2, 2)),
        ("ld a0, 8(zero)", Access("load", 8, 8)),
        ("amoadd.w.aq a0, a1, (zero)", Access("load and store", 0, 4)),
        ("lr.d a0, (zero)", Access("load", 0, 8)),
        ("sc.w a0, a1, (zero)", Access("store", 0, 4)),
        ("c.sdsp a0, 16(sp)", Access("store", 16, 8)),
        ("addi a0, a0, 1", None),
        (".half 0", None),
    ],
)
def test_the_access_that_comes_next(source, access):
    assert Debugger(build(source)).access == access


def test_an_address_without_memory_has_no_instruction():
    debugger = Debugger(build("jr zero"))
    debugger.run(1)
    assert debugger.word_at(0) is None
    assert debugger.text == "(nothing can be fetched here)"


def test_breakpoints_stop_in_front_and_let_go_on():
    program = build(programs.source("sum"))
    debugger = Debugger(program)
    for n in range(10):
        stop = debugger.run(1_000, [program.symbols["again"]])
        assert stop.reason == "condition"
        assert debugger.board.hart.x[11] == 10 - n
    assert debugger.run(1_000, [program.symbols["again"]]).reason == "wfi"
    assert debugger.run(5).retired == 0, "it has ended"


def test_an_interrupt_in_the_log_leaves_and_comes_back():
    debugger = at("timer", 56)
    assert debugger.traps == []
    debugger.run(1)
    assert [t.cause for t in debugger.traps] == ["machine-timer"]
    debugger.back()
    assert debugger.traps == []
    debugger.run(1)
    assert [t.step for t in debugger.traps] == [57]
