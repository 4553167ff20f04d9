"""The audit, against the specification's rules and against reasoning about single instructions."""

import pytest

from models.hypervisors.popek_goldberg import (
    CRITICAL,
    INNOCUOUS,
    PRIVILEGED,
    TRAPS,
    Audit,
    Machine,
    audit,
    forms,
)
from models.hypervisors.specification import compare, must_trap
from models.machine.csr_bits import WRITABLE
from models.machine.isa import INSTRUCTIONS
from tests.hypervisors.whole import whole

HOLED = Machine(holes=("sstatus", "sret", "wfi", "sfence.vma", "mhartid"))
OPEN = Machine(counters=True)
PLAIN = Machine()
#: The audit is of a machine without the H extension.
ROWS = [row for row in INSTRUCTIONS if row.extension not in ("H", "F", "D")]


def kinds(machine: Machine, *subjects: str) -> dict[str, str]:
    return audit(machine, subjects).kinds()


def test_every_row_and_every_csr_is_tried():
    assert {form.row for form in forms()} == {row.name for row in ROWS}
    pairs = {(form.row, form.subject) for form in forms()}
    csr_rows = [row.name for row in INSTRUCTIONS if row.kind == "csr"]
    assert all((row, name) in pairs for row in csr_rows for name in WRITABLE)
    assert len({form.word for form in forms()}) == len(forms())


def test_the_plain_machine_has_no_offender():
    found = whole(PLAIN)
    assert found.critical == ()
    assert {v.kind for v in found.verdicts} == {INNOCUOUS, PRIVILEGED, TRAPS}
    assert found.facts()["Theorem 1 applies"].value == "yes"


def test_on_the_plain_machine_every_form_traps_as_the_specification_says():
    agreement = compare(whole(PLAIN))
    assert agreement.trapping == len(forms())


@pytest.mark.parametrize("machine", [Machine(), OPEN, HOLED])
def test_each_difference_is_explained(machine):
    agreement = compare(whole(machine))
    assert agreement.differences
    assert all(d.because for d in agreement.differences)
    assert f"{agreement.trapping:,} of {len(forms()):,}" in agreement.html()
    judged = sum(d.forms for d in agreement.differences)
    assert 0 < judged < len(forms())


def test_a_difference_without_a_reason_is_shown_as_such():
    """Planted: an audit whose machine denies the hole that its verdicts show."""
    lying = Audit(Machine(), audit(HOLED, ["sret"]).verdicts)
    (difference,) = compare(lying).differences
    assert difference.because == ""
    assert "not explained" in compare(lying).html()


def test_open_counters_are_the_only_offenders_of_the_open_machine():
    assert whole(OPEN).critical == ("cycle", "time", "instret")
    behaviour = {bool(v.behaviour) for v in whole(OPEN).verdicts if v.kind == CRITICAL}
    assert behaviour == {True}


def test_holes_are_offenders_if_anything_shows_through_them():
    # mhartid is a hole too, but reads 0 in every world of a board with one hart.
    assert set(whole(HOLED).critical) == set(HOLED.holes) - {"mhartid"}
    assert whole(HOLED).kinds()["mhartid"] == INNOCUOUS


def test_wfi():
    assert kinds(Machine(), "wfi") == {"wfi": PRIVILEGED}
    assert kinds(Machine(tw=True), "wfi") == {"wfi": PRIVILEGED}
    assert kinds(Machine(holes=("wfi",)), "wfi") == {"wfi": CRITICAL}
    (verdict,) = audit(Machine(), ["wfi"]).verdicts
    assert verdict.control == {"waiting"}
    (strict,) = audit(Machine(tw=True), ["wfi"]).verdicts
    assert "" not in strict.traps["S"]
    assert "" in strict.traps["M"]


def test_a_status_read_is_sensitive_without_changing_anything():
    reads = [v for v in audit(HOLED, ["sstatus"]).verdicts if v.form.text == "csrr a0, sstatus"]
    assert len(reads) == 1
    assert reads[0].kind == CRITICAL
    assert not reads[0].control
    assert reads[0].behaviour[0].startswith("U")


def test_a_fence_empties_the_tlb_and_a_load_does_not():
    fences = audit(Machine(), ["sfence.vma"]).verdicts
    assert len(fences) == 4
    assert all(v.control == {"TLB"} for v in fences if v.form.text != "sfence.vma s0, s1")
    (load,) = audit(Machine(), ["ld"]).verdicts
    assert not load.sensitive


def test_control_names_what_is_changed():
    changed = {
        name: frozenset().union(*(v.control for v in audit(Machine(), [name]).verdicts))
        for name in ("sret", "mret", "sscratch", "satp", "sstatus", "mcycle", "sip", "pmpaddr0")
    }
    assert changed == {
        "sret": {"mode", "mstatus"},
        "mret": {"mode", "mstatus"},
        "sscratch": {"sscratch"},
        "satp": {"satp"},
        "sstatus": {"mstatus"},
        "mcycle": {"mcycle"},
        "sip": {"mip"},
        "pmpaddr0": {"pmpaddr"},
    }


def test_what_always_traps_is_nobodys_leak():
    assert kinds(HOLED, "ecall", "ebreak", "c.ebreak") == dict.fromkeys(
        ("ebreak", "ecall", "c.ebreak"), TRAPS
    )


@pytest.mark.parametrize("name", [row.name for row in ROWS if row.kind != "csr"])
def test_computing_and_memory_instructions_are_innocuous(name):
    """Oracle: their meaning in the table mentions registers, pc and memory only."""
    row = next(row for row in INSTRUCTIONS if row.name == name)
    wanted = row.kind != "system"
    (verdict, *_) = [v for v in whole(HOLED).verdicts if v.form.row == name]
    assert (verdict.kind == INNOCUOUS) == wanted


def test_an_unknown_subject_is_refused():
    with pytest.raises(ValueError, match="'popf' is neither an instruction nor a CSR"):
        audit(Machine(), ["popf"])


def test_the_rules_of_the_specification_on_known_cases():
    verdicts = {v.form.text: v for v in whole(PLAIN).verdicts}
    trapping = {text: must_trap(v, whole(PLAIN)) for text, v in verdicts.items()}
    assert trapping["csrr a0, sstatus"]
    assert trapping["rdtime a0"]
    assert trapping["csrrw a0, cycle, s1"]
    assert not trapping["fence.i"]
    assert not trapping["add a0, s0, s1"]
    assert not must_trap(verdicts["rdtime a0"], whole(OPEN))
    assert must_trap(verdicts["csrrw a0, cycle, s1"], whole(OPEN))
