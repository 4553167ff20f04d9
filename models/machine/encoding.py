"""Instruction patterns: the drawing of an encoding, read as mask, match and fields.

A pattern is what the specification draws, most significant bit first::

    imm[12,10:5] rs2 rs1 000 imm[4:1,11] rd 1100011

- digits are fixed bits, ``-`` an ignored bit (encoded as 0);
- ``rd rs1 rs2`` are register numbers of 5 bits, ``rd' rs1' rs2'`` of 3 bits (x8 to x15);
- ``imm[...]`` scatters a signed immediate and ``uimm[...]`` an unsigned one: the brackets name the
  immediate's bits that lie at this place;
- ``fd fs1 fs2 fs3`` are the same of floating point, ``rm`` is its rounding mode (5, 6: reserved);
- ``csr`` has 12 bits, ``fm pred succ`` have 4, ``aq rl`` one;
- ``rd!=0,2`` at the end names values that the encoding reserves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

WIDTHS = {"rd": 5, "rs1": 5, "rs2": 5, "rd'": 3, "rs1'": 3, "rs2'": 3}
WIDTHS |= {"fd": 5, "fs1": 5, "fs2": 5, "fs3": 5, "fd'": 3, "fs2'": 3, "rm": 3}
WIDTHS |= {"csr": 12, "fm": 4, "pred": 4, "succ": 4, "aq": 1, "rl": 1}

#: (lowest bit in the word, width, lowest bit in the value)
Piece = tuple[int, int, int]


@dataclass(frozen=True)
class Field:
    """Where an operand's bits lie in the instruction word."""

    name: str
    pieces: tuple[Piece, ...]
    forbidden: tuple[int, ...] = ()

    @cached_property
    def offset(self) -> int:
        """8 for the three-bit registers, which count from x8."""
        return 8 if self.name.endswith("'") else 0

    @cached_property
    def range(self) -> range:
        """The values that can be encoded: start, stop and step."""
        top = max(low + width for _, width, low in self.pieces)
        step = 1 << min(low for _, _, low in self.pieces)
        if self.name == "imm":
            return range(-1 << top - 1, 1 << top - 1, step)
        return range(self.offset, self.offset + (1 << top), step)

    def extract(self, word: int) -> int:
        """Read the operand's value out of an instruction word."""
        value = self.offset
        for lsb, width, low in self.pieces:
            value |= (word >> lsb & (1 << width) - 1) << low
        return value if value < self.range.stop else value - 2 * self.range.stop

    def insert(self, value: int) -> int:
        """Return the operand's bits at their place in the word."""
        if value not in self.range or value in self.forbidden:
            allowed = self.range
            reserved = f" but {self.forbidden}" if self.forbidden else ""
            step = f" in steps of {allowed.step}" if allowed.step > 1 else ""
            raise ValueError(
                f"{self.name} is {value}, allowed is {allowed.start} to {allowed[-1]}"
                f"{step}{reserved}"
            )
        value -= self.offset
        return sum((value >> low & (1 << width) - 1) << lsb for lsb, width, low in self.pieces)


@dataclass(frozen=True)
class Pattern:
    """A drawing, taken apart.

    Attributes
    ----------
    bits
        16 or 32.
    mask, match
        A word is of this pattern if ``word & mask == match`` and no field holds a reserved value.
    fields
        The operands, by name.
    """

    bits: int
    mask: int
    match: int
    fields: dict[str, Field]

    def fits(self, word: int) -> bool:
        """Tell whether a word is of this pattern."""
        return word & self.mask == self.match and not any(
            field.forbidden and field.extract(word) in field.forbidden
            for field in self.fields.values()
        )


def parse(text: str) -> Pattern:
    """Read a pattern.

    Raises
    ------
    ValueError
        If a token is unknown or the widths do not add up to 16 or 32.
    """
    position = mask = match = 0
    pieces: dict[str, list[Piece]] = {}
    forbidden: dict[str, tuple[int, ...]] = {"rm": (5, 6)}
    for token in reversed(text.split()):
        name, _, reserved = token.partition("!=")
        if reserved:
            forbidden[name] = tuple(int(value) for value in reserved.split(","))
        elif re.fullmatch("[01-]+", token):
            mask |= int(re.sub("[01]", "1", token).replace("-", "0"), 2) << position
            match |= int(token.replace("-", "0"), 2) << position
            position += len(token)
        elif scatter := re.fullmatch(r"(u?imm)\[([\d:,]+)\]", token):
            for part in reversed(scatter[2].split(",")):
                high, _, low = part.partition(":")
                width = int(high) - int(low or high) + 1
                pieces.setdefault(scatter[1], []).append((position, width, int(low or high)))
                position += width
        elif token in WIDTHS:
            pieces.setdefault(token, []).append((position, WIDTHS[token], 0))
            position += WIDTHS[token]
        else:
            raise ValueError(f"pattern {text!r}: token {token!r} is unknown")
    if position not in (16, 32):
        raise ValueError(f"pattern {text!r}: has {position} bits, 16 or 32 are needed")
    fields = {n: Field(n, tuple(p), forbidden.get(n, ())) for n, p in pieces.items()}
    return Pattern(position, mask, match, fields)
