"""The lesson is of the present kernel, and says of it what another reading says."""

import pytest

from models.guests.kernel import kernel_image
from models.guests.kernel_lesson import kept, look
from models.machine.disassembler import disassemble


@pytest.fixture(scope="module")
def lesson():
    return look()


def test_what_is_kept_is_what_is_seen_today(lesson):
    assert kept() == lesson, "run python -m models.guests.kernel_lesson"


def test_instructions_are_those_of_the_image(lesson):
    """Counted once more, by walking through the bytes."""
    text = kernel_image("hello").sections[0].data
    at, count, privileged = 0, 0, 0
    while at < len(text):
        length = 2 if text[at] & 3 != 3 else 4
        word = int.from_bytes(text[at : at + length], "little")
        name = disassemble(word, at).split()[0]
        privileged += name.startswith("csr") or name in ("sret", "wfi", "sfence.vma", "rdtime")
        at, count = at + length, count + 1
    assert (lesson.total, len(lesson.sites)) == (count, privileged)


def test_a_call_goes_down_and_comes_back(lesson):
    first, *middle, last = lesson.call
    assert (first.mode, first.text) == ("U", "ecall")
    assert {stretch.mode for stretch in middle} == {"S"}
    assert (last.macro, last.text) == ("TRAP_RETURN", "sret")
    assert all(bool(stretch.text) == bool(stretch.macro) for stretch in middle)


def test_executed_counts_are_the_boards(lesson):
    """Each trap is left by one sret; the first process begins as if it came out of one."""
    executed = {site.macro: 0 for site in lesson.sites}
    for site in lesson.sites:
        executed[site.macro] += site.executed
    assert executed["TRAP_SETUP"] == 3
    assert executed["TRAP_RETURN"] == executed["TRAP_STATE"] / 2
    assert executed["TRAP_TAKE_TP"] == executed["TRAP_TO_PROGRAM"]
