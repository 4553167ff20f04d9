"""Loops that count on modest registers, called with such and with others."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.decode import decode, encode
from models.machine.memory import RAM_BASE
from models.machine.semantics import s64
from models.machine.tiers.assumptions import Assumptions
from models.machine.tiers.ranges import Ranges
from models.machine.tiers.trace import Step, Trace

# a0 counts down; a1 and a2 are only read; a3 is a sum, a4 and a5 compare without sign.
LOOP = """
loop:   add  a3, a3, a1
        sub  a6, a1, a2
        bltu a3, a2, low
        addi a4, a4, 1
low:    bgeu a0, a2, high
        addi a5, a5, 2
high:   slli a7, a1, 2
        addi a0, a0, -1
        bnez t0, next
next:   addi t0, t0, -1
        bnez t0, loop
        wfi
        j    loop
"""
EDGES = (0, 1, -1, 5, (1 << 60) - 1, 1 << 60, (1 << 61) + 1, 1 << 62, (1 << 63) - 1)
values = st.sampled_from(EDGES + tuple(~edge for edge in EDGES)) | st.integers(-9, 9)
calls = st.tuples(st.lists(values, min_size=6, max_size=6), st.integers(1, 30))


def board(tier):
    made = Board(BoardOptions(memory=1 << 16, tier=tier, hot=2))
    made.reset()
    address, image = assemble(LOOP).image()
    made.load(image, address)
    return made


def call(made, registers, rounds):
    made.hart.pc, made.hart.waiting = s64(RAM_BASE), False
    made.hart.x[5] = rounds
    made.hart.x[10:16] = registers
    assert made.run(10_000).reason == "wfi"
    return made.hart.x[:32]


@settings(max_examples=60, deadline=None)
@given(first=calls, later=st.lists(calls, min_size=1, max_size=5))
@example(first=([300, 1 << 57, 3, 1, 1, 1], 200), later=[([1] * 6, 1)])  # a3 overflows by and by
def test_loops_agree_whatever_they_were_translated_for(first, later):
    quick, plain = board("python"), board("step")
    for registers, rounds in [first] * 4 + later + [first]:
        assert call(quick, registers, rounds) == call(plain, registers, rounds)
    assert quick.clock.count == plain.clock.count


def loop(*words):
    decoded = [decode(word) for word in words]
    return Trace(0, [Step(4 * n, d, 4 * n + 4) for n, d in enumerate(decoded)], loops=True)


def helped(trace, registers):
    """Offer every instruction of a trace to the assumptions; return the guards."""
    assumptions, ranges = Assumptions(trace, registers), Ranges()
    for step in trace.steps:
        d = step.decoded
        env = {"a": f"x{d.rs1}", "b": f"x{d.rs2}", "i": d.imm, "pc": step.pc}
        assumptions.help(d, env, step.pc, ranges)
        ranges.assign(d, step.pc)
    return assumptions.guards


def test_guards_stand_only_for_what_they_shorten():
    counter = encode("addi", rd=5, rs1=5, imm=-1)
    assert helped(loop(counter), [3] * 33) == [f"{-(1 << 60)} <= x5 <= {1 << 60}"]
    assert helped(loop(encode("xor", rd=5, rs1=6, rs2=7)), [3] * 33) == []
    assert helped(loop(encode("add", rd=5, rs1=5, rs2=5)), [3] * 33) == []  # it grows
    assert helped(loop(counter), [1 << 61] * 33) == []
    assert helped(loop(counter), None) == []


def test_a_negative_bound_is_not_taken_for_another():
    less = encode("sltu", rd=5, rs1=6, rs2=7)
    assert helped(loop(less), [3] * 33) == [f"0 <= x6 <= {1 << 60}", f"0 <= x7 <= {1 << 60}"]
    assert helped(loop(less), [-3] * 33) == []
