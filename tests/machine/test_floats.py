"""F and D on the board: when they are there and on, what is dirty, and that all tiers agree."""

from __future__ import annotations

import io

import pytest

from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.csr_float import FLOAT, FS, SD
from models.machine.csr_names import NUMBERS
from models.machine.debugger import Debugger
from models.machine.decode import decode, encode
from models.machine.disassembler import disassemble
from models.machine.isa import INSTRUCTIONS
from models.machine.semantics_float import BOX, box, function
from models.machine.snapshot import restore, save
from models.machine.softfloat import DOUBLE, NV, NX, SINGLE, Arithmetic
from models.machine.tracer import Tracer
from models.machine.traps import Illegal, Mode
from tests.machine.programs import ready, traps_taken

TIERS = ("step", "closures", "python", "webassembly")
OFF, INITIAL, CLEAN, DIRTY = (state << 13 for state in range(4))
ROWS = [row for row in INSTRUCTIONS if row.extension in "FD"]
ON = "li t0, 3 << 13; csrs mstatus, t0\n"
HALF, ONE_HALF, ONE, TWO = 0x3F000000, 0x3FC00000, 0x3F800000, 0x40000000


def board(source: str, steps: int = 0, **options: object) -> Board:
    """A board with floats that has run so many instructions of a program."""
    made = ready(source, **{"floats": True, "tier": "step"} | options)
    made.run(limit=steps) if steps else None
    return made


def one(source: str, state: int = CLEAN, **options: object) -> Board:
    """A board after one instruction, FS set before."""
    made = board(source, **options)
    made.hart.csrs.mstatus |= state
    made.hart.f[1], made.hart.f[2] = box(ONE_HALF), box(HALF)
    made.run(limit=1)
    return made


@pytest.mark.parametrize("floats", [False, True])
def test_everything_is_illegal_while_it_is_off(floats):
    made = board("nop", floats=floats)
    for row in ROWS:
        operands = {name: field.range[-1] for name, field in row.fields.items() if name[0] == "r"}
        word = encode(row.name, **operands | ({"rm": 0} if "rm" in row.fields else {}))
        made.load(word.to_bytes(4, "little"))
        made.hart.pc = 0x80000000
        made.run(limit=1)
        assert made.hart.csrs.mtval == word, row.name
    assert traps_taken(made) == {"illegal-instruction": len(ROWS)}


def test_without_the_extensions_nothing_of_them_is_there():
    made = board("nop", floats=False)
    csrs = made.hart.csrs
    csrs.write(NUMBERS["mstatus"], FS)
    assert csrs.read(NUMBERS["mstatus"]) & (FS | SD) == 0
    assert csrs.read(NUMBERS["misa"]) & (1 << 3 | 1 << 5) == 0
    assert not set(csrs.table) & {NUMBERS[name] for name in FLOAT}
    assert "f" not in made.hart.state()
    assert b"rv64imac_" in made.devices.tree(1 << 20).blob()


def test_with_them_they_are_told():
    made = board("nop")
    assert made.hart.csrs.read(NUMBERS["misa"]) & (1 << 3 | 1 << 5) == 1 << 3 | 1 << 5
    assert b"rv64imafdc_" in made.devices.tree(1 << 20).blob()
    both = Board(BoardOptions(memory=1 << 20, floats=True, hypervisor=True))
    assert b"rv64imafdch_" in both.devices.tree(1 << 20).blob()


# ---------------------------------------------------------------------- FS, dirty or not
@pytest.mark.parametrize("state", [INITIAL, CLEAN, DIRTY])
@pytest.mark.parametrize(
    ("source", "dirty"),
    [
        ("fadd.s f3, f1, f2", True),
        ("fmv.w.x f3, zero", True),
        ("flw f3, 0(sp)", True),
        ("csrw fflags, zero", True),
        ("fsrmi 1", True),
        ("flt.s a0, f1, f2", False),
        ("fclass.s a0, f1", False),
        ("fmv.x.w a0, f1", False),
        ("fcvt.w.s a0, f1", True),  # 1.5 is inexact: a flag is state too
        ("fsw f1, 0(sp)", False),
        ("frcsr a0", False),
    ],
)
def test_what_changes_the_state_makes_it_dirty(source, dirty, state):
    made = board(source)
    made.hart.csrs.mstatus |= state
    made.hart.x[2], made.hart.f[1], made.hart.f[2] = 0x80000100, box(ONE_HALF), box(HALF)
    made.run(limit=1)
    assert traps_taken(made) == {}
    csrs = made.hart.csrs
    status = csrs.read(NUMBERS["mstatus"])
    assert status & FS == (DIRTY if dirty else state)
    assert bool(status & SD) == (status & FS == DIRTY)
    assert csrs.read(NUMBERS["sstatus"]) & (FS | SD) == status & (FS | SD)


def test_a_load_that_faults_changes_nothing():
    made = one("flw f1, 0(zero)")
    assert traps_taken(made) == {"load-access-fault": 1}
    assert (made.hart.f[1], made.hart.csrs.mstatus & FS) == (box(ONE_HALF), CLEAN)


def test_the_summary_cannot_be_written():
    csrs = board("nop").hart.csrs
    csrs.write(NUMBERS["mstatus"], SD | CLEAN)
    assert csrs.read(NUMBERS["mstatus"]) & (SD | FS) == CLEAN


def test_a_guests_floats_need_both_its_own_and_its_hypervisors():
    made = board("nop", hypervisor=True)
    csrs = made.hart.csrs
    csrs.mode, csrs.virtual = Mode.S, 1
    for host, guest in ((OFF, DIRTY), (DIRTY, OFF), (CLEAN, INITIAL)):
        csrs.write(NUMBERS["mstatus"], host)
        csrs.write(NUMBERS["vsstatus"], guest)
        if not (host and guest):
            with pytest.raises(Illegal):
                csrs.check(NUMBERS["fcsr"], False)
    csrs.check(NUMBERS["fcsr"], True)
    csrs.write(NUMBERS["fcsr"], 0xFFF)
    assert csrs.read(NUMBERS["fcsr"]) == 0xFF
    assert csrs.read(NUMBERS["mstatus"]) & (FS | SD) == DIRTY | SD
    assert csrs.read(NUMBERS["vsstatus"]) & (FS | SD) == DIRTY | SD


# ---------------------------------------------------------------------- registers
def test_a_single_is_boxed_and_what_is_not_counts_as_nan():
    made = one("fadd.s f3, f1, f2")
    assert made.hart.f[3] == BOX | TWO
    made = board("fadd.s f3, f1, f2")
    made.hart.csrs.mstatus |= DIRTY
    made.hart.f[1], made.hart.f[2] = ONE, box(ONE)
    made.run(limit=1)
    assert made.hart.f[3] == box(SINGLE.nan)
    assert made.hart.csrs.fcsr == 0  # a quiet one


def test_bits_are_copied_as_they_are():
    source = ON + "flw f1, 0(a0); fmv.x.w a1, f1; fsw f1, 8(a0); fmv.d.x f2, a2; fsw f2, 12(a0)"
    made = board(source)
    made.load((0xFF800001).to_bytes(4, "little"), 0x80000100)  # a signalling NaN
    made.hart.x[10], made.hart.x[12] = 0x80000100, 0x123456789
    made.run(limit=7)
    assert made.hart.x[11] == 0xFF800001 - (1 << 32)
    assert made.ram.read(0x80000108, 8) == bytes.fromhex("010080ff89674523")


@pytest.mark.parametrize("mode", [5, 6, 7])
def test_a_mode_of_rounding_that_is_none_is_illegal(mode):
    made = board(f"fsrmi {mode}; fadd.s f3, f1, f2; fadd.s f3, f1, f2, rne; fsgnj.s f3, f1, f2")
    made.hart.csrs.mstatus |= DIRTY
    made.run(limit=2)
    assert traps_taken(made) == {"illegal-instruction": 1}
    made.hart.pc = 0x80000000 + 8
    made.run(limit=2)
    assert traps_taken(made) == {"illegal-instruction": 1}


def test_flags_gather_until_they_are_cleared():
    made = board(ON + "fdiv.s f3, f1, f2; fsqrt.s f4, f5; frflags a0; fsflags a1, zero; frflags a2")
    made.hart.f[1], made.hart.f[2], made.hart.f[5] = box(ONE), box(0x40400000), box(0xBF800000)
    made.run(limit=7)
    assert made.hart.x[10:13] == [NX | NV, NX | NV, 0]


# ---------------------------------------------------------------------- tiers, tools
#: Square roots by Newton's way, as singles and doubles, through memory; then an exception.
NEWTON = (
    ON
    + """
    la   s0, numbers
    li   s1, 40
loop:
    fld  f1, 0(s0)
    fcvt.s.d f2, f1
    fmv.d f3, f1
    li   s2, 6
again:
    fdiv.d f4, f1, f3
    fadd.d f3, f3, f4
    li   t1, 0x3fe0000000000000
    fmv.d.x f5, t1
    fmul.d f3, f3, f5
    addi s2, s2, -1
    bnez s2, again
    fsd  f3, 8(s0)
    fsqrt.s f2, f2
    fsw  f2, 16(s0)
    fcvt.d.s f2, f2
    flt.d a0, f2, f3
    add  a1, a1, a0
    fld  f1, 8(s0)
    fsd  f1, 0(s0)
    addi s1, s1, -1
    bnez s1, loop
    frcsr a2
    fadd.s f0, f0, f0, rmm
end: j    end
    .balign 8
numbers: .dword 0x4000000000000000, 0, 0    # 2.0
"""
)


def test_all_tiers_agree_at_every_stop():
    boards = [board(NEWTON, tier=tier) for tier in TIERS]
    for limit in (1, 17, 200, 3, 1500, 800, 1):
        states = []
        for made in boards:
            made.run(limit=limit)
            states.append(made.state())
        assert all(state == states[0] for state in states)
    assert boards[0].hart.f[3] != 0


def test_a_snapshot_keeps_the_registers():
    made = board(NEWTON, 500)
    again = restore(save(made), tier="closures")
    assert again.state() == made.state()
    assert again.hart.f == made.hart.f
    again.run(limit=777)
    made.run(limit=777)
    assert again.state() == made.state()


def test_the_debugger_reads_numbers_and_sees_the_access_coming():
    program = assemble(NEWTON)
    debugger = Debugger(program, board(NEWTON))
    while debugger.text.split()[0] not in ("fld", "c.fld"):
        debugger.run(1)
    access = debugger.access
    assert (access.kind, access.address, access.width) == ("load", program.symbols["numbers"], 8)
    debugger.run(2)
    assert (debugger.floats["ft1"], debugger.floats["ft2"]) == (2.0, 2.0)
    debugger.back(2)
    assert debugger.floats["ft1"] == 0.0


def test_a_trace_tells_what_changed():
    made, out = board(ON + "fmv.w.x fa0, zero"), io.StringIO()
    Tracer(made, out, {})
    made.run(limit=3)
    assert out.getvalue().splitlines()[-1].endswith("fa0=ffffffff00000000")


def test_reserved_rounding_is_no_instruction():
    for mode in (5, 6):
        assert decode(encode("fadd.s") | mode << 12) is None
    assert disassemble(encode("fadd.s", rm=7)) == "fadd.s ft0, ft0, ft0"
    assert disassemble(encode("fcvt.w.d", rd=10, fs1=10, rm=1)) == "fcvt.w.d a0, fa0, rtz"
    assert disassemble(encode("fcvt.d.w", rm=1)).startswith(".word")  # GNU as cannot write it


def test_every_expression_means_something():
    for row in ROWS:
        if row.kind == "float":
            value = function(row.name)(Arithmetic(DOUBLE), 1, 2, 3, 4, 5, 0)
            assert isinstance(value, int), row.name
