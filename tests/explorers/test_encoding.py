"""The bits of an instruction: nothing left out, nothing twice, each field as the table has it."""

from itertools import pairwise

import pytest

from models.explorers.encoding import Encoding
from models.hypervisors.popek_goldberg import forms
from models.machine.assembler import AssemblyError

# One form of each row of the table.
EVERY = {form.row: form for form in forms()}


@pytest.mark.parametrize("row", EVERY)
def test_the_bits_in_a_row_are_the_word(row):
    form = EVERY[row]
    shown = Encoding(form.text)
    vars(shown)["word"] = form.word  # as if assembled: compressed forms are written without c.
    spans = [[int(n) for n in cells[0].split(":")] for cells in shown.rows]
    bits = "".join(cells[2] for cells in shown.rows)
    assert int(bits, 2) == shown.word
    # From the top to bit 0 without a gap.
    assert spans[0][0] + 1 == len(bits) in (16, 32)
    assert spans[-1][-1] == 0
    assert all(upper[-1] == lower[0] + 1 for upper, lower in pairwise(spans))
    assert all(
        len(cells[2]) == span[0] - span[-1] + 1
        for cells, span in zip(shown.rows, spans, strict=True)
    )


def test_what_the_specification_draws():
    assert Encoding("addi a1, a1, -1").rows == [
        ["31:20", "imm", "111111111111", "-1"],
        ["19:15", "rs1", "01011", "register 11, a1"],
        ["14:12", "fixed", "000", "it is addi"],
        ["11:7", "rd", "01011", "register 11, a1"],
        ["6:0", "fixed", "0010011", "it is addi"],
    ]
    assert Encoding("csrr a1, mstatus").rows[0] == ["31:20", "csr", "001100000000", "mstatus"]
    assert Encoding("sd a0, 8(sp)").rows[-2] == ["11:7", "imm[4:0]", "01000", "a part of 8"]


def test_it_is_shown_as_a_table_and_as_text():
    bundle = Encoding("ecall")._repr_mimebundle_()
    assert "ecall is the word 0x73" in bundle["text/html"]
    assert bundle["text/plain"].endswith("00000000000000000000000001110011  it is ecall")


@pytest.mark.parametrize("line", ["", "nop\nnop", ".word 0xffffffff", "li a0, 0x12345678"])
def test_a_line_that_is_not_one_instruction_is_refused(line):
    with pytest.raises(ValueError, match="is not one instruction"):
        _ = Encoding(line).word


def test_an_unknown_instruction_is_told_by_the_assembler():
    with pytest.raises(AssemblyError, match="no such instruction"):
        _ = Encoding("foo a0").word
