"""Entering a guest: that it gets on each time, its floating point, and reservations in between."""

import pytest

from models.hypervisors.second_stage import SecondStage
from models.hypervisors.shadow_tables import ShadowTables
from models.hypervisors.techniques import ENGINES
from models.hypervisors.vcpu import Stuck
from models.machine.assembler import assemble
from models.machine.board import BoardOptions
from models.machine.paging import U
from tests.hypervisors.equivalence import MEMORY, both, pair
from tests.hypervisors.test_engines import FIRST
from tests.hypervisors.test_shadow_paging import S10, S11, STORE_PAGE_FAULT, TABLES

TRAPPING = [name for name in ENGINES if name != "interpret"]


@pytest.mark.parametrize("technique", TRAPPING)
def test_an_engine_whose_entries_do_not_serve_says_so(technique, monkeypatch):
    """Planted: entries open nothing to the guest, so the same fault comes for ever."""
    where = SecondStage if technique == "hardware-assisted" else ShadowTables
    write = where._write

    def closed(self, *place_and_entry):
        *place, entry = place_and_entry
        write(self, *place, entry & ~U)

    monkeypatch.setattr(where, "_write", closed)
    with pytest.raises(Stuck, match=r"virtual M at pc 0x80000000: entered 100 times in U, and got"):
        both(technique, FIRST + "_start: finish")


#: Adds 3 to a counter 300 times by LR and SC, the counter beside the code.
COUNTING = (
    FIRST
    + """
_start: la      s0, counter
        li      s1, 300
again:  lr.d    t0, (s0)
        addi    t0, t0, 3
        sc.d    t1, t0, (s0)
        bnez    t1, again
        addi    s1, s1, -1
        bnez    s1, again
        finish
        .balign 8
counter: .dword 0
"""
)


@pytest.mark.parametrize("technique", ENGINES)
@pytest.mark.parametrize("piece", [7, 64])
def test_a_loop_of_lr_and_sc_gets_on_whatever_leaves_it(technique, piece):
    """An exit takes the reservation, as the specification lets every trap do.

    So an SC may fail that does not on the bare board, and time differs; what is computed does not.
    """
    program = assemble(COUNTING)
    address, image = program.image()
    native, vm = pair(technique, BoardOptions(memory=MEMORY, tier="closures"))
    for board in (native, vm.board):
        board.load(image, address)
        for _ in range(10_000):
            stop = board.run(piece)
            if stop.reason != "limit":
                break
        assert stop.reason == "halt"
        counter = board.ram.read(program.symbols["counter"], 8)
        assert int.from_bytes(counter, "little") == 900


#: Divides in every mode's floating point: on, off (a trap turns it on), and what SD says of it.
FLOATING = (
    FIRST
    + """
_start: la      t0, trap
        csrw    mtvec, t0
        li      t0, 22
        fcvt.d.w fa0, t0                # off: traps, and the handler turns it on
        li      t0, 7
        fcvt.d.w fa1, t0
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        li      t0, 1 << 11 | 3 << 13   # to S-mode, FS on: clean
        csrs    mstatus, t0
        la      t0, kernel
        csrw    mepc, t0
        mret
kernel: csrr    s2, sstatus
        fdiv.d  fa2, fa0, fa1
        fmv.x.d s3, fa2
        csrr    s4, fcsr
        csrr    s5, sstatus
        li      t0, 3 << 13
        csrc    sstatus, t0             # off again
        fmv.x.d s6, fa1
        ecall
        .balign 4
trap:   csrr    t2, mcause
        addi    s7, s7, 1
        li      t1, 9
        beq     t2, t1, end
        li      t1, 1 << 13
        csrs    mstatus, t1
        mret
end:    finish
"""
)


@pytest.mark.parametrize("technique", ENGINES)
def test_floating_point(technique):
    native, vm = both(technique, FLOATING, floats=True)
    assert native.hart.x[19] == 0x4009_2492_4924_9249  # 22 / 7
    assert native.hart.x[23] == 3
    assert vm.board.hart.f == native.hart.f


#: An SC to an entry of a page table in use, then one that the guest's own table refuses.
TRAPPING_SC = (
    TABLES
    + """
        leaf 3, LEAF, 0xc7              # the table of leaves, as its own page 3
        leaf 4, 0x80020000, 0xc3        # read-only
        sfence.vma
        li a0, 0x3000
        li a1, 0x1000
        ld a2, 0(a0)
        addi a4, a0, 0x28               # entry 5
again:  lr.d s2, (a4)
        sc.d s3, a1, (a4)
        bnez s3, again
        li a0, 0x4000
        lr.d s4, (a0)
        sc.d s5, a1, (a0)               # traps: the end
"""
)


@pytest.mark.parametrize("technique", ENGINES)
def test_an_sc_that_exits_succeeds_or_traps_as_on_the_bare_board(technique):
    native, _ = both(technique, TRAPPING_SC)
    assert (native.hart.x[S11], native.hart.x[S10]) == (STORE_PAGE_FAULT, 0x4000)
    assert native.bus.load(0x8001_2028, 8) == 0x1000
