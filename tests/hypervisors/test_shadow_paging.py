"""Shadow tables: hidden and true faults, guest tables that change, large pages, control."""

from dataclasses import replace

import numpy as np
import pytest

from models.hypervisors.host import Host
from models.hypervisors.interpret import Interpret
from models.hypervisors.observable import differing
from models.hypervisors.shadow_paging import FLOOD
from models.hypervisors.techniques import ENGINES, HARDWARE
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.hypervisors.vm import Vm
from models.machine.assembler import assemble
from models.machine.board import BoardOptions
from models.machine.memory import PAGE
from models.machine.paging import A, D, R, U, V, W, X
from tests.hypervisors.equivalence import MEMORY, both, pair, run_both

#: Sv39: root[2] is a table, whose entry 0 is the kernel's 2 MiB page (to itself); root[0] leads to
#: a leaf table at 0x80012000 for addresses from 0 on; root[5] is a 1 GiB page.
TABLES = """
        .equ FINISHER, 0x100000
        .equ ROOT, 0x80010000
        .equ MIDDLE, 0x80011000
        .equ LEAF, 0x80012000
        .equ KERNEL, 0x80013000
        .macro entry table, index, value
        li t0, \\table + 8 * \\index
        li t1, \\value
        sd t1, 0(t0)
        .endm
_start: li t0, 0x1f
        csrw pmpcfg0, t0
        li t0, -1
        csrw pmpaddr0, t0
        la t0, trap
        csrw mtvec, t0
        entry ROOT, 2, KERNEL / 4096 * 1024 + 1
        entry KERNEL, 0, 0x80000000 / 4096 * 1024 + 0xf
        entry ROOT, 0, MIDDLE / 4096 * 1024 + 1
        entry MIDDLE, 0, LEAF / 4096 * 1024 + 1
        entry ROOT, 5, 0x80000000 / 4096 * 1024 + 0x7
        li t0, 8 << 60 | ROOT / 4096
        csrw satp, t0
        sfence.vma
        la t0, kernel
        csrw mepc, t0
        li t0, 1 << 11
        csrw mstatus, t0
        mret
        .balign 4
trap:   csrr s11, mcause                # ends at any trap: an ECALL if all is well
        csrr s10, mtval
        li t0, FINISHER
        li t1, 0x5555
        sw t1, 0(t0)
        j .
        .macro leaf index, frame, flags
        entry LEAF, \\index, \\frame / 4096 * 1024 + \\flags
        .endm
kernel:
"""
S0, S2, S3, S10, S11 = 8, 18, 19, 26, 27
ECALL_FROM_S, LOAD_PAGE_FAULT, STORE_PAGE_FAULT = 9, 13, 15


def guest(code, **given):
    """Run it in S-mode, bare and under shadow paging; return the virtual machine."""
    return both("trap-and-emulate", TABLES + code, **given)[1]


def entry(vm, table, index):
    return vm.board.bus.load(table + 8 * index, 8)


def test_a_hidden_fault_costs_no_time_and_is_not_seen():
    vm = guest("leaf 1, 0x80020000, 0xc7\n li a0, 0x1000\n ld s0, 0(a0)\n sd a0, 8(a0)\n ecall")
    assert vm.board.hart.x[S11] == ECALL_FROM_S
    assert vm.counts()["exits"]["S:hidden-fault"] >= 2  # code, data
    assert "S:guest-fault" not in vm.counts()["exits"]


def test_a_true_fault_is_the_guests():
    vm = guest("li a0, 0x3000\n ld s0, 8(a0)\n ecall")
    assert (vm.board.hart.x[S11], vm.board.hart.x[S10]) == (LOAD_PAGE_FAULT, 0x3008)
    assert vm.counts()["exits"]["S:guest-fault"] == 1
    assert vm.counts()["injected"] == {"load-page-fault": 1}


def test_accessed_and_dirty_are_written_back():
    read = "leaf 1, 0x80020000, 7\n li a0, 0x1000\n ld s0, 0(a0)\n"
    assert entry(guest(read + "ecall"), 0x8001_2000, 1) & (A | D) == A
    assert entry(guest(read + "sd a0, 0(a0)\n ecall"), 0x8001_2000, 1) & (A | D) == A | D


def test_without_hardware_the_guest_sets_them_itself():
    vm = both(
        "trap-and-emulate",
        TABLES.replace("+ 0xf", "+ 0xcf")
        + "leaf 1, 0x80020000, 0x47\n li a0, 0x1000\n ld s0, 0(a0)\n sd a0, 0(a0)\n ecall",
        a_d_by_hardware=False,
    )[1]
    assert vm.board.hart.x[S11] == STORE_PAGE_FAULT
    assert entry(vm, 0x8001_2000, 1) & D == 0


def test_an_entry_that_is_changed_and_fenced():
    vm = guest(
        """
        li a0, 0x1000
        leaf 1, 0x80020000, 0xc7
        li a1, 111
        sd a1, 0(a0)
        leaf 1, 0x80021000, 0xc7        # the page is write-protected by now
        sfence.vma a0
        li a1, 222
        sd a1, 0(a0)
        leaf 2, 0x80020000, 0xc3
        sfence.vma
        ld s2, 0(a0)
        li a0, 0x2000
        ld s3, 0(a0)
        ecall
        """
    )
    assert vm.board.hart.x[S2] == 222
    assert vm.board.hart.x[S3] == 111
    assert vm.counts()["exits"]["S:table-write"] >= 2


def test_a_page_that_is_a_table_no_more_can_be_written_again():
    vm = guest(
        """
        leaf 1, 0x80020000, 0xc7
        li a0, 0x1000
        ld s0, 0(a0)
        entry MIDDLE, 0, 0
        sfence.vma
        li a0, LEAF                     # now it is data
        li a1, 512
1:      sd a1, 0(a0)
        addi a0, a0, 8
        addi a1, a1, -1
        bnez a1, 1b
        ecall
        """
    )
    assert vm.board.hart.x[S11] == ECALL_FROM_S
    assert FLOOD <= vm.counts()["exits"]["S:table-write"] <= FLOOD + 3


def test_a_table_that_maps_itself():
    """The last table shows itself at page 3, and is written there."""
    vm = guest(
        """
        leaf 3, LEAF, 0xc7
        li a0, 0x3000
        ld s0, 24(a0)
        li a1, 0x80020000 / 4096 * 1024 + 0xc7
        sd a1, 8(a0)
        sfence.vma
        li a2, 0x1000
        li a1, 77
        sd a1, 0(a2)
        ld s2, 0(a2)
        ecall
        """
    )
    assert vm.board.hart.x[S2] == 77
    assert vm.counts()["exits"]["S:table-write"] >= 1


def test_large_pages():
    """A page of 1 GiB, read only until D is set; 4 KiB of it enter the shadow at a time."""
    vm = guest(
        """
        li a0, 5 << 30 | 0x20000
        ld s0, 0(a0)
        li a1, 99
        sd a1, 0(a0)
        li a2, 0x80020000
        ld s2, 0(a2)
        ecall
        """
    )
    assert vm.board.hart.x[S2] == 99
    assert entry(vm, 0x8001_0000, 5) & (A | D) == A | D


@pytest.mark.parametrize("frames", [12, 16])
def test_few_pages_for_tables(frames):
    """When they run out, all are taken back; the guest does not notice."""
    host = Host(2 * MEMORY, BoardOptions(tier="closures"), frames=frames)
    vm = host.create(BoardOptions(memory=MEMORY, tier="closures"), TrapAndEmulate)
    native, _ = pair("interpret", BoardOptions(memory=MEMORY, tier="closures"))
    code = "".join(
        f"leaf {n}, {0x8002_0000 + n * PAGE}, 0xc7\n li a0, {n * PAGE}\n sd a0, 0(a0)\n"
        f"li a0, {5 << 30 | n * PAGE << 9}\n ld s0, 0(a0)\n"
        for n in range(1, 9)
    )
    address, program = assemble(
        TABLES.replace("entry ROOT, 5, 0x80000000 / 4096 * 1024 + 0x7", "") + code + "ecall"
    ).image()
    vm.board.reset()
    for board in (native, vm.board):
        board.load(program, address)
    run_both(native, vm, 10_000)
    assert differing(native, vm.board) == []


def hostile_tables(rng):
    """Random entries that point all over the physical board, tables among them."""
    frames = rng.integers(0x80000, 0x81800, 2048)
    flags = rng.choice(
        [V, V | R | X, V | R | W | A | D, V | R | W | X | A | D, V | R | W | U], 2048
    )
    return (frames << 10 | flags).astype("<u8").tobytes()


HOSTILE = """
        .equ FINISHER, 0x100000
_start: la t0, trap
        csrw mtvec, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        li t0, -1
        csrw pmpaddr0, t0
        li s0, 0x123456789
        li s2, 400
again:  li t1, 6364136223846793005
        mul s0, s0, t1
        addi s0, s0, 1361
        srli t0, s0, 30                 # a root among four pages of junk, Sv39 or Sv48
        andi t0, t0, 3
        li t1, 0x80040
        add t0, t0, t1
        li t1, 8
        srli t2, s0, 40
        andi t2, t2, 1
        add t1, t1, t2
        slli t1, t1, 60
        or t0, t0, t1
        csrw satp, t0
        li t0, 0x21800 | 1 << 17        # MPRV: loads and stores with S-mode's rights
        csrw mstatus, t0
        srai t1, s0, 25
        ld a0, 0(t1)
        sd s0, 8(t1)
        sw s0, 64(t1)
        la t0, enter
        csrw mepc, t0
        mret
        .balign 4
enter:  srli t1, s0, 20                 # in S-mode, if its own table has this page
        sd s0, 0(t1)
        ecall
        .balign 4
trap:   csrr t2, mepc
        csrr t1, mcause
        la t3, enter
        bgeu t2, t3, next
        addi t2, t2, 4
        csrw mepc, t2
        mret
next:   addi s2, s2, -1
        bnez s2, again
        li t0, FINISHER
        li t1, 0x5555
        sw t1, 0(t0)
"""


def attack(technique, seed):
    """Run a hostile guest beside another; return its machine and whether the other was touched."""
    rng = np.random.default_rng(seed)
    guest_options = BoardOptions(memory=MEMORY, tier="closures")
    host = Host(6 * MEMORY, replace(guest_options, hypervisor=technique in HARDWARE))
    neighbour = host.create(guest_options, Interpret)
    vm = host.create(guest_options, ENGINES[technique])
    address, program = assemble(HOSTILE, compressed=False).image()
    neighbour.board.reset()
    neighbour.board.load(rng.bytes(MEMORY))
    before = neighbour.board.state()
    vm.board.reset()
    vm.board.load(program, address)
    for _ in range(3):  # rewritten beneath the tables that are in use, with no fence
        vm.board.load(hostile_tables(rng), 0x8004_0000)
        vm.board.run(2000)
    vm.board.run(20_000)
    return vm, neighbour.board.state() != before


@pytest.mark.parametrize("technique", ENGINES)
@pytest.mark.parametrize("seed", range(1))
def test_control(technique, seed):
    """Tables that name every address of the physical board reach nothing but the guest's own."""
    vm, touched = attack(technique, seed)
    assert not touched
    assert vm.host.astray() == []
    assert set(vm.host.board.counters["device_accesses"]) <= {"clint"}  # the hypervisor's timer
    assert sum(vm.board.counters["traps"].values()) > 300  # it did try


def test_control_would_show(monkeypatch):
    """Planted: nobody looks whether an address lies in the guest's memory; it wraps in the host's.

    (Handed on as it is, it would mostly lie beyond the host's memory, and fault for ever.)
    """

    def anywhere(vm, address, length=PAGE):
        ram = vm.host.board.ram
        return ram.base + (address + vm.offset - ram.base) % ram.size

    monkeypatch.setattr(Vm, "physical", anywhere)
    vm, _ = attack("trap-and-emulate", 0)
    assert vm.host.astray()
