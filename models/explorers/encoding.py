"""Chapter 6: the bits of one instruction, field by field."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models.explorers import look
from models.machine.assembler import assemble
from models.machine.assembler.operands import ABI_NAMES
from models.machine.csr_names import NAMES
from models.machine.decode import decode

HEAD = ("Bits", "Field", "Written as", "Says")


@dataclass(frozen=True)
class Encoding:
    """An instruction as the memory word that it is.

    Attributes
    ----------
    line : str
        One line of assembly, for one instruction; it is not compressed unless its name says so.
    """

    line: str

    @cached_property
    def word(self) -> int:
        """What the assembler makes of it.

        Raises
        ------
        AssemblyError
            With what is wrong in the line.
        ValueError
            For a line that is not exactly one instruction.
        """
        _, image = assemble(self.line, name="line", compressed=False).image()
        word = int.from_bytes(image, "little")
        decoded = decode(word) if image else None
        if decoded is None or decoded.length != len(image):
            raise ValueError(f"line: {self.line!r} is not one instruction")
        return word

    @property
    def rows(self) -> list[list[str]]:
        """Place, field, bits and meaning, from the most significant bit."""
        decoded = decode(self.word)
        assert decoded is not None  # `word` has decoded it
        row = decoded.instruction
        pieces = {
            (place, width): (name, low)
            for name, field in row.fields.items()
            for place, width, low in field.pieces
        }
        rows = []
        top = 8 * decoded.length
        for (place, width), (name, low) in sorted(pieces.items(), reverse=True):
            rows += self._fixed(top, place + width, row.name)
            field = row.fields[name]
            whole = len(field.pieces) == 1
            shown = name if whole and not low else f"{name}[{_span(low, width)}]"
            says = ("" if whole else "a part of ") + _says(name, field.extract(self.word))
            rows.append([_span(place, width), shown, self._bits(place, width), says])
            top = place
        return rows + self._fixed(top, 0, row.name)

    def _fixed(self, top: int, bottom: int, name: str) -> list[list[str]]:
        """The bits between two fields, which say what instruction it is; none if they touch."""
        if top == bottom:
            return []
        bits = self._bits(bottom, top - bottom)
        return [[_span(bottom, top - bottom), "fixed", bits, f"it is {name}"]]

    def _bits(self, place: int, width: int) -> str:
        return f"{self.word >> place & (1 << width) - 1:0{width}b}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        caption = f"{self.line} is the word {self.word:#x}"
        rows = self.rows
        plain = "\n".join([caption, *("  ".join(row) for row in rows)])
        return {"text/html": look.table(caption, HEAD, rows), "text/plain": plain}


def _span(place: int, width: int) -> str:
    return f"{place + width - 1}:{place}" if width > 1 else str(place)


def _says(name: str, value: int) -> str:
    if name.rstrip("'") in ("rd", "rs1", "rs2"):
        return f"register {value}, {ABI_NAMES[value]}"
    return NAMES.get(value, f"{value:#x}") if name == "csr" else f"{value}"
