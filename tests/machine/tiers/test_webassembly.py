"""The WebAssembly tier: its encoder, expressions, loops, and what only it does."""

import ctypes

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.machine import board as board_module
from models.machine.board import Board, BoardOptions
from models.machine.isa import BY_NAME
from models.machine.semantics import FUNCTIONS, function, s64
from models.machine.tiers import webassembly
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly.encoder import Code, signed, unsigned
from models.machine.tiers.webassembly.expression import Expressions
from models.machine.tiers.webassembly.frame import HELPER, TYPES
from models.machine.tiers.webassembly.helpers import helpers
from models.machine.tiers.webassembly.host import make_host
from models.machine.tiers.webassembly.layout import COLD, ENTRY
from models.machine.tiers.webassembly.records import MOST_WRITES
from models.machine.tiers.webassembly.region import loops
from tests.machine.programs import ready

pytest.importorskip("wasmtime")

CORNERS = [
    0,
    1,
    -1,
    2,
    31,
    32,
    63,
    64,
    (1 << 31) - 1,
    -(1 << 31),
    1 << 32,
    (1 << 63) - 1,
    -(1 << 63),
]
REGISTER = st.sampled_from(CORNERS) | st.integers(-(1 << 63), (1 << 63) - 1)
VALUED = [
    row
    for row in BY_NAME.values()
    if not row.compressed and row.kind in ("alu", "load", "store", "branch", "jal", "jalr", "amo")
]


@given(st.integers(0, 2**64 - 1))
@example(127)
@example(128)
def test_leb128_of_unsigned_numbers(value):
    encoded = unsigned(value)
    assert sum((byte & 127) << 7 * n for n, byte in enumerate(encoded)) == value
    assert [byte >> 7 for byte in encoded] == [1] * (len(encoded) - 1) + [0]


@given(st.integers(-(2**63), 2**63 - 1))
@example(-64)
@example(63)
@example(64)
def test_leb128_of_signed_numbers(value):
    encoded = signed(value)
    total = sum((byte & 127) << 7 * n for n, byte in enumerate(encoded))
    assert total - (1 << 7 * len(encoded) if encoded[-1] & 64 else 0) == value


@pytest.fixture(scope="module")
def evaluate():
    """One module with a function that computes every row's expression, chosen by a number."""
    host = make_host(1 << 16)
    code = Code()
    expressions = Expressions(first=1)
    for n, row in enumerate(VALUED):
        code.i32(0)
        code.memory(w.I32_LOAD, 48)
        code.i32(n)
        code.op(w.I32_EQ)
        code.when()
        env = {name: _input(8 * at) for at, name in enumerate(("a", "b", "i", "pc", "m"))}
        code.i32(0)
        if row.kind == "branch":
            expressions.condition(code, row.name, env)
            code.op(w.I64_EXTEND_U)
        else:
            expressions.value(code, row.name, env)
        code.memory(w.I64_STORE[8], 40)
        code.end()
    code.i32(0)
    main = (0, [], code)
    run = host.function(w.module(TYPES, [main, *helpers(HELPER, expressions.called)], export=0))
    words = host.memory.cast("q")

    def value(row, *inputs):
        words[:5] = memoryview((ctypes.c_int64 * 5)(*inputs)).cast("B").cast("q")
        words[6] = VALUED.index(row)
        run()
        return words[5]

    return value


def _input(offset):
    def push(code):
        code.i32(0)
        code.memory(w.I64_LOAD[8, False], offset)

    return push


@settings(max_examples=3000, deadline=None)
@given(st.sampled_from(VALUED), REGISTER, REGISTER, REGISTER, st.integers(-2048, 2047))
def test_expressions_equal_the_semantics(evaluate, row, a, b, memory, immediate):
    if row.format == "U" or row.kind == "jal":
        immediate <<= 12
    elif row.operands[-1] == "uimm":
        immediate &= 63 if not row.name.endswith("w") else 31
    if row.name.endswith(".w"):
        memory = FUNCTIONS["s32"](memory)
    pc = 0x80000000
    expected = s64(function(row.name)(a, b, immediate, pc, memory))
    assert evaluate(row, a, b, immediate, pc, memory) == expected


def test_every_row_that_has_a_value_is_tried():
    assert {row.name for row in VALUED} >= {"add", "mulhsu", "divuw", "sraw", "amomaxu.w", "lbu"}
    left = {row.kind for row in BY_NAME.values() if not row.compressed and row not in VALUED}
    actions, reserving, steppers = {"fence", "system"}, {"lr", "sc"}, {"csr", "hload", "hstore"}
    assert left == actions | reserving | steppers | {"float", "fload", "fstore"}


# ---------------------------------------------------------------------- regions
def test_loops_that_are_entered_elsewhere_are_refused():
    nested = [(0, 1), (1, 2), (2, 1), (2, 3), (3, 0), (3, 4)]
    assert loops(nested, {0}) == {0: 3, 1: 2}
    assert loops(nested, {0, 2}) == {}
    assert loops([*nested, (4, 1)], {0}) == {1: 4}  # it crosses the outer one: one of them
    assert loops([(0, 1), (1, 0), (1, 1), (1, 2)], {0}) == {0: 1, 1: 1}


def test_a_jump_back_into_the_middle_of_a_loop_drops_it():
    """It would have to go through the entry, which leads to no block inside a loop."""
    assert loops([(0, 1), (1, 2), (2, 1), (2, 0)], {0}) == {0: 2, 1: 2}
    assert 0 not in loops([(0, 1), (1, 2), (2, 3), (3, 0), (2, 1), (3, 2), (0, 2)], {0})


HOT_LOOP = """
    la s0, count
    li t0, 0
    li t1, 5000
loop:
    ld t2, 0(s0)
    add t2, t2, t0
    sd t2, 0(s0)
    addi t0, t0, 1
    bne t0, t1, loop
    wfi
.balign 4096
count: .dword 0
"""


def states(board):
    """The states of the first page's half words."""
    return list(board.code.at(0x8000_0000).states)


def test_a_hot_loop_is_compiled_and_counts_alike():
    board = ready(HOT_LOOP, tier="webassembly", hot=100)
    assert board.run(300_000).reason == "wfi"
    assert any(state >= ENTRY and state != COLD for state in states(board))
    plain = ready(HOT_LOOP, tier="step")
    plain.run(300_000)
    assert board.state() == plain.state()


def test_too_little_fuel_for_a_region_is_interpreted_to_the_instruction():
    for limit in (3, 1007, 1008, 1009, 1010, 1011):
        quick = ready(HOT_LOOP, tier="webassembly", hot=100)
        quick.run(2000)
        plain = ready(HOT_LOOP, tier="step")
        plain.run(2000)
        assert quick.run(limit).retired == limit
        plain.run(limit)
        assert quick.state() == plain.state()


DATA_BESIDE_CODE = HOT_LOOP.replace(".balign 4096", ".balign 8")


def test_a_page_of_code_that_is_written_often_is_interpreted():
    board = ready(DATA_BESIDE_CODE, tier="webassembly", hot=20)
    plain = ready(DATA_BESIDE_CODE, tier="step")
    board.run(300_000)
    plain.run(300_000)
    assert board.state() == plain.state()
    record = board.code.at(0x8000_0000)
    assert record.writes == MOST_WRITES + 1
    assert not record.function
    assert set(record.states) == {COLD}


PATCHED = """
    la s0, patch
    la s1, other
    lw s2, 0(s0)
    lw s3, 0(s1)
    li s4, 0
again:
    li t0, 0
    li t1, 300
loop:
patch:
    addi s4, s4, 1
    addi t0, t0, 1
    bne t0, t1, loop
    sw s3, 0(s0)       # into the loop that was compiled: from now on it counts down
    fence.i
    mv t2, s3
    mv s3, s2
    mv s2, t2
    addi s5, s5, 1
    li t3, 6
    bne s5, t3, again
    wfi
.option norvc
.balign 4
other: addi s4, s4, -1
"""


def test_code_that_is_written_is_the_new_code():
    program = PATCHED.replace("    addi s4, s4, 1\n", ".option norvc\n    addi s4, s4, 1\n", 1)
    board, plain = (ready(program, tier=t, hot=50) for t in ("webassembly", "step"))
    board.run(300_000)
    plain.run(300_000)
    assert plain.hart.x[20] == 0
    assert board.state() == plain.state()


def test_dma_into_compiled_code_drops_it():
    board = ready(HOT_LOOP, tier="webassembly", hot=100)
    board.run(3000)
    assert board.code.holds(0x8000_0000)
    board.ram.write(0x8000_0000, bytes(64))
    assert not board.code.holds(0x8000_0000)
    assert not any(states(board))


def test_records_run_out_and_start_again(monkeypatch):
    """A guest that runs on more pages than there are records."""
    source = "".join(f".balign 4096\np{n}: addi t0, t0, 1\n j p{n + 1}\n" for n in range(70))
    source += ".balign 4096\np70: addi t1, t1, 1\n li t2, 30\n bne t1, t2, back\n wfi\nback: j p0"
    monkeypatch.setattr(board_module.Memory, "records", 40)
    board, plain = (ready(source, tier=t, hot=5) for t in ("webassembly", "step"))
    board.run(300_000)
    plain.run(300_000)
    assert board.state() == plain.state()
    assert board.code.full is False


def test_a_board_compiles_so_much_and_no_more(monkeypatch):
    monkeypatch.setattr(webassembly, "MOST_FUNCTIONS", 2)
    board, plain = (ready(PATCHED, tier=tier, hot=20) for tier in ("webassembly", "step"))
    board.run(20_000)
    plain.run(20_000)
    assert board._assembly.compiled == 2
    assert board.state() == plain.state()


def test_an_engine_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(board_module, "missing", lambda: "there is no engine")
    with pytest.raises(ValueError, match="'webassembly', which cannot be had: there is no engine"):
        Board(BoardOptions(memory=1 << 16, tier="webassembly"))
    assert Board(BoardOptions(memory=1 << 16)).tier == "python"


def test_memory_outlives_the_board_that_it_came_from():
    ram = Board(BoardOptions(memory=1 << 16, tier="webassembly")).ram
    assert bytes(ram.bytes) == bytes(1 << 16)
