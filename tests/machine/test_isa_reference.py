"""The reference page holds the whole table, and renders as one."""

import re

from markdown_it import MarkdownIt

from models.machine.assembler.forms import FORMS
from models.machine.csr_bits import WRITABLE
from models.machine.csr_float import FLOAT
from models.machine.csr_hypervisor import HYPERVISOR
from models.machine.isa import INSTRUCTIONS
from models.machine.isa_reference import EXTENSIONS, isa_reference

PAGE = isa_reference()


def cells() -> list[list[str]]:
    """Every table row as a reader's Markdown engine cuts it."""
    html = MarkdownIt("commonmark").enable("table").render(PAGE)
    rows = re.findall(r"<tr>\n(.*?)</tr>", html, re.DOTALL)
    return [re.findall(r"<t[dh]>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]


def test_every_row_of_every_table_is_there() -> None:
    pseudo = sum(form.pseudo for forms in FORMS.values() for form in forms)
    heads = len(EXTENSIONS) + 1 + 3
    registers = len(WRITABLE) + len(HYPERVISOR) + len(FLOAT)
    rows = cells()
    assert len(rows) == len(INSTRUCTIONS) + pseudo + registers + heads
    first = [row[0] for row in rows]
    for instruction in INSTRUCTIONS:
        assert any(cell.startswith(f"<code>{instruction.name}") for cell in first)


def test_a_bar_in_an_expression_does_not_cut_its_cell() -> None:
    (row,) = [row for row in cells() if row[0].startswith("<code>csrrs rd, csr, rs1")]
    assert row[2] == "<code>m | a</code>"
    assert {len(row) for row in cells()} == {2, 4, 5}
