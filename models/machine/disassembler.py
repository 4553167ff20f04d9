"""Instruction words back to assembly source, made from the same table.

The text always assembles to the same bits: what has no such text (a reserved encoding, a fence with
unusual bits) is given as `.word` or `.half`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.machine.assembler.forms import FORMS, Form
from models.machine.assembler.operands import (
    ABI_NAMES,
    FLOAT_ABI_NAMES,
    FLOAT_PLACES,
    REGISTERS,
    ROUNDING,
)
from models.machine.csr_names import NAMES, NUMBERS
from models.machine.decode import Decoded, decode, encode
from models.machine.isa import Instruction, operand_names

MASK = (1 << 64) - 1
_LETTERS = ((8, "i"), (4, "o"), (2, "r"), (1, "w"))
_ROUNDING_NAMES = {number: name for name, number in ROUNDING.items()}
_ORDERING = {(0, 0): "", (1, 0): ".aq", (0, 1): ".rl", (1, 1): ".aqrl"}


@dataclass(frozen=True)
class Line:
    """One disassembled instruction."""

    address: int
    length: int
    word: int
    text: str


def _fixed(form: Form) -> int:
    """Count the operands that a pseudo-instruction fixes."""
    given = operand_names(form.operands)
    return sum(source not in given for source in operand_names(form.expansion[0][1]))


def _aliases() -> dict[str, list[Form]]:
    """Return the pseudo-instructions that fix an operand, by the instruction they stand for.

    Those that fix more come first: `ret` before `jr ra`, `nop` before `li zero, 0`.
    """
    load_immediate = Form("li", ("rd", "imm"), (("addi", ("rd", "x0", "imm")),))
    found: dict[str, list[Form]] = {"addi": [load_immediate]}
    for form in (form for forms in FORMS.values() for form in forms):
        if form.pseudo and len(form.expansion) == 1 and _fixed(form):
            found.setdefault(form.expansion[0][0], []).append(form)
    return {name: sorted(forms, key=_fixed, reverse=True) for name, forms in found.items()}


_ALIASES = _aliases()


def disassemble(
    word: int, pc: int = 0, *, aliases: bool = True, symbols: Mapping[int, str] | None = None
) -> str:
    """Return the source of one instruction.

    Parameters
    ----------
    word : int
        The encoding; bits above 16 are ignored if the two lowest are not 11.
    pc : int
        Its address, for targets of branches and jumps.
    aliases : bool
        Whether to write `ret` and `li a0, 5` rather than what the table calls them.
    symbols : mapping, optional
        Names of addresses, added to targets as a comment.
    """
    decoded = decode(word)
    if decoded is None:
        return _raw(word)
    values = decoded.values
    row = decoded.instruction
    unnamed = values.get("fm") or ("rm" not in row.operands and values.get("rm"))
    if encode(row.name, **values) != decoded.word or unnamed:
        return _raw(word)
    if aliases:
        row, values = decoded.base, _base_values(decoded)
        for form in _ALIASES.get(row.name, ()):
            filled = _fit(form, row, values)
            if filled is not None:
                return _text(form.name, form.operands, row, filled, pc, symbols)
    name = row.name + _ORDERING[values.get("aq", 0), values.get("rl", 0)]
    return _text(name, row.operands, row, values, pc, symbols)


def disassemble_bytes(
    data: bytes, address: int, *, aliases: bool = True, symbols: Mapping[int, str] | None = None
) -> Iterator[Line]:
    """Yield the instructions of a stretch of code; an odd byte at its end is left out."""
    offset = 0
    while offset + 2 <= len(data):
        length = 4 if data[offset] & 3 == 3 and offset + 4 <= len(data) else 2
        word = int.from_bytes(data[offset : offset + length], "little")
        if length == 2 and word & 3 == 3:  # the first half of an instruction that is cut off
            text = f".half {word:#06x}"
        else:
            text = disassemble(word, address + offset, aliases=aliases, symbols=symbols)
        yield Line(address + offset, length, word, text)
        offset += length


def _raw(word: int) -> str:
    if word & 3 == 3:
        return f".word {word & 0xFFFFFFFF:#010x}"
    return f".half {word & 0xFFFF:#06x}"


def _base_values(decoded: Decoded) -> dict[str, int]:
    """Operands of the executed row, by the names of its fields."""
    if not decoded.instruction.compressed:
        return decoded.values
    given = {"rd": decoded.rd, "rs1": decoded.rs1, "rs2": decoded.rs2, "imm": decoded.imm}
    given |= {"uimm": decoded.imm, "fd": decoded.fd, "fs2": decoded.fs2}
    return {name: given.get(name, 0) for name in decoded.base.fields}


def _fit(form: Form, row: Instruction, values: Mapping[str, int]) -> dict[str, int] | None:
    """Return what fills the places of a pseudo-instruction, if it stands for these operands."""
    places: dict[str, int] = {}
    sources = operand_names(form.expansion[0][1])
    for target, source in zip(operand_names(row.operands), sources, strict=True):
        value = values[target]
        if source in operand_names(form.operands):
            if places.setdefault(source, value) != value:
                return None
        elif value != _constant(source):
            return None
    return places


def _constant(source: str) -> int:
    """Value of an operand that an expansion names itself."""
    if source in REGISTERS:
        return REGISTERS[source]
    if source in NUMBERS:
        return NUMBERS[source]
    if re.fullmatch("[iorw]+", source):
        return sum(bit for bit, letter in _LETTERS if letter in source)
    return int(source)


def _text(
    name: str,
    operands: tuple[str, ...],
    row: Instruction,
    values: Mapping[str, int],
    pc: int,
    symbols: Mapping[int, str] | None,
) -> str:
    def operand(match: re.Match[str]) -> str:
        place = match[0]
        value = values.get(place, 0)
        if place in REGISTERS:
            return ABI_NAMES[REGISTERS[place]]
        if place == "rm":
            return _ROUNDING_NAMES[value]
        if place in FLOAT_PLACES:
            return FLOAT_ABI_NAMES[value]
        if place[0] == "r":
            return ABI_NAMES[value]
        return _immediate(place, value, row, pc)

    if values.get("rm") == ROUNDING["dyn"]:
        operands = tuple(pattern for pattern in operands if pattern != "rm")
    parts = [re.sub(r"[\w']+", operand, pattern) for pattern in operands]
    text = f"{name} {', '.join(parts)}".rstrip()
    if symbols and row.kind in ("branch", "jal"):
        text += _named(values["imm"] + pc & MASK, symbols)
    return text


def _immediate(place: str, value: int, row: Instruction, pc: int) -> str:
    if place == "csr":
        return NAMES.get(value, hex(value))
    if place in ("pred", "succ"):
        return "".join(letter for bit, letter in _LETTERS if value & bit) or "0"
    if row.kind in ("branch", "jal"):
        return hex(pc + value & MASK)
    if place == "imm" and row.fields[place].range.step == 4096:
        return hex(value >> 12 & 0xFFFFF)
    return str(value)


def _named(address: int, symbols: Mapping[int, str]) -> str:
    """Return a comment with the symbol at or before an address."""
    known = sorted(symbols)
    index = bisect_right(known, address) - 1
    if index < 0:
        return ""
    offset = address - known[index]
    return f"  # {symbols[known[index]]}" + (f"+{offset:#x}" if offset else "")
