"""Where a guest finds out: at the instruction that the holes say, and nowhere else."""

import pytest

from models.hypervisors.find_out import DEFAULT, RULES, Setting, find_out, program
from models.hypervisors.side_by_side import HOLES
from models.machine.assembler import AssemblyError

LOOKS = {
    "sstatus": ("nop", "csrr a0, sstatus"),
    "sret": ("sret", "addi a0, a0, 1"),
    "mhartid": ("csrr a0, mhartid",),  # S-mode may not: the bare board traps
}


@pytest.mark.parametrize("rule", RULES)
def test_without_holes_nothing_shows_whatever_is_replaced(rule):
    for lines in (DEFAULT, *LOOKS.values()):
        duel = find_out(Setting(False, rule), lines)
        assert duel.first is None
        assert duel.facts()["Differs"].value == "nothing"


@pytest.mark.parametrize("name", LOOKS)
def test_through_a_hole_it_shows_in_silence_and_its_rule_closes_it(name):
    duel = find_out(Setting(True), LOOKS[name])
    assert duel.first is not None
    assert name in duel.first.text
    assert duel.first.exits == ()
    assert find_out(Setting(True, name), LOOKS[name]).first is None
    for other in set(HOLES) - {name}:
        assert find_out(Setting(True, other), LOOKS[name]).first is not None


def test_values_are_those_of_the_register_that_differs():
    facts = find_out(Setting(True)).facts()
    assert facts["Differs"].value == "a0"
    bare, guest = (int(facts[side].value, 16) for side in ("On the bare board", "As a guest"))
    assert bare ^ guest == 1 << 8  # SPP, which the guest's own firmware has set


def test_what_is_innocuous_stays_equal_on_a_machine_with_holes():
    lines = ("add a0, a1, a2", "xori a0, a0, 5", "sltu a1, a0, sp")
    assert find_out(Setting(True), lines).first is None


def test_four_instructions_and_nonsense_are_refused():
    with pytest.raises(ValueError, match="4 instructions; allowed: up to 3"):
        program(["nop"] * 4)
    with pytest.raises(AssemblyError):
        program(["nonsense"])
