"""The reference page: the instruction table, the pseudo-instructions and the CSRs as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from models.machine.assembler.forms import FORMS, Form
from models.machine.csr_bits import WRITABLE
from models.machine.csr_float import FLOAT
from models.machine.csr_hypervisor import HYPERVISOR
from models.machine.csr_names import NUMBERS
from models.machine.isa import INSTRUCTIONS, Instruction

EXTENSIONS = tuple(dict.fromkeys(row.extension for row in INSTRUCTIONS))
_TITLES = {
    "I": "RV64I, integer computation, memory and control",
    "Zifencei": "Zifencei, instruction fetch fence",
    "M": "M, multiplication and division",
    "A": "A, atomics",
    "Zicsr": "Zicsr, control and status registers",
    "Privileged": "Privileged instructions",
    "F": "F, single precision (F and D are an option of the board)",
    "D": "D, double precision",
    "H": "H, hypervisor (an option of the board)",
    "C": "C, compressed instructions",
}
_MODES = {0: "U", 1: "S", 2: "HS", 3: "M"}
_INTRODUCTION = """\
`a` and `b` are the values of rs1 and rs2, `i` the immediate, `pc` the instruction's address and `m`
what memory or the CSR held before. Registers are 64 bits, signed; `u64(x)` and the like reinterpret
or cut a value. Of F and D, `x`, `y` and `z` are the numbers in fs1, fs2 and fs3, and `raw` is the
whole of fs1; `rm` is the rounding mode (`rne rtz rdn rup rmm`, or `dyn`: that in frm), and may be
left out. Encodings are drawn from the most significant bit, as in the specification.
"""


def isa_reference() -> str:
    """Return the page: everything on it comes from the tables that the machine itself uses."""
    parts = [_INTRODUCTION]
    # An extension that nobody has titled comes last, by its name alone.
    titles = _TITLES | {e: e for e in EXTENSIONS if e not in _TITLES}
    for extension, title in titles.items():
        rows = [_instruction(row) for row in INSTRUCTIONS if row.extension == extension]
        columns = ("instruction", "encoding", "computes", "from mode", "")
        parts.append(f"## {title}\n\n{_table(columns, rows)}")
    forms = [form for forms in FORMS.values() for form in forms if form.pseudo]
    pseudo = _table(("written", "stands for"), map(_pseudo, forms))
    parts.append(
        f"## Pseudo-instructions\n\n{pseudo}\n`li rd, imm` takes as many instructions as the number"
        " needs, from one to eight.\n"
    )
    registers = sorted(WRITABLE, key=lambda name: NUMBERS[name])
    heads = ("CSR", "number", "from mode", "writable bits")
    csrs = _table(heads, (_csr(name, WRITABLE) for name in registers))
    parts.append(f"## Control and status registers\n\n{csrs}")
    added = sorted(HYPERVISOR, key=lambda name: NUMBERS[name])
    table = _table(heads, (_csr(name, HYPERVISOR) for name in added))
    parts.append(f"## Registers that the H extension adds or widens\n\n{table}")
    table = _table(heads, (_csr(name, FLOAT) for name in FLOAT))
    parts.append(f"## Registers that F and D add\n\n{table}")
    return "\n".join(parts)


def _instruction(row: Instruction) -> tuple[str, ...]:
    syntax = f"{row.name} {', '.join(row.operands)}".strip()
    return (
        _code(syntax),
        _code(row.pattern),
        _code(row.semantics),
        _MODES[row.privilege],
        row.summary,
    )


def _pseudo(form: Form) -> tuple[str, ...]:
    steps = [f"{name} {', '.join(operands)}".strip() for name, operands in form.expansion]
    return _code(str(form)), _code("; ".join(steps))


def _csr(name: str, bits: dict[str, int]) -> tuple[str, ...]:
    number = NUMBERS[name]
    writable = _code(f"{bits[name]:#x}") if bits[name] and number >> 10 != 3 else "none"
    return _code(name), _code(f"{number:#05x}"), _MODES[number >> 8 & 3], writable


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _code(text: str) -> str:
    """Mark as code; a bar would end the table's cell."""
    return "`" + text.replace("|", "\\|") + "`"
