"""The H extension on the board: what QEMU does otherwise or cannot show is tested here."""

from __future__ import annotations

import pytest

from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.csr_bits import MPP, MPRV, MXR, STCE, SUM, TVM, WRITABLE
from models.machine.csr_hypervisor import GVA, HU, HYPERVISOR, M_GVA, MPV, SPV, SPVP, VTVM
from models.machine.csr_names import NUMBERS
from models.machine.debugger import Debugger
from models.machine.decode import encode
from models.machine.isa import INSTRUCTIONS
from models.machine.paging import A, D, R, U, V, W, X
from models.machine.snapshot import restore, save
from models.machine.traps import Illegal, Mode, VirtualInstruction

BASE, CODE, HANDLER, GUEST_HANDLER = 0x80000000, 0x80002000, 0x80004000, 0x80005000
FIRST, SECOND, DATA = 0x80010000, 0x80020000, 0x80008000
#: The guest sees its memory here: virtual 4 GiB up, physical where the board has it.
WINDOW = 1 << 32
ALL = V | R | W | X | A | D
TIERS = ("step", "closures", "python", "webassembly")
#: Values of mode and V.
GUEST, GUEST_USER = (Mode.S, 1), (Mode.U, 1)


def table(board: Board, root: int, address: int, flags: int, frames: int) -> None:
    """Map a page of Sv39 to the page of RAM at its low bits; the levels below follow the root."""
    ram, place = board.ram.u64, root
    for shift in (30, 21):
        entry = (place - BASE + (address >> shift & 0x1FF) * 8) >> 3
        place = frames + (0x1000 if shift == 21 else 0)
        ram[entry] = place >> 12 << 10 | V
    target = BASE | address & 0xFFFFF
    ram[(place - BASE + (address >> 12 & 0x1FF) * 8) >> 3] = target >> 12 << 10 | flags


def machine(tier: str = "step", **options: object) -> Board:
    """A board with memory open to all, traps of M at HANDLER (which loops), two stages mapped."""
    board = Board(BoardOptions(memory=1 << 20, tier=tier, hypervisor=True, hot=3, **options))
    board.reset()
    csrs = board.hart.csrs
    for name, value in (("pmpaddr0", (1 << 54) - 1), ("pmpcfg0", 0x1F), ("mtvec", HANDLER)):
        csrs.write(NUMBERS[name], value)
    csrs.write(NUMBERS["stvec"], HANDLER)
    csrs.write(NUMBERS["vstvec"], WINDOW | GUEST_HANDLER & 0xFFFFF)
    for page in (CODE, DATA, GUEST_HANDLER):
        table(board, FIRST, WINDOW | page & 0xFFFFF, ALL, FIRST + 0x1000)
    for page in (CODE, DATA, GUEST_HANDLER, FIRST, FIRST + 0x1000, FIRST + 0x2000):
        table(board, SECOND, page, ALL | U, SECOND + 0x4000)
    csrs.write(NUMBERS["vsatp"], 8 << 60 | FIRST >> 12)
    csrs.write(NUMBERS["hgatp"], 8 << 60 | 5 << 44 | SECOND >> 12)
    board.load(b"\x6f\0\0\0" * 2, HANDLER)
    board.load(b"\x6f\0\0\0" * 2, GUEST_HANDLER)
    return board


def leaf(board: Board, root: int, address: int, flags: int) -> None:
    """Change the leaf of a page."""
    offset = 0x2000 if root == FIRST else 0x5000
    place = (root + offset - BASE >> 3) + (address >> 12 & 0x1FF)
    board.ram.u64[place] = board.ram.u64[place] & ~0xFF | flags


def run(board: Board, mode: tuple[Mode, int], *words: int, steps: int | None = None) -> Board:
    """Execute instructions in a mode, at CODE."""
    board.load(b"".join(word.to_bytes(4, "little") for word in words), CODE)
    board.hart.settle()
    board.hart.enter(*mode)
    board.hart.pc = (WINDOW | CODE & 0xFFFFF) if mode[1] else CODE
    board.run(limit=len(words) if steps is None else steps)
    return board


def csr(name: str, form: str = "csrrs", **operands: int) -> int:
    """The word that reads a CSR into x10."""
    return encode(form, **{"rd": 10, "csr": NUMBERS[name], **operands})


# ---------------------------------------------------------------- off by option
@pytest.mark.parametrize(
    "row", [r for r in INSTRUCTIONS if r.extension == "H"], ids=lambda r: r.name
)
def test_without_the_option_every_instruction_is_illegal(row):
    board = Board(BoardOptions(memory=1 << 16, tier="step"))
    board.reset()
    word = encode(row.name, rs1=1)
    board.load(word.to_bytes(4, "little"), BASE)
    board.step()
    assert (board.hart.csrs.mcause, board.hart.csrs.mtval) == (2, word)


def test_without_the_option_every_register_is_missing():
    csrs = Board(BoardOptions(memory=1 << 16)).hart.csrs
    for name in HYPERVISOR.keys() - WRITABLE.keys():
        with pytest.raises(Illegal):
            csrs.check(NUMBERS[name], False)
    csrs.write(NUMBERS["medeleg"], (1 << 64) - 1)
    csrs.write(NUMBERS["mstatus"], MPV | M_GVA)
    assert csrs.medeleg == WRITABLE["medeleg"]
    assert not csrs.mstatus & (MPV | M_GVA)
    assert not csrs.misa >> 7 & 1


# ---------------------------------------------------------------- who may what
def allowed(board: Board, name: str, mode: tuple[Mode, int], write: bool = False) -> str:
    csrs = board.hart.csrs
    csrs.mode, csrs.virtual = mode
    try:
        csrs.check(NUMBERS[name], write)
    except Illegal:
        return "illegal"
    except VirtualInstruction:
        return "virtual"
    return "yes"


@pytest.mark.parametrize("name", HYPERVISOR)
def test_registers_by_mode(name):
    """8.6.1: what HS may do and a guest may not is a virtual instruction, all else illegal."""
    board = machine()
    board.hart.csrs.mcounteren, board.hart.csrs.menvcfg = 7, STCE
    number = NUMBERS[name]
    least = number >> 8 & 3
    found = [allowed(board, name, mode) for mode in ((3, 0), (1, 0), (0, 0), (1, 1), (0, 1))]
    below = "virtual" if least == 2 else "illegal"
    expected = ["yes", "yes" if least == 2 else "illegal", "illegal", below, below]
    assert found == expected
    if number >> 10 == 3:
        assert allowed(board, name, (1, 1), write=True) == "illegal"


@pytest.mark.parametrize(
    ("name", "mode", "set_up", "found"),
    [
        ("satp", GUEST, {}, "yes"),
        ("satp", GUEST, {"hstatus": VTVM}, "virtual"),
        ("satp", GUEST, {"mstatus": TVM}, "yes"),
        ("satp", GUEST_USER, {"hstatus": VTVM}, "virtual"),
        ("hgatp", (Mode.S, 0), {"mstatus": TVM}, "illegal"),
        ("vsatp", (Mode.S, 0), {"mstatus": TVM}, "yes"),
        ("sepc", GUEST_USER, {}, "virtual"),
        ("mepc", GUEST_USER, {}, "illegal"),
        ("mepc", GUEST, {}, "illegal"),
        ("time", GUEST, {"mcounteren": 0}, "illegal"),
        ("time", GUEST, {"mcounteren": 2}, "virtual"),
        ("time", GUEST, {"mcounteren": 2, "hcounteren": 2}, "yes"),
        ("time", GUEST_USER, {"mcounteren": 2, "hcounteren": 2}, "virtual"),
        ("time", GUEST_USER, {"mcounteren": 2, "hcounteren": 2, "scounteren": 2}, "yes"),
        ("stimecmp", GUEST, {"mcounteren": 2, "hcounteren": 2}, "illegal"),
        ("stimecmp", GUEST, {"mcounteren": 2, "hcounteren": 2, "menvcfg": STCE}, "virtual"),
    ],
)
def test_what_a_hypervisor_keeps_from_its_guest(name, mode, set_up, found):
    board = machine()
    for register, value in set_up.items():
        board.hart.csrs.write(NUMBERS[register], value)
    assert allowed(board, name, mode) == found


def test_a_guest_names_its_own_registers():
    board = run(machine(), GUEST, csr("sscratch", "csrrw", rs1=10), steps=0)
    board.hart.x[10] = 77
    board.run(limit=1)
    csrs = board.hart.csrs
    assert (csrs.vsscratch, csrs.sscratch) == (77, 0)


@pytest.mark.parametrize("name", ["sret", "sfence.vma", "hfence.vvma", "hlv.w", "hsv.w", "wfi"])
@pytest.mark.parametrize("mode", [GUEST, GUEST_USER])
def test_instructions_that_only_the_hypervisor_forbids(name, mode):
    board = machine()
    leaf(board, FIRST, CODE, ALL | (0 if mode[0] else U))
    board.hart.csrs.write(NUMBERS["hstatus"], 0b111 << 20)  # VTVM, VTW, VTSR
    word = encode(name)
    csrs = run(board, mode, word).hart.csrs
    assert (csrs.mcause, csrs.mtval, csrs.mstatus >> 38 & 3) == (22, word, 0b10)


# ---------------------------------------------------------------- traps
def test_a_trap_is_delegated_twice():
    """An illegal instruction reaches VS, HS or M; each keeps the mode and V it came from."""
    for medeleg, hedeleg, mode in ((4, 4, GUEST), (4, 0, (Mode.S, 0)), (0, 4, (Mode.M, 0))):
        board = machine()
        csrs = board.hart.csrs
        csrs.write(NUMBERS["medeleg"], medeleg)
        csrs.write(NUMBERS["hedeleg"], hedeleg)
        run(board, GUEST, 0xFFFFFFFF)
        assert (csrs.mode, csrs.virtual) == mode
        pc = WINDOW | CODE & 0xFFFFF
        if mode == GUEST:
            assert (csrs.vscause, csrs.vsepc, csrs.vsstatus >> 8 & 1) == (2, pc, 1)
            assert not csrs.hstatus & (SPV | SPVP)
        elif mode[0] == Mode.S:
            assert (csrs.scause, csrs.sepc, csrs.hstatus & (SPV | SPVP | GVA)) == (
                2,
                pc,
                SPV | SPVP,
            )
        else:
            assert (csrs.mcause, csrs.mstatus & (MPP | MPV)) == (2, 1 << 11 | MPV)


@pytest.mark.parametrize("tier", TIERS)
def test_a_second_stage_fault_tells_the_guest_physical_address(tier):
    board = machine(tier)
    leaf(board, SECOND, DATA, 0)
    csrs = board.hart.csrs
    csrs.write(NUMBERS["medeleg"], HYPERVISOR["medeleg"])
    csrs.write(NUMBERS["hedeleg"], HYPERVISOR["hedeleg"])
    board.hart.x[5] = WINDOW | DATA & 0xFFFFF
    run(board, GUEST, encode("sd", rs1=5, rs2=0, imm=24))
    assert (csrs.mode, csrs.virtual, csrs.scause) == (Mode.S, 0, 23)
    assert (csrs.stval, csrs.htval) == (board.hart.x[5] + 24, DATA + 24 >> 2)
    assert csrs.hstatus & (GVA | SPV) == GVA | SPV
    assert csrs.htinst == 0


def test_a_walk_that_may_not_write_a_guest_table_says_so():
    """A of the guest's entry has to be set, where its hypervisor allows reading only."""
    board = machine()
    leaf(board, FIRST, WINDOW | DATA & 0xFFFFF, V | R | W)
    leaf(board, SECOND, FIRST + 0x2000, V | R | U | A)
    board.hart.x[5] = WINDOW | DATA & 0xFFFFF
    csrs = run(board, GUEST, encode("ld", rd=6, rs1=5, imm=0)).hart.csrs
    entry = FIRST + 0x2000 + (DATA >> 12 & 0x1FF) * 8
    assert (csrs.mcause, csrs.mtinst, csrs.mtval2) == (21, 0x3020, entry >> 2)
    assert csrs.mstatus & (M_GVA | MPV) == M_GVA | MPV


def test_returns_lead_into_the_guest_and_out_of_it():
    board = machine()
    csrs = board.hart.csrs
    csrs.write(NUMBERS["mstatus"], 1 << 11 | MPV | MPRV)
    csrs.write(NUMBERS["mepc"], WINDOW | CODE & 0xFFFFF)
    run(board, (Mode.M, 0), encode("mret"))
    assert (csrs.mode, csrs.virtual, csrs.mstatus & (MPV | MPRV)) == (Mode.S, 1, 0)
    csrs.write(NUMBERS["vsepc"], WINDOW | DATA & 0xFFFFF)
    board.ram.u64[CODE - BASE >> 3] = encode("sret")
    board.run(limit=1)
    assert (csrs.mode, csrs.virtual, board.hart.pc) == (Mode.U, 1, WINDOW | DATA & 0xFFFFF)
    board = machine()
    csrs = board.hart.csrs
    csrs.write(NUMBERS["hstatus"], SPV)
    csrs.write(NUMBERS["sepc"], WINDOW | CODE & 0xFFFFF)
    run(board, (Mode.S, 0), encode("sret"))
    assert (csrs.mode, csrs.virtual, csrs.hstatus & SPV) == (Mode.U, 1, 0)


# ---------------------------------------------------------------- interrupts and time
@pytest.mark.parametrize("bit", [2, 6, 10])
def test_an_injected_interrupt_reaches_the_guest_by_a_supervisors_number(bit):
    board = machine()
    csrs = board.hart.csrs
    for name, value in (("hvip", 1 << bit), ("hie", 1 << bit), ("vsstatus", 2)):
        csrs.write(NUMBERS[name], value)
    run(board, GUEST, encode("addi", rd=1, rs1=0, imm=1), steps=1)
    assert csrs.scause == 1 << 63 | bit, "not delegated: the hypervisor's"
    csrs.write(NUMBERS["hideleg"], 1 << bit)
    csrs.write(NUMBERS["vsstatus"], 2)
    assert csrs.read(NUMBERS["vsip"]) == csrs.read(NUMBERS["vsie"]) == 1 << bit - 1
    run(board, GUEST, encode("addi", rd=1, rs1=0, imm=1), steps=1)
    assert csrs.vscause == 1 << 63 | bit - 1
    assert board.hart.csrs.virtual == 1


@pytest.mark.parametrize("tier", TIERS)
def test_a_guests_timer_follows_its_own_time(tier):
    """Due at guest time 1000, which is board time 1000 - htimedelta."""
    board = machine(tier)
    csrs = board.hart.csrs
    set_up = {"menvcfg": STCE, "henvcfg": STCE, "mcounteren": 2, "hcounteren": 2}
    set_up |= {"htimedelta": 400, "vstimecmp": 1000, "hideleg": 64, "hie": 64, "vsstatus": 2}
    for name, value in set_up.items():
        csrs.write(NUMBERS[name], value)
    run(board, GUEST, encode("jal", rd=0, imm=0), steps=599)
    assert csrs.vscause == 0
    board.run(limit=2)
    assert csrs.vscause == 1 << 63 | 5
    assert board.clock.now() == 601
    csrs.virtual = 1
    assert csrs.read(NUMBERS["time"]) == 1001


@pytest.mark.parametrize(("delta", "start", "due"), [(50, 0, 4950), (-50, 60, 5050)])
def test_waiting_ends_with_the_guests_timer(delta, start, due):
    """With a negative delta the guest's time, unsigned, is late until it wraps to zero."""
    board = machine()
    csrs = board.hart.csrs
    set_up = {"menvcfg": STCE, "henvcfg": STCE, "htimedelta": delta, "vstimecmp": 5000, "hie": 64}
    for name, value in set_up.items():
        csrs.write(NUMBERS[name], value)
    run(board, (Mode.M, 0), encode("jal", rd=0, imm=0), steps=start)
    assert csrs.read(NUMBERS["hip"]) == 0
    run(board, (Mode.M, 0), encode("wfi"), encode("addi", rd=0))
    assert due <= board.clock.now() <= due + 2
    assert csrs.read(NUMBERS["hip"]) == 64


def test_the_end_of_unsigned_time_is_not_waited_for():
    board = machine()
    for name, value in {"menvcfg": STCE, "henvcfg": STCE, "vstimecmp": 0}.items():
        board.hart.csrs.write(NUMBERS[name], value)
    board.load(encode("wfi").to_bytes(4, "little"), CODE)
    board.hart.pc = CODE
    assert board.run(limit=10).reason == "wfi"


# ---------------------------------------------------------------- the guest's memory from outside
def read_as_guest(board: Board, name: str = "hlv.d", mode: tuple[Mode, int] = (Mode.S, 0)) -> int:
    """Run HLV at DATA + 8; return the cause of its trap, or 0."""
    board.hart.x[5] = (WINDOW | DATA & 0xFFFFF) + 8
    operands = {"rs2": 6} if name.startswith("hsv") else {"rd": 7}
    run(board, mode, encode(name, rs1=5, **operands))
    return board.hart.csrs.mcause


def test_a_hypervisor_loads_and_stores_as_its_guest():
    board = machine()
    board.ram.u64[DATA - BASE + 8 >> 3] = 0xFEDCBA98_76543210
    board.hart.csrs.write(NUMBERS["hstatus"], SPVP)
    values = {"b": 0x10, "bu": 0x10, "h": 0x3210, "w": 0x76543210, "d": 0xFEDCBA98_76543210 - 2**64}
    for suffix, value in values.items():
        assert read_as_guest(board, f"hlv.{suffix}") == 0
        assert board.hart.x[7] == value
    board.hart.x[6] = -1
    assert read_as_guest(board, "hsv.h") == 0
    assert board.ram.u64[DATA - BASE + 8 >> 3] == 0xFEDCBA98_7654FFFF


@pytest.mark.parametrize(
    ("flags", "registers", "name", "cause"),
    [
        (ALL, {"hstatus": SPVP}, "hlv.d", 0),
        (ALL, {"hstatus": 0}, "hlv.d", 13),
        (ALL | U, {"hstatus": 0}, "hlv.d", 0),
        (ALL | U, {"hstatus": SPVP}, "hlv.d", 13),
        (ALL | U, {"hstatus": SPVP, "mstatus": SUM}, "hlv.d", 13),
        (ALL | U, {"hstatus": SPVP, "vsstatus": SUM}, "hlv.d", 0),
        (V | X | A, {"hstatus": SPVP}, "hlv.d", 13),
        (V | X | A, {"hstatus": SPVP, "vsstatus": MXR}, "hlv.d", 0),
        (V | X | A, {"hstatus": SPVP, "mstatus": MXR}, "hlv.d", 0),
        (V | X | A, {"hstatus": SPVP}, "hlvx.wu", 0),
        (V | R | A, {"hstatus": SPVP}, "hlvx.wu", 13),
        (V | R | A, {"hstatus": SPVP}, "hsv.w", 15),
    ],
)
def test_rights_of_a_hypervisors_access(flags, registers, name, cause):
    board = machine()
    leaf(board, FIRST, DATA, flags)
    for register, value in registers.items():
        board.hart.csrs.write(NUMBERS[register], value)
    assert read_as_guest(board, name) == cause
    assert bool(board.hart.csrs.mstatus & M_GVA) == bool(cause)


@pytest.mark.parametrize(
    ("flags", "registers", "name", "cause"),
    [
        (V | X | U | A, {"vsstatus": MXR}, "hlv.d", 21),
        (V | X | U | A, {"mstatus": MXR}, "hlv.d", 0),
        (V | X | U | A, {}, "hlvx.hu", 0),
        (V | R | U | A, {}, "hlvx.hu", 21),
        (ALL, {}, "hlv.d", 21),
        (V | R | U | A, {}, "hsv.b", 23),
    ],
)
def test_rights_of_the_second_stage(flags, registers, name, cause):
    """Every access counts as a user's there, and mstatus.MXR alone makes code readable."""
    board = machine()
    leaf(board, SECOND, DATA, flags)
    board.hart.csrs.write(NUMBERS["hstatus"], SPVP)
    for register, value in registers.items():
        board.hart.csrs.write(NUMBERS[register], value)
    assert read_as_guest(board, name) == cause


def test_a_user_program_may_act_for_the_guest_if_it_is_allowed_to():
    assert read_as_guest(machine(), mode=(Mode.U, 0)) == 2
    board = machine()
    board.hart.csrs.write(NUMBERS["hstatus"], SPVP | HU)
    assert read_as_guest(board, mode=(Mode.U, 0)) == 0


def test_m_mode_sees_with_a_guests_eyes():
    board = machine()
    board.ram.u64[DATA - BASE + 8 >> 3] = 99
    board.hart.csrs.write(NUMBERS["mstatus"], MPRV | MPV | 1 << 11)
    board.hart.x[5] = WINDOW | DATA & 0xFFFFF
    run(board, (Mode.M, 0), encode("ld", rd=7, rs1=5, imm=8))
    assert board.hart.x[7] == 99


# ---------------------------------------------------------------- the TLB
LOAD = encode("ld", rd=7, rs1=5, imm=0)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(
    ("fence", "registers", "misses"),
    [
        (None, {}, 0),
        ("hfence.gvma", {}, 1),
        ("hfence.gvma", {6: 5}, 1),
        ("hfence.gvma", {6: 4}, 0),
        ("hfence.vvma", {}, 1),
        ("hfence.vvma", {6: 3}, 0),
        ("sfence.vma", {}, 0),
    ],
)
def test_a_translation_of_both_stages_is_held_as_one(tier, fence, registers, misses):
    """And dropped by the fences that name its virtual machine, not by the hypervisor's own."""
    board = machine(tier)
    board.hart.x[5] = WINDOW | DATA & 0xFFFFF
    run(board, GUEST, LOAD, LOAD)
    counted = board.counters["tlb_misses"]["data"]
    assert counted == 1
    references = dict(board.counters["walk_references"])
    assert references == {"first": 6, "second": 24}, "15 for the fetch and 15 for the load"
    for register, value in registers.items():
        board.hart.x[register] = value
    if fence:
        run(board, (Mode.S, 0), encode(fence, rs2=6 if registers else 0))
    run(board, GUEST, LOAD)
    assert board.counters["tlb_misses"]["data"] - counted == misses


@pytest.mark.parametrize("tier", TIERS)
def test_virtual_machines_do_not_see_each_others_translations(tier):
    board = machine(tier)
    board.hart.x[5] = WINDOW | DATA & 0xFFFFF
    board.ram.u64[DATA - BASE >> 3] = 1
    run(board, GUEST, LOAD)
    leaf(board, SECOND, DATA, 0)
    csrs = board.hart.csrs
    csrs.write(NUMBERS["hgatp"], 8 << 60 | 6 << 44 | SECOND >> 12)
    run(board, GUEST, LOAD)
    assert csrs.mcause == 21
    csrs.write(NUMBERS["hgatp"], 8 << 60 | 5 << 44 | SECOND >> 12)
    run(board, GUEST, LOAD)
    assert csrs.mcause == 21, "nothing since"
    assert board.hart.x[7] == 1


def test_a_snapshot_in_the_guest_goes_on_the_same():
    board = machine()
    board.hart.x[5] = WINDOW | DATA & 0xFFFFF
    run(board, GUEST, *[LOAD] * 4, steps=2)
    other = restore(save(board), tier="step")
    for one in (board, other):
        one.run(limit=2)
    assert other.state() == board.state()
    assert other.hart.mode_name == "VS"


def test_the_board_says_that_it_has_the_extension():
    tree = machine().devices.tree(1 << 20).blob()
    assert b"rv64imach_" in tree
    assert b"rv64imac_" in Board(BoardOptions(memory=1 << 20)).devices.tree(1 << 20).blob()


def test_a_debugger_sees_the_guests_memory_through_both_stages():
    board = machine()
    debugger = Debugger(assemble("nop"), board)
    run(board, GUEST, LOAD, steps=0)
    address = WINDOW | DATA & 0xFFFFF
    assert debugger.mode == "VS"
    assert debugger.way(address + 4, R).physical == DATA + 4
    leaf(board, SECOND, DATA, 0)
    assert debugger.way(address, R).physical is None
