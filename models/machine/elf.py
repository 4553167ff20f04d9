"""ELF files: what is to be loaded where, and the symbols.

The file is read by pyelftools; everything it relies on is checked first, so that a damaged file
gives an `ImageError` that names the place.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.common.utils import struct_parse
from elftools.construct.core import ConstructError
from elftools.elf.elffile import ELFFile

from models.machine.errors import ImageError

HEADER, PROGRAM_HEADER, SECTION_HEADER, SYMBOL = 64, 56, 64, 24
EXECUTABLE = 1  # in a segment's flags
MOST_SYMBOLS = 1 << 20


@dataclass(frozen=True)
class Segment:
    """A stretch of memory: `data`, then zeros up to `size` bytes."""

    address: int
    data: bytes
    size: int
    executable: bool = False


@dataclass(frozen=True)
class ElfImage:
    """What an ELF file asks for.

    Attributes
    ----------
    entry : int
        Physical address of the first instruction.
    segments : tuple of Segment
        In order of address, apart from each other.
    symbols : dict
        Addresses of functions, objects and labels, by name; of equal names the global one.
    """

    entry: int
    segments: tuple[Segment, ...]
    symbols: dict[str, int]

    @property
    def end(self) -> int:
        """The address after the last segment."""
        return max(segment.address + segment.size for segment in self.segments)


def is_elf(data: bytes) -> bool:
    """Whether a file claims to be ELF."""
    return data[:4] == b"\x7fELF"


def load_elf(data: bytes, name: str = "ELF file") -> ElfImage:
    """Read an ELF64 file for RISC-V.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name in messages.

    Raises
    ------
    ImageError
        If it is no executable for this machine, or damaged.
    """
    _check_header(data, name)
    try:
        elf = ELFFile(io.BytesIO(data))
        segments = _segments(elf, len(data), name)
        symbols = dict(_symbols(elf, data, name))
    except (ELFError, ConstructError) as error:
        raise ImageError(name, f"damaged ({error})", "a whole ELF64 file") from error
    placed = tuple(
        Segment(
            header["p_paddr"],
            data[header["p_offset"] : header["p_offset"] + header["p_filesz"]],
            header["p_memsz"],
            bool(header["p_flags"] & EXECUTABLE),
        )
        for header in segments
    )
    return ElfImage(_physical(segments, elf["e_entry"], name), placed, symbols)


def _check_header(data: bytes, name: str) -> None:
    """Check what says how the rest is to be read."""
    where = f"{name}, header"
    if not is_elf(data):
        raise ImageError(where, f"begins with {data[:4]!r}", "an ELF file: b'\\x7fELF'")
    if len(data) < HEADER:
        raise ImageError(where, f"{len(data)} bytes", f"at least {HEADER}")
    if data[4] != 2:
        raise ImageError(where, f"class {data[4]}", "2, which is 64-bit")
    if data[5] != 1:
        raise ImageError(where, f"data encoding {data[5]}", "1, which is little-endian")

    def number(offset: int, size: int) -> int:
        return int.from_bytes(data[offset : offset + size], "little")

    kind, machine = number(16, 2), number(18, 2)
    if machine != 243:
        raise ImageError(where, f"machine {machine}", "243, which is RISC-V")
    if kind not in (2, 3):
        raise ImageError(where, f"type {kind}", "2 (executable) or 3 (position-independent)")
    tables = (
        ("program headers", number(32, 8), number(54, 2), number(56, 2), PROGRAM_HEADER),
        ("section headers", number(40, 8), number(58, 2), number(60, 2), SECTION_HEADER),
    )
    for what, offset, size, count, expected in tables:
        if count and size != expected:
            raise ImageError(f"{name}, {what}", f"{size} bytes each", str(expected))
        if count and offset + size * count > len(data):
            problem = f"{count} at {offset:#x}, beyond the file's {len(data):#x} bytes"
            raise ImageError(f"{name}, {what}", problem, "a table inside the file")
    if number(62, 2) >= max(number(60, 2), 1):
        names = f"{name}, section headers"
        raise ImageError(names, f"names in section {number(62, 2)}", "one of the sections")
    if not number(60, 2) and number(40, 8):
        # Such a file keeps the count in section 0; executables with 65,280 sections are not ours.
        raise ImageError(f"{name}, section headers", "count 0", "1 to 65279, or no table")


def _headers(elf: ELFFile, kind: Any, table: str) -> Iterator[Any]:
    """Yield the entries of a header table; unlike pyelftools' objects, they read nothing else."""
    offset, size, count = elf[f"e_{table}off"], elf[f"e_{table}entsize"], elf[f"e_{table}num"]
    for number in range(count):
        yield struct_parse(kind, elf.stream, offset + number * size)


def _segments(elf: ELFFile, size: int, name: str) -> list[Any]:
    """Return the headers of the segments to load, checked, in order of address."""
    loaded = []
    for number, header in enumerate(_headers(elf, elf.structs.Elf_Phdr, "ph")):
        if header["p_type"] != "PT_LOAD" or not header["p_memsz"]:
            continue
        where = f"{name}, segment {number}"
        if header["p_offset"] + header["p_filesz"] > size:
            problem = f"{header['p_filesz']:#x} bytes at {header['p_offset']:#x}"
            raise ImageError(where, problem, f"inside the file's {size:#x} bytes")
        if header["p_filesz"] > header["p_memsz"]:
            problem = f"{header['p_filesz']:#x} bytes of file in {header['p_memsz']:#x} of memory"
            raise ImageError(where, problem, "no more bytes than memory")
        if header["p_paddr"] + header["p_memsz"] > 1 << 64:
            raise ImageError(where, "wraps round the end of memory", "an end below 2**64")
        loaded.append(header)
    if not loaded:
        raise ImageError(name, "nothing to load", "at least one segment of type PT_LOAD")
    loaded.sort(key=lambda header: int(header["p_paddr"]))
    for low, high in pairwise(loaded):
        if low["p_paddr"] + low["p_memsz"] > high["p_paddr"]:
            problem = f"segments at {low['p_paddr']:#x} and {high['p_paddr']:#x} overlap"
            raise ImageError(name, problem, "segments apart")
    return loaded


def _physical(segments: list[Any], entry: int, name: str) -> int:
    """Return the entry's physical address; kernels name it by its virtual one."""
    for place in ("p_paddr", "p_vaddr"):
        for header in segments:
            if 0 <= entry - header[place] < header["p_memsz"] and entry % 2 == 0:
                return int(entry - header[place] + header["p_paddr"])
    raise ImageError(f"{name}, header", f"entry at {entry:#x}", "an even address in a segment")


def _symbols(elf: ELFFile, data: bytes, name: str) -> Iterator[tuple[str, int]]:
    """Yield the defined symbols, the global ones last."""
    sections = list(_headers(elf, elf.structs.Elf_Shdr, "sh"))
    for number, header in enumerate(sections):
        if header["sh_type"] != "SHT_SYMTAB":
            continue
        where, link = f"{name}, section {number}", header["sh_link"]
        if link >= len(sections) or sections[link]["sh_type"] != "SHT_STRTAB":
            raise ImageError(where, f"names in section {link}", "a string table")
        strings = _contents(data, sections[link], f"{name}, section {link}")
        table = _contents(data, header, where)
        if header["sh_entsize"] != SYMBOL or len(table) > SYMBOL * MOST_SYMBOLS:
            raise ImageError(where, "not a table of symbols", f"entries of {SYMBOL} bytes")
        starts = range(0, len(table) - SYMBOL + 1, SYMBOL)
        symbols = [elf.structs.Elf_Sym.parse(table[start : start + SYMBOL]) for start in starts]
        for symbol in sorted(symbols, key=lambda s: s["st_info"]["bind"] == "STB_GLOBAL"):
            text = strings[symbol["st_name"] :].partition(b"\0")[0]
            named = symbol["st_info"]["type"] not in ("STT_SECTION", "STT_FILE")
            # Names like `$xrv64i` map code and data for disassemblers; they name no thing.
            if text and text[:1] != b"$" and named and symbol["st_shndx"] != "SHN_UNDEF":
                yield text.decode(errors="replace"), symbol["st_value"]


def _contents(data: bytes, header: Any, where: str) -> bytes:
    start, size = header["sh_offset"], header["sh_size"]
    if start + size > len(data):
        raise ImageError(where, "lies beyond the file", f"inside {len(data):#x} bytes")
    return data[start : start + size]
