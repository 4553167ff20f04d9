"""Traps, interrupts, counters and the odd corners, by small programs on every tier."""

import pytest

from models.machine.board import Board, BoardOptions
from models.machine.csr_bits import STCE
from models.machine.csr_names import NUMBERS
from models.machine.traps import Mode
from tests.machine.programs import EVERYTHING_ALLOWED, ready, traps_taken

BASE = 0x8000_0000
TIERS = pytest.mark.parametrize("tier", ["step", "closures", "python", "webassembly"])
#: A handler that notes cause, value and pc in s2 to s4 and waits.
CATCH = """
    la t0, catch
    csrw mtvec, t0
    j begin
    .balign 4
catch:
    csrr s2, mcause
    csrr s3, mtval
    csrr s4, mepc
    wfi
    j catch
begin:
"""


def caught(source, tier="python", **options):
    """Run until the handler waits; return the board and (cause, value, pc)."""
    board = ready(CATCH + source, tier=tier, **options)
    assert board.run(20_000).reason == "wfi"
    mask = (1 << 64) - 1
    return board, tuple(board.hart.x[n] & mask for n in (18, 19, 20))


@TIERS
@pytest.mark.parametrize(
    ("source", "cause", "value"),
    [
        ("ecall", 11, 0),
        ("ebreak", 3, 0),
        (".word 0xffffffff", 2, 0xFFFFFFFF),
        (".half 0", 2, 0),
        ("csrw cycle, x0", 2, 0xC0001073),
        ("csrr t0, 0x123", 2, 0x123022F3),
        ("li t0, 64\nld t1, 8(t0)", 5, 72),
        ("li t0, 64\nsb t1, 3(t0)", 7, 67),
        ("li t0, 65\nlr.w t1, (t0)", 4, 65),
        ("li t0, 66\namoadd.d t1, t2, (t0)", 6, 66),
        ("li t0, 64\namoadd.d t1, t2, (t0)", 7, 64),
        ("li t0, -16\njr t0", 1, (1 << 64) - 16),
    ],
)
def test_exceptions_have_cause_value_and_pc(tier, source, cause, value):
    board, (found, held, pc) = caught(source, tier)
    assert (found, held) == (cause, value)
    if cause != 1:
        assert BASE < pc < board.hart.pc + 200
    assert sum(traps_taken(board).values()) == 1


@TIERS
def test_a_misaligned_access_reads_and_writes_bytes(tier):
    board = ready(
        """
        la t0, place
        li t1, 0x1122334455667788
        sd t1, 3(t0)
        lw t2, 5(t0)
        lhu t3, 9(t0)
        wfi
        .balign 8
        place: .zero 16
        """,
        tier=tier,
    )
    board.run(100)
    assert board.hart.x[7] == 0x33445566
    assert board.hart.x[28] == 0x1122


PAGED = (
    EVERYTHING_ALLOWED
    + """
    # Sv39: 0x80000000 to itself by a gigapage, and three 4 KiB pages from address 0
    la t0, root
    la t1, middle
    la t2, leaf
    li t3, 0x200000ef
    sd t3, 16(t0)
    srli t3, t1, 2
    ori t3, t3, 1
    sd t3, 0(t0)
    srli t3, t2, 2
    ori t3, t3, 1
    sd t3, 0(t1)
    la t3, frames
    srli t3, t3, 2
    ori t4, t3, FLAGS
    sd t4, 0(t2)
    .if SECOND
    li t4, 0x400
    add t3, t3, t4
    ori t3, t3, SECOND
    sd t3, 8(t2)
    .endif
    srli t0, t0, 12
    li t1, 8
    slli t1, t1, 60
    or t0, t0, t1
    csrw satp, t0
    la t0, supervisor
    csrw mepc, t0
    li t0, 0x800
    csrw mstatus, t0
    mret
    .balign 4096
root: .zero 4096
middle: .zero 4096
leaf: .zero 4096
frames: .zero 8192
supervisor:
"""
)


def paged(body, first=0xCF, second=0):
    return PAGED.replace("FLAGS", str(first)).replace("SECOND", str(second)) + body


@TIERS
@pytest.mark.parametrize(
    ("body", "first", "second", "cause", "value"),
    [
        ("li t0, 0xffc\nld t1, 0(t0)", 0xCF, 0, 13, 0x1000),
        ("li t0, 0xffc\nsd t1, 0(t0)", 0xCF, 0, 15, 0x1000),
        ("li t0, 0xffc\nsd t1, 0(t0)", 0xCF, 0xC3, 15, 0x1000),
        ("li t0, 0xffc\nld t1, 0(t0)", 0x49, 0xCF, 13, 0xFFC),
        ("li t0, 0x2000\nlw t1, 0(t0)", 0xCF, 0, 13, 0x2000),
        ("li t0, 8\njr t0", 0xC7, 0, 12, 8),
        # The first half of a 32-bit instruction lies in the mapped page, the second does not.
        ("li t0, 0xffe\nli t1, 0x33\nsh t1, 0(t0)\njr t0", 0xCF, 0, 12, 0x1000),
        ("li t0, 1\nslli t0, t0, 38\nlw t1, 0(t0)", 0xCF, 0, 13, 1 << 38),
    ],
)
def test_page_faults_name_the_half_that_failed(tier, body, first, second, cause, value):
    _board, (found, held, _) = caught(paged(body, first, second), tier)
    assert (found, held) == (cause, value)


@TIERS
def test_a_store_across_pages_that_faults_writes_nothing(tier):
    body = "li t0, 0xffc\nli t1, -1\nsd t1, 0(t0)"
    board, _ = caught(paged(body), tier, fill=None)
    assert not any(board.ram.bytes[0x4FF0:0x5000])


@TIERS
@pytest.mark.parametrize(("by_hardware", "cause"), [(True, 11), (False, 15)])
def test_accessed_and_dirty_by_hardware_or_by_fault(tier, by_hardware, cause):
    body = "li t0, 16\nsd t0, 0(t0)\nfence\n csrw mscratch, x0"
    board, (found, _, _) = caught(paged(body, 0x0F), tier, a_d_by_hardware=by_hardware)
    updates = board.counters["walk_updates"]
    if by_hardware:
        assert found == 2, "M's CSR is closed to S"
        assert updates["single"] == 1
    else:
        assert (found, updates) == (cause, {})


@TIERS
def test_references_of_a_walk(tier):
    board, _ = caught(paged("li t0, 16\nld t1, 0(t0)\necall"), tier)
    # One walk for the code's gigapage (one reference), one for the page at 0 (three).
    assert board.counters["walk_references"] == {"single": 4}
    assert board.counters["tlb_misses"] == {"fetch": 1, "data": 1}


@TIERS
def test_delegation_sends_a_trap_to_s_unless_it_comes_from_m(tier):
    board = ready(
        EVERYTHING_ALLOWED
        + """
        la t0, machine
        csrw mtvec, t0
        la t0, supervisor
        csrw stvec, t0
        li t0, 0x108
        csrw medeleg, t0
        la t0, user
        csrw mepc, t0
        csrw mstatus, x0
        mret
        .balign 4
        user: ecall
        .balign 4
        supervisor: csrr s2, scause
        csrr s3, sstatus
        ebreak_here: ecall
        .balign 4
        machine: csrr s4, mcause
        wfi
        """,
        tier=tier,
    )
    board.run(1000)
    assert board.hart.x[18] == 8
    assert board.hart.x[20] == 9
    assert traps_taken(board) == {"ecall-u": 1, "ecall-s": 1}
    assert board.counters["retired"].keys() == {"M", "S"}


@TIERS
def test_the_timer_interrupts_after_exactly_so_many_instructions(tier):
    source = """
        la t0, handler
        csrw mtvec, t0
        li t0, 0x2004000
        li t1, 1000
        sd t1, 0(t0)
        li t1, 0x80
        csrw mie, t1
        csrsi mstatus, 8
        loop: addi s2, s2, 1
        j loop
        .balign 4
        handler: csrr s3, cycle
        csrr s4, mcause
        csrw mie, x0
        wfi
    """
    board = ready(source, tier=tier)
    stop = board.run(5000)
    assert stop.reason == "wfi"
    assert board.hart.x[19] == 1000
    assert board.hart.x[20] == -(1 << 63) + 7
    assert board.counters["interrupts"] == {"machine-timer": 1}


@TIERS
def test_waiting_jumps_to_the_supervisor_timer(tier):
    board = ready(
        """
        li t0, -1
        csrw menvcfg, t0
        li t0, 123456
        csrw stimecmp, t0
        li t0, 0x20
        csrw mie, t0
        wfi
        csrr s2, time
        csrr s3, mip
        csrw mie, x0
        wfi
        """,
        tier=tier,
    )
    stop = board.run(1000)
    assert (stop.reason, board.hart.x[18]) == ("wfi", 123456)
    assert board.hart.x[19] & 0x20
    assert board.hart.csrs.menvcfg == STCE | 1
    assert stop.retired < 20


@TIERS
def test_counters_count_and_stop(tier):
    board = ready(
        """
        csrr s2, minstret
        nop
        csrr s3, minstret
        csrwi minstret, 5
        csrr s4, instret
        csrwi mcountinhibit, 4
        csrr s5, minstret
        nop
        csrr s6, minstret
        wfi
        """,
        tier=tier,
    )
    board.run(100)
    x = board.hart.x
    assert (x[18], x[19], x[20], x[21] - x[22]) == (0, 2, 5, 0)


@TIERS
def test_code_that_overwrites_itself_runs_what_it_wrote(tier):
    board = ready(
        """
        la t0, patch
        li t2, 20
        lw t3, other
        again:
        patch: addi s2, s2, 1
        addi t2, t2, -1
        li t4, 10
        bne t2, t4, skip
        sw t3, 0(t0)
        skip: bnez t2, again
        wfi
        .balign 4
        other: .word 0x06490913    # addi s2, s2, 100
        """.replace("again:\n", ".balign 4\n.option norvc\nagain:\n"),
        tier=tier,
    )
    board.hart.x[18] = 0
    board.run(1000)
    assert board.hart.x[18] == 10 * 1 + 10 * 100


@TIERS
def test_a_store_conditional_succeeds_once(tier):
    board = ready(
        """
        la t0, place
        lr.d t1, (t0)
        sc.d s2, t0, (t0)
        sc.d s3, t0, (t0)
        lr.d t1, (t0)
        sd x0, 0(t0)
        sc.d s4, t0, (t0)
        wfi
        .balign 8
        place: .dword 5
        """,
        tier=tier,
    )
    board.run(100)
    assert (board.hart.x[18], board.hart.x[19], board.hart.x[20]) == (0, 1, 1)


@TIERS
@pytest.mark.parametrize("name", ["sret", "wfi", "sfence.vma", "sstatus", "satp"])
def test_holes_do_not_trap_in_user_mode_and_only_there(tier, name):
    instruction = f"csrrw s2, {name}, s2" if name in NUMBERS else name
    user = (
        EVERYTHING_ALLOWED
        + f"""
        la t0, user
        csrw mepc, t0
        csrw mstatus, x0
        mret
        user: {instruction}
        ecall
        """
    )
    _, (cause, _, _) = caught(user, tier)
    assert cause == 2
    board, (cause, _, _) = caught(user, tier, holes=(name,))
    assert cause == 8
    assert board.hart.csrs.satp == 0


def test_an_unknown_hole_is_refused():
    with pytest.raises(ValueError, match="holes: 'add', allowed are sret, wfi"):
        Board(BoardOptions(holes=("add",)))


@TIERS
def test_trap_virtual_memory_wait_and_return(tier):
    supervisor = (
        EVERYTHING_ALLOWED
        + """
        la t0, supervisor
        csrw mepc, t0
        li t0, 0x800 + {bit}
        csrw mstatus, t0
        mret
        supervisor: {instruction}
        ecall
    """
    )
    for bit, instructions in (
        (1 << 20, ("csrr t0, satp", "sfence.vma")),
        (1 << 21, ("wfi",)),
        (1 << 22, ("sret",)),
    ):
        for instruction in instructions:
            source = supervisor.format(bit=bit, instruction=instruction)
            assert caught(source, tier)[1][0] == 2, instruction


@TIERS
def test_m_mode_data_with_mprv_takes_the_rights_of_mpp(tier):
    body = """
        li t0, 0x20800             # MPRV, MPP = S
        csrw mstatus, t0
        la t0, {place}
        ld t1, 0(t0)
        li t0, 0x20000             # MPRV, MPP = U: no PMP entry grants anything
        csrw mstatus, t0
        wfi
    """
    board, (cause, value, _) = caught(body.format(place="begin"), tier)
    assert (cause, value) == (5, board.hart.x[5]), "no PMP entry grants S anything"


@TIERS
def test_a_trap_at_the_trap_vector_still_ends_at_the_limit(tier):
    board = ready("csrw mtvec, x0\necall", tier=tier)
    stop = board.run(1000)
    assert (stop.reason, stop.retired) == ("limit", 1000)
    assert board.counters["traps"]["instruction-access-fault"] == 998


def test_the_board_starts_in_machine_mode_with_everything_off():
    board = ready("wfi")
    csrs = board.hart.csrs
    assert (csrs.mode, csrs.satp, csrs.mie) == (Mode.M, 0, 0)
    assert csrs.misa == 0x8000000000141105
