"""Which 16-bit instruction may stand for a 32-bit one: the table, read backwards.

Each compressed row says what it stands for (`c.addi`: `addi rd, rd, imm`), so the assembler looks
for a row whose pattern fits the operands. The choice is that of GNU as, bit for bit:

- never an encoding that the specification calls a hint (rd = x0, or an immediate of 0 that would
  change nothing);
- a commutative operation fits with its sources in either order;
- `addi rd, rs, 0` becomes `c.mv`;
- a jump is shortened only where it is written `j`, `jr rs`, `jalr rs` or `ret`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.machine.isa import BY_NAME, INSTRUCTIONS, Instruction, operand_names

_COMMUTATIVE = ("add", "and", "or", "xor", "addw")
_ZERO_IS_A_HINT = ("c.addi", "c.slli", "c.srli", "c.srai")
_JUMPS = ("jal", "jalr")
_SHORT_JUMPS = ("j imm", "jr rs1", "jalr rs1", "ret")
#: Forms for which GNU as tries these alone; `add` with an immediate may even become a hint.
_ADD_IMMEDIATE = "add rd, rs1, imm"
_ONLY = {
    _ADD_IMMEDIATE: ("c.addi", "c.addi4spn", "c.addi16sp"),
    "li rd, imm": ("c.li",),  # where one addi is enough
    "mv rd, rs1": ("c.mv",),
    "move rd, rs1": ("c.mv",),
}


@dataclass(frozen=True)
class _Candidate:
    """A compressed row, and where each operand of the long form comes from."""

    row: Instruction
    sources: tuple[tuple[str, str], ...]  # (operand of the long form, field or constant)

    def fields(self, operands: Mapping[str, int]) -> dict[str, int] | None:
        """Return the values of the row's fields, or None if the operands do not fit."""
        values: dict[str, int] = {}
        for target, source in self.sources:
            value = operands[target]
            if source not in self.row.fields:
                if value != int(source.lstrip("x")):
                    return None
            elif values.setdefault(source, value) != value:
                return None
        for name, value in values.items():
            field = self.row.fields[name]
            if value not in field.range or value in field.forbidden:
                return None
        return values


def _candidate(row: Instruction) -> tuple[str, _Candidate]:
    name, _, text = row.semantics.partition(" ")
    targets = operand_names(BY_NAME[name].operands)
    return name, _Candidate(row, tuple(zip(targets, operand_names((text,)), strict=True)))


def _candidates() -> dict[str, list[_Candidate]]:
    found: dict[str, list[_Candidate]] = {}
    for row in INSTRUCTIONS:
        if row.compressed:
            name, candidate = _candidate(row)
            found.setdefault(name, []).append(candidate)
            if row.name == "c.mv":  # stands for `add rd, x0, rs2`, serves `addi rd, rs1, 0` too
                sources = (("rd", "rd"), ("rs1", "rs2"), ("imm", "0"))
                moves = _Candidate(row, sources)
    found["addi"].append(moves)
    return found


_CANDIDATES = _candidates()


def compress(
    name: str, operands: Mapping[str, int], written: str = ""
) -> tuple[Instruction, dict[str, int]] | None:
    """Find the 16-bit instruction that does the same.

    Parameters
    ----------
    name : str
        A 32-bit instruction of the table.
    operands : mapping
        Its operands' values, by name. Those of a jump or branch lack `imm`, and so does the result:
        which of them reach their target is decided when addresses are known.
    written : str
        The form in which the source has it, where that matters (`j imm`, `add rd, rs1, imm`).

    Returns
    -------
    (Instruction, dict) or None
        The compressed row and the values of its fields; None if there is none.
    """
    if name in _JUMPS and written not in _SHORT_JUMPS:
        return None
    only = _ONLY.get(written)
    orders = [operands]
    if name in _COMMUTATIVE and operands["rs2"] != 0:
        orders.append({**operands, "rs1": operands["rs2"], "rs2": operands["rs1"]})
    for candidate in _CANDIDATES.get(name, ()):
        if only and candidate.row.name not in only:
            continue
        for order in orders:
            values = candidate.fields(order)
            if values is not None and not _hint(candidate.row, values, written == _ADD_IMMEDIATE):
                return candidate.row, values
    return None


def _hint(row: Instruction, values: Mapping[str, int], zero_allowed: bool) -> bool:
    """Whether the encoding would be a hint: an instruction that changes nothing."""
    if values.get("rd") == 0:
        return True
    immediate = values.get("imm", values.get("uimm"))
    return row.name in _ZERO_IS_A_HINT and immediate == 0 and not zero_allowed
