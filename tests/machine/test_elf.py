"""ELF files in: what is loaded, and what a damaged file is told."""

import random
import struct
from pathlib import Path

import pytest

from models.machine.assembler import assemble
from models.machine.elf import load_elf
from models.machine.errors import ImageError
from tests.conftest import require_file
from tests.machine.assembler import gnu

SOURCE = """
        .globl  _start
        nop
_start: la a0, data
        .data
data:   .word 7
        .bss
room:   .skip 64
"""
ELF = assemble(SOURCE).elf()
SECTIONS = int.from_bytes(ELF[40:48], "little")


def test_segments_entry_and_symbols() -> None:
    image = load_elf(ELF)
    assert image.entry == 0x8000_0002
    assert [(s.address, len(s.data), s.size) for s in image.segments] == [
        (0x8000_0000, 10, 10),
        (0x8000_1000, 4, 4),
        (0x8000_2000, 0, 64),
    ]
    assert image.segments[1].data == b"\x07\0\0\0"
    assert image.symbols == {"_start": 0x8000_0002, "data": 0x8000_1000, "room": 0x8000_2000}
    assert image.end == 0x8000_2040


@pytest.mark.binutils
def test_what_gnu_ld_links_loads_alike(tmp_path: Path) -> None:
    program = assemble(SOURCE)
    gnu.link(program, gnu.assemble(SOURCE, tmp_path), tmp_path)
    theirs = load_elf((tmp_path / "program.elf").read_bytes())
    ours = load_elf(ELF)
    for name, address in ours.symbols.items():
        assert theirs.symbols[name] == address
    (whole,) = theirs.segments  # ld -N joins all sections in one segment
    for segment in ours.segments:
        start = segment.address - whole.address
        assert whole.data[start : start + len(segment.data)] == segment.data
    assert theirs.end == ours.end


def test_opensbi_is_read() -> None:
    path = require_file("/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf", "opensbi")
    image = load_elf(path.read_bytes())
    assert image.entry == 0x8000_0000
    flat = path.with_suffix(".bin").read_bytes()
    assert image.segments[0].data[: len(flat)] == flat


def patched(*changes: tuple[int, str, int]) -> bytes:
    """The file with fields set: (offset, struct format, value)."""
    data = bytearray(ELF)
    for offset, form, value in changes:
        struct.pack_into("<" + form, data, offset, value)
    return bytes(data)


PHDR = (
    64  # first program header: type 0, flags 4, offset 8, vaddr 16, paddr 24, filesz 32, memsz 40
)
SYMTAB = SECTIONS + 64 * 4
BAD = [
    ("no ELF", b"#!/bin/sh\n", "header", "begins with", "ELF"),
    ("empty", b"", "header", "begins with", "ELF"),
    ("cut off", ELF[:40], "header", "40 bytes", "at least 64"),
    ("32-bit", patched((4, "B", 1)), "header", "class 1", "64-bit"),
    ("big-endian", patched((5, "B", 2)), "header", "encoding 2", "little-endian"),
    ("x86", patched((18, "H", 62)), "header", "machine 62", "RISC-V"),
    ("object file", patched((16, "H", 1)), "header", "type 1", "executable"),
    ("odd entry", patched((24, "Q", 0x8000_0001)), "header", "entry", "even address"),
    ("entry outside", patched((24, "Q", 0x100)), "header", "entry", "in a segment"),
    ("table beyond", patched((32, "Q", 1 << 40)), "program headers", "beyond", "inside"),
    ("entry size", patched((54, "H", 32)), "program headers", "32 bytes", "56"),
    ("sections beyond", patched((40, "Q", len(ELF))), "section headers", "beyond", "inside"),
    ("name section", patched((62, "H", 99)), "section headers", "section 99", "one of"),
    ("no sections", patched((60, "H", 0), (62, "H", 0)), "section headers", "count 0", "no table"),
    ("segment beyond", patched((PHDR + 8, "Q", 1 << 63)), "segment 0", "bytes at", "inside"),
    ("more file", patched((PHDR + 40, "Q", 5)), "segment 0", "of file in", "no more"),
    ("wraps", patched((PHDR + 24, "Q", (1 << 64) - 4)), "segment 0", "wraps", "2**64"),
    ("overlap", patched((PHDR + 56 + 24, "Q", 0x8000_0004)), "ELF file", "overlap", "apart"),
    ("no load", patched(*((PHDR + 56 * n, "I", 4) for n in range(3))), "ELF", "nothing", "PT_LOAD"),
    ("names nowhere", patched((SYMTAB + 40, "I", 77)), "section 4", "section 77", "string table"),
    ("names elsewhere", patched((SYMTAB + 40, "I", 1)), "section 4", "section 1", "string table"),
    ("symbols beyond", patched((SYMTAB + 24, "Q", 1 << 63)), "section 4", "beyond", "inside"),
    ("symbol size", patched((SYMTAB + 56, "Q", 3)), "section 4", "not a table", "24"),
]


@pytest.mark.parametrize("case", BAD, ids=[case[0] for case in BAD])
def test_a_bad_file_is_told_what_where_and_what_is_allowed(case: tuple) -> None:
    _, data, where, problem, allowed = case
    with pytest.raises(ImageError) as caught:
        load_elf(data)
    error = caught.value
    assert where in error.where, str(error)
    assert problem in error.problem, str(error)
    assert allowed in error.allowed, str(error)


def test_damaged_files_load_or_raise_image_error() -> None:
    """Bits flipped and bytes set, mostly in the headers, and cuts."""
    rng = random.Random(7)
    headers = [*range(64 + 56 * 3), *range(SECTIONS, len(ELF))]
    outcomes = {True: 0, False: 0}
    for _ in range(800):
        data = bytearray(ELF)
        for _ in range(rng.choice([1, 1, 2, 4])):
            place = rng.choice(headers) if rng.random() < 0.8 else rng.randrange(len(data))
            data[place] = rng.choice([data[place] ^ 1 << rng.randrange(8), 0, 0x80, 0xFF])
        if rng.random() < 0.05:
            del data[rng.randrange(len(data)) :]
        try:
            load_elf(bytes(data))
        except ImageError:
            outcomes[False] += 1
        else:
            outcomes[True] += 1
    assert min(outcomes.values()) > 100
