"""Instruction words to table rows and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from models.machine.encoding import parse
from models.machine.isa import BY_NAME, INSTRUCTIONS, Instruction, operand_names

#: What `Decoded` tells of an instruction.
OPERANDS = ("rd", "rs1", "rs2", "imm", "csr", "fd", "fs1", "fs2", "fs3", "rm")


@dataclass(frozen=True)
class Decoded:
    """An instruction word, understood.

    Attributes
    ----------
    instruction
        The row of the table; for 16 bits the compressed one.
    base
        The row that is executed: `instruction`, or what the compressed one stands for.
    word, length
        The encoding, and its bytes (2 or 4).
    values
        The operands as encoded, by the names of `instruction.fields`.
    rd, rs1, rs2, imm, csr, fd, fs1, fs2, fs3, rm
        The operands of `base`; what it lacks is 0. Shift amounts and the register field of
        csrrwi are in `imm`.
    """

    instruction: Instruction
    base: Instruction
    word: int
    length: int
    values: dict[str, int]
    rd: int = 0
    rs1: int = 0
    rs2: int = 0
    imm: int = 0
    csr: int = 0
    fd: int = 0
    fs1: int = 0
    fs2: int = 0
    fs3: int = 0
    rm: int = 0

    __hash__ = object.__hash__


def _buckets() -> dict[int, list[Instruction]]:
    """Sort the table by the bits that a first look sees, the most specific pattern first."""
    buckets: dict[int, list[Instruction]] = {}
    for row in sorted(INSTRUCTIONS, key=lambda row: -row.mask.bit_count()):
        selector = _selector(3 if row.bits == 32 else 0)
        free = selector & ~row.mask
        choice = 0
        while True:  # every way to fill the selector bits that this row leaves open
            buckets.setdefault(row.match & selector | choice, []).append(row)
            choice = choice - free & free
            if not choice:
                break
    return buckets


def _selector(word: int) -> int:
    """Opcode and funct3: bits 14:12 and 6:0, or 15:13 and 1:0 of a compressed word."""
    return 0x707F if word & 3 == 3 else 0xE003


BUCKETS = _buckets()
_PATTERNS = {row.name: parse(row.pattern) for row in INSTRUCTIONS}


@lru_cache(maxsize=1 << 15)
def decode(word: int) -> Decoded | None:
    """Find the instruction of a word.

    Parameters
    ----------
    word
        16 bits if the two lowest are not 11, else 32 bits; bits above are ignored.

    Returns
    -------
    Decoded or None
        None if the encoding is illegal or reserved.
    """
    word &= 0xFFFFFFFF if word & 3 == 3 else 0xFFFF
    for row in BUCKETS.get(word & _selector(word), ()):
        pattern = _PATTERNS[row.name]
        if pattern.fits(word):
            values = {name: field.extract(word) for name, field in pattern.fields.items()}
            base, operands = _expand(row, values)
            return Decoded(row, base, word, row.bits // 8, values, **operands)
    return None


@cache
def expansion(name: str) -> tuple[Instruction, dict[str, str | int]]:
    """Name the row that an instruction executes, and where each of that row's operands comes from.

    Returns
    -------
    base, sources
        By operand (see `OPERANDS`) the field of the instruction's own row, or a number.
    """
    row = BY_NAME[name]
    base = row
    given: dict[str, str | int] = {field: field for field in row.fields}
    if row.compressed:
        base_name, _, text = row.semantics.partition(" ")
        base = BY_NAME[base_name]
        given = {
            target: source if source in row.fields else int(source.lstrip("x"))
            for target, source in zip(
                operand_names(base.operands), operand_names((text,)), strict=True
            )
        }
    if "uimm" in given:
        given["imm"] = given.pop("uimm")
    return base, {operand: given[operand] for operand in OPERANDS if operand in given}


def _expand(row: Instruction, values: dict[str, int]) -> tuple[Instruction, dict[str, int]]:
    """Name the executed row and its operands."""
    base, sources = expansion(row.name)
    return base, {
        operand: values[source] if isinstance(source, str) else source
        for operand, source in sources.items()
    }


def encode(name: str, **operands: int) -> int:
    """Return the instruction word; operands not given are 0.

    Immediates are given as values, so ``encode("lui", rd=1, imm=0x1000)`` and
    ``encode("beq", rs1=1, rs2=2, imm=-8)``.

    Raises
    ------
    ValueError
        If the instruction or an operand is unknown, or a value cannot be encoded.
    """
    if name not in BY_NAME:
        raise ValueError(f"instruction {name!r} is not in the table")
    pattern = _PATTERNS[name]
    if unknown := operands.keys() - pattern.fields.keys():
        allowed = ", ".join(pattern.fields) or "none"
        raise ValueError(f"{name}: operand {min(unknown)} is unknown, it has {allowed}")
    word = pattern.match
    for key, field in pattern.fields.items():
        try:
            word |= field.insert(operands.get(key, 0 if 0 in field.range else field.range.start))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return word
