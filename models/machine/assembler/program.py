"""What the assembler gives: bytes at addresses, symbols, a listing, an ELF file."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from models.machine.assembler.errors import Location

_MACHINE_RISCV, _EXECUTABLE, _RVC = 243, 2, 1
_PROGBITS, _SYMTAB, _STRTAB, _NOBITS = 1, 2, 3, 8
_FLAGS = {"w": 1, "a": 2, "x": 4}  # of a section; a segment's are x 1, w 2, r 4
_ABSOLUTE = 0xFFF1


@dataclass(frozen=True)
class Placed:
    """A section at its address; `data` is empty where only room is taken."""

    name: str
    flags: str
    address: int
    size: int
    alignment: int
    data: bytes


@dataclass(frozen=True)
class ListedLine:
    """What one statement became."""

    address: int
    data: bytes
    location: Location


@dataclass(frozen=True)
class Program:
    """An assembled program.

    Attributes
    ----------
    sections : tuple of Placed
        In order of address.
    symbols : dict
        Address or value of every label and every name given by `.equ`.
    homes : dict
        Name of the section in which a symbol is a label.
    exported : frozenset
        Names made global by `.globl`.
    entry : int
        Address of `_start`, or of the first code where there is none.
    lines : tuple of ListedLine
        What each statement became, in source order.
    """

    sections: tuple[Placed, ...]
    symbols: dict[str, int]
    homes: dict[str, str]
    exported: frozenset[str]
    entry: int
    lines: tuple[ListedLine, ...]

    def image(self) -> tuple[int, bytes]:
        """Return the lowest address and the memory from there, gaps and .bss filled with zeros."""
        used = [s for s in self.sections if s.size and "a" in s.flags]
        if not used:
            return self.entry, b""
        base = min(s.address for s in used)
        memory = bytearray(max(s.address + s.size for s in used) - base)
        for section in used:
            start = section.address - base
            memory[start : start + len(section.data)] = section.data
        return base, bytes(memory)

    def listing(self) -> str:
        """Return address, bytes and source, a line each."""
        rows = []
        for line in self.lines:
            first, rest = line.data[:8], line.data[8:]
            source = line.location.text.strip()
            rows.append(f"{line.address:16x}  {first.hex(' ', 2):<20}  {source}")
            for offset in range(0, len(rest), 8):
                address = line.address + 8 + offset
                rows.append(f"{address:16x}  {rest[offset : offset + 8].hex(' ', 2)}")
        return "".join(row.rstrip() + "\n" for row in rows)

    def elf(self) -> bytes:
        """Return an ELF64 executable with one segment a section and the symbols."""
        loaded = [s for s in self.sections if s.size and "a" in s.flags]
        offset = 64 + 56 * len(loaded)
        body, offsets = bytearray(), {}
        for section in self.sections:
            body += bytes(-(offset + len(body) - section.address) % 4096 if section.data else 0)
            offsets[section.name] = offset + len(body)
            body += section.data
        names = _Strings()
        headers = [bytes(64)]
        for section in self.sections:
            kind = _PROGBITS if section.data or not section.size else _NOBITS
            flags = sum(_FLAGS.get(letter, 0) for letter in section.flags)
            place = (section.address, offsets[section.name], section.size)
            title = names.add(section.name)
            headers.append(_section(title, kind, flags, *place, align=section.alignment))
        symbols, strings, local = self._symbol_table()
        for name, kind, content, link, info, size in (
            (".symtab", _SYMTAB, symbols, len(headers) + 1, local, 24),
            (".strtab", _STRTAB, strings, 0, 0, 0),
            (".shstrtab", _STRTAB, b"", 0, 0, 0),
        ):
            index = names.add(name)
            content = content or bytes(names.text)
            at = offset + len(body)
            body += content
            headers.append(_section(index, kind, 0, 0, at, len(content), link, info, 1, size))
        segments = b"".join(_segment(s, offsets[s.name]) for s in loaded)
        table = offset + len(body)
        counts = (64, 56, len(loaded), 64, len(headers), len(headers) - 1)
        head = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
        kinds = (_EXECUTABLE, _MACHINE_RISCV, 1, self.entry, 64, table, _RVC)
        return (
            head + struct.pack("<HHIQQQI6H", *kinds, *counts) + segments + body + b"".join(headers)
        )

    def _symbol_table(self) -> tuple[bytes, bytes, int]:
        """Return the symbols, their names, and the number of local ones (which come first)."""
        index = {section.name: number for number, section in enumerate(self.sections, 1)}
        ordered = sorted(self.symbols, key=lambda name: name in self.exported)
        names = _Strings()
        entries = bytearray(24)
        for name in ordered:
            home = index[self.homes[name]] if name in self.homes else _ABSOLUTE
            info = 0x10 if name in self.exported else 0
            value = self.symbols[name] & ((1 << 64) - 1)
            entries += struct.pack("<IBBHQQ", names.add(name), info, 0, home, value, 0)
        local = 1 + sum(name not in self.exported for name in ordered)
        return bytes(entries), bytes(names.text), local


class _Strings:
    """A string table in the making."""

    def __init__(self) -> None:
        self.text = bytearray(1)

    def add(self, name: str) -> int:
        """Append a name and return where it begins."""
        start = len(self.text)
        self.text += name.encode() + b"\0"
        return start


def _section(
    name: int,
    kind: int,
    flags: int,
    address: int,
    offset: int,
    size: int,
    link: int = 0,
    info: int = 0,
    align: int = 1,
    entry_size: int = 0,
) -> bytes:
    numbers = (name, kind, flags, address, offset, size, link, info, align, entry_size)
    return struct.pack("<IIQQQQIIQQ", *numbers)


def _segment(section: Placed, offset: int) -> bytes:
    flags = 4 | ("w" in section.flags) << 1 | ("x" in section.flags)
    place = (offset, section.address, section.address, len(section.data), section.size)
    return struct.pack("<IIQQQQQQ", 1, flags, *place, 4096 if section.data else 1)
