"""Trap rules that engines rely on: without one of them the guest is no longer as on a bare board.

A rule is taken out of the physical board alone. As a hole, the instruction or register does not
trap in U-mode there; or a register of the board is set so that the trap goes past the hypervisor.
"""

import pytest

from models.hypervisors.host import Host
from models.hypervisors.observable import differing
from models.hypervisors.techniques import ENGINES
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.paging import W
from tests.hypervisors.equivalence import MEMORY
from tests.hypervisors.test_shadow_paging import TABLES

#: In S-mode under Sv39: reads and writes registers, changes an entry and fences, calls M-mode.
KERNEL = """
        leaf 1, 0x80020000, 0xc7
        leaf 2, 0x80021000, 0xc7
        li a0, 0x1000
        li a1, 111
        sd a1, 0(a0)
        leaf 1, 0x80021000, 0xc7        # another page; without the fence the old one stays
        sfence.vma
        li a1, 222
        sd a1, 0(a0)
        csrr s2, sstatus
        li t0, 1 << 18
        csrs sstatus, t0
        csrr s3, sstatus
        csrr s4, satp
        la t0, user
        csrw sepc, t0
        li t0, 1 << 8
        csrs sstatus, t0                # SPP: back to S-mode
        sret
user:   csrr s5, sepc
        ecall
"""
#: What the guest does natively and holes spoil, by rule.
TRAP_RULES = ("mret", "sret", "sfence.vma", "satp", "sstatus", "sepc", "mtvec", "mcause")
OPTIONS = BoardOptions(memory=MEMORY, tier="closures")


def spoiled(holes=(), technique="trap-and-emulate"):
    """Names of what differs from the bare board when the physical one has these holes."""
    address, program = assemble(TABLES + KERNEL).image()
    native = Board(OPTIONS)
    host = Host(2 * MEMORY, BoardOptions(tier="closures", holes=tuple(holes)))
    vm = host.create(OPTIONS, ENGINES[technique])
    for board in (native, vm.board):
        board.reset()
        board.load(program, address)
        board.run(3000)
    assert host.astray() == []  # control holds, whatever becomes of the guest
    return differing(native, vm.board)


def test_with_all_rules_nothing_differs():
    assert spoiled() == []


@pytest.mark.parametrize("rule", TRAP_RULES)
def test_trap_and_emulate_relies_on(rule):
    assert spoiled([rule])


@pytest.mark.parametrize("rule", TRAP_RULES)
def test_binary_translation_does_not(rule):
    assert spoiled([rule], "binary-translation") == []


def test_shadow_paging_relies_on_faults_of_protected_tables(monkeypatch):
    """Stores to the guest's tables that do not trap leave stale translations."""
    from models.hypervisors.shadow_tables import ShadowTables

    def map_writable(self, page, index, frame, flags, inner=ShadowTables.map):
        inner(self, page, index, frame, flags | W)

    monkeypatch.setattr(ShadowTables, "map", map_writable)
    monkeypatch.setattr(ShadowTables, "protect", lambda self, frame: None)
    assert spoiled()


def test_every_engine_relies_on_the_timer(monkeypatch):
    """Without its interrupt a guest that never exits would never be left."""
    host = Host(2 * MEMORY, OPTIONS)
    vm = host.create(OPTIONS, TrapAndEmulate)
    vm.board.reset()
    vm.board.load(assemble("_start: j _start").image()[1])
    host.processor.write("mie", 0)
    monkeypatch.setattr(
        host.board, "run", lambda trapped, run=host.board.run: run(10_000, None, trapped)
    )
    with pytest.raises(RuntimeError, match=r"the guest stopped the physical board.*limit"):
        vm.board.run(100)
