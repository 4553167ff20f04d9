"""The bench: worlds differ where they should, a run leaves nothing behind."""

import pytest

from models.hypervisors.execution import MEMORY_TRAPS, Bench
from models.hypervisors.popek_goldberg import forms
from models.hypervisors.worlds import (
    CODE,
    DATA,
    PAGE,
    STACK,
    WORLDS,
    Machine,
    build,
    programs,
)
from models.machine.decode import encode
from models.machine.memory import RAM_BASE
from models.machine.traps import Mode

NOP = encode("addi")
PLAIN = Machine()


def tried(word: int, machine: Machine = PLAIN) -> list:
    return [outcome for _, outcome in Bench(machine).run([word])]


def test_every_world_runs_a_nop_and_shows_the_program_alike():
    outcomes = tried(NOP)
    assert len(outcomes) == len(WORLDS) * len(programs())
    assert {o.trap for o in outcomes} == {""}
    assert len({o.result for o in outcomes}) == len(programs())  # one result a program
    assert not any(o.changed for o in outcomes)
    assert {o.world.mode for o in outcomes} == set(Mode)
    assert {o.result[1] for o in outcomes} == {CODE + 4}


def test_a_store_lands_in_the_programs_page_wherever_it_lies():
    word = encode("sd", rs1=2, rs2=9, imm=0)
    for outcome in tried(word):
        value = programs()[outcome.program].x[9] & (1 << 64) - 1
        data = outcome.result[2][1]
        assert int.from_bytes(data[STACK - DATA :][:8], "little") == value
        assert not outcome.changed


def test_each_run_begins_in_the_same_state():
    """Backwards or forwards, the forms do the same: none sees what another left."""
    some = [form.word for form in forms()][::7]
    forward = {(i, o.world, o.program): o for i, o in Bench(Machine()).run(some)}
    last = len(some) - 1
    backward = {(last - i, o.world, o.program): o for i, o in Bench(Machine()).run(some[::-1])}
    assert forward == backward


def test_worlds_differ_in_every_register_that_can_differ():
    bench = Bench(Machine())
    seen: dict[str, set] = {}
    for world in WORLDS:
        build(bench.board, bench.machine, world, programs()[0])
        for name, value in bench.board.hart.csrs.state().items():
            seen.setdefault(name, set()).add(str(value))
    constant = {name for name, values in seen.items() if len(values) == 1}
    derived = {"sstatus", "sie", "sip", "mip", "mcycle", "minstret", "cycle", "time", "instret"}
    identity = {"misa", "mvendorid", "marchid", "mimpid", "mhartid", "mconfigptr"}
    assert constant == derived | identity | {"lines", "exceptions", "virtual"}


def test_moved_programs_lie_elsewhere():
    bench = Bench(Machine())
    for world in WORLDS:
        build(bench.board, bench.machine, world, programs()[0])
        place = bench.board.hart.mmu.reach(DATA, 8)
        assert (place != DATA) == (world.paged and world.variant == 1)
        assert place == RAM_BASE + world.frames[4] * PAGE


def test_a_refused_access_is_a_memory_trap():
    outcomes = tried(encode("ld", rd=10, rs1=0, imm=8))  # nothing answers there
    assert {o.trap for o in outcomes} <= MEMORY_TRAPS
    assert {o.trap for o in outcomes} == {"load-access-fault", "load-page-fault"}
    assert not any(o.result or o.changed for o in outcomes)


def test_an_unknown_hole_is_refused():
    with pytest.raises(ValueError, match="holes: 'popf', allowed are"):
        Bench(Machine(holes=("popf",)))
