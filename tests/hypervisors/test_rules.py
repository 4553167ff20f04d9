"""Trap rules that engines rely on: without one the guest is no longer as on a bare board."""

import pytest

from models.hypervisors.host import Host
from models.hypervisors.observable import differing
from models.hypervisors.rules import NEVER_LEFT, RULES, TRAPPING, spoiled, table
from models.hypervisors.techniques import ENGINES
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.paging import W
from tests.hypervisors.equivalence import MEMORY
from tests.hypervisors.test_shadow_paging import TABLES

BY_NAME = {rule.name: rule for rule in RULES}
PAGING = {f"{access} without a translation" for access in ("fetch", "load", "store")}
#: What each engine's own text says it relies on.
RELIES = {
    "trap-and-emulate": PAGING
    | {"CSR instruction", "MRET and SRET", "SFENCE.VMA", "WFI", "ECALL", "timer"},
    "binary-translation": PAGING | {"word that is no instruction", "EBREAK", "ECALL", "timer"},
    "hardware-assisted-shadow": PAGING
    | {"CSR instruction", "MRET and SRET", "SFENCE.VMA", "WFI", "ECALL", "timer"},
    "hardware-assisted": PAGING | {"CSR instruction", "MRET and SRET", "WFI", "ECALL", "timer"},
}


@pytest.mark.parametrize("technique", ENGINES)
def test_with_all_rules_nothing_differs(technique):
    assert spoiled(technique) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("technique", TRAPPING)
def test_an_engine_fails_without_a_rule_just_if_it_relies_on_it(technique, rule):
    found = spoiled(technique, rule)
    assert bool(found) == (rule.name in RELIES[technique])
    assert (found == (NEVER_LEFT,)) == (rule.name == "timer")


@pytest.mark.parametrize("technique", TRAPPING)
def test_the_rest_may_all_be_missing_at_once(technique):
    rest = [rule for rule in RULES if rule.name not in RELIES[technique]]
    assert spoiled(technique, *rest) == ()


def test_interpretation_relies_on_none():
    assert spoiled("interpret", *RULES) == ()


def test_the_table_has_a_word_for_each_rule():
    words = table(("binary-translation",)).runs["binary-translation"]
    assert [fact.name for fact in words] == list(BY_NAME)
    assert {fact.name for fact in words if fact.value == "-"} == set(BY_NAME) - RELIES[
        "binary-translation"
    ]


#: In S-mode under Sv39: a page becomes another one, and registers are written and read.
EDIT = """
        leaf 1, 0x80020000, 0xc7
        li a0, 0x1000
        li a1, 111
        sd a1, 0(a0)
        leaf 1, 0x80021000, 0xc7
        sfence.vma
        li a1, 222
        sd a1, 0(a0)
        li t0, 1 << 18
        csrs sstatus, t0
        csrr s3, sstatus
        csrw sepc, a1
        csrr s5, sepc
        ecall
"""
OPTIONS = BoardOptions(memory=MEMORY, tier="closures")


def edited(holes=(), technique="trap-and-emulate"):
    """Names of what differs from the bare board when the physical one has these holes."""
    address, program = assemble(TABLES + EDIT).image()
    native = Board(OPTIONS)
    host = Host(2 * MEMORY, BoardOptions(tier="closures", holes=tuple(holes)))
    vm = host.create(OPTIONS, ENGINES[technique])
    for board in (native, vm.board):
        board.reset()
        board.load(program, address)
        board.run(3000)
    assert host.astray() == []  # control holds, whatever becomes of the guest
    return differing(native, vm.board)


#: What this guest does natively and a single hole spoils.
ONE_BY_ONE = ("mret", "sfence.vma", "satp", "sstatus", "sepc", "mtvec", "mcause")


@pytest.mark.parametrize("rule", ONE_BY_ONE)
def test_trap_and_emulate_relies_on_each_register(rule):
    assert edited([rule])


def test_binary_translation_on_none_of_them():
    assert edited(ONE_BY_ONE, "binary-translation") == []


def test_shadow_paging_relies_on_faults_of_protected_tables(monkeypatch):
    """Stores to the guest's tables that do not trap leave stale translations."""
    from models.hypervisors.shadow_tables import ShadowTables

    def map_writable(self, page, index, frame, flags, inner=ShadowTables.map):
        inner(self, page, index, frame, flags | W)

    assert edited() == []
    monkeypatch.setattr(ShadowTables, "map", map_writable)
    monkeypatch.setattr(ShadowTables, "protect", lambda self, frame: None)
    assert edited()
