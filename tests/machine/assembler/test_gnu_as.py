"""Bit for bit what GNU as (Debian's cross binutils) gives, section by section."""

import random
from importlib.resources import files
from pathlib import Path

import pytest

from models.machine.assembler import assemble
from tests.machine.assembler import generate, gnu

OPERATORS = ["+", "-", "*", "|", "&", "^", "==", "!=", "<", ">", "<=", ">=", "&&", "||"]
pytestmark = pytest.mark.binutils


def compare(source: str, folder: Path, compressed: bool = True) -> None:
    """Assemble with both; the first statement that differs is the message."""
    program = assemble(source, compressed=compressed)
    expected = gnu.link(program, gnu.assemble(source, folder, compressed), folder)
    assert expected
    for section in program.sections:
        theirs = expected.get(section.name, b"")
        # GNU as pads code at its end to the section's alignment.
        padding = theirs[len(section.data) :] if "x" in section.flags else b""
        if theirs == section.data + padding and len(padding) < section.alignment:
            continue
        for line in program.lines:
            start = line.address - section.address
            if 0 <= start < section.size:
                same = theirs[start : start + len(line.data)] == line.data
                where = theirs[start : start + len(line.data) + 4].hex()
                assert same, f"{line.location.text!r}: {line.data.hex()} GNU: {where}"
        pytest.fail(f"{section.name}: {len(section.data)} bytes, GNU has {len(theirs)}")


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_every_form_with_random_operands(seed: int, compressed: bool, tmp_path: Path) -> None:
    compare(generate.program(seed, compressed, rounds=8), tmp_path, compressed)


@pytest.mark.parametrize("compressed", [True, False])
def test_li_of_every_length(compressed: bool, tmp_path: Path) -> None:
    rng = random.Random(5)
    lines = []
    for bits in range(1, 65):
        for _ in range(12):
            value = rng.getrandbits(bits) | 1 << bits - 1
            shape = rng.choice([value, -value, value & -4096, value ^ (1 << bits) - 1, ~value])
            value = (shape + (1 << 63)) % (1 << 64) - (1 << 63)
            lines.append(f"li x{rng.randrange(1, 32)}, {value}")
    edges = [0, 1, 31, 32, -32, -33, 2047, 2048, -2048, -2049, 0x1F000, 0x20000, -0x20000, -0x21000]
    edges += [0x7FFFFFFF, 0x80000000, 0x7FFFF800, 0x7FFFF7FF, -(1 << 31), -(1 << 31) - 1, 1 << 63]
    lines += [f"li {register}, {value}" for value in edges for register in ("x2", "x9")]
    lines += [f"li x0, {value}" for value in (0, 1, -32, 2047)]  # longer ones gain an addiw there
    compare("\n".join(lines) + "\n", tmp_path, compressed)


@pytest.mark.parametrize("seed", range(12))
def test_branches_at_the_edge_of_their_reach(seed: int, tmp_path: Path) -> None:
    """Blocks of room put targets just within and just beyond each reach."""
    rng = random.Random(seed)
    room = rng.choice([240, 252, 2030, 4080, 4090])
    lines = []
    for index in range(60):
        lines.append(f"l{index}:")
        for _ in range(rng.randrange(3)):
            target = min(max(index + rng.randrange(-3, 4), 0), 59)
            jump = rng.choice(["beqz a0,", "bnez s1,", "beq a0, x0,", "bgt t0, a1,", "bltz s4,"])
            lines.append(rng.choice([jump, jump, "j", "jal ra,", "c.beqz a3,"]) + f" l{target}")
        if rng.random() < 0.5:
            lines.append(
                f".skip {room // rng.choice([1, 1, 2]) // 2 * 2 + 2 * rng.randrange(-8, 9)}"
            )
        if rng.random() < 0.2:
            lines.append(f".align {rng.randrange(1, 5)}")
        lines.append(rng.choice(["nop", "add a0, a0, a1", "mul a0, a1, a2"]))
    compare("\n".join(lines) + "\n", tmp_path)


def test_branches_out_of_the_section(tmp_path: Path) -> None:
    compare(
        """
        .text
        beqz a0, elsewhere
        bgtu a0, a1, elsewhere
        j elsewhere
        jal elsewhere
        beqz a0, 0x80001000
        .section other, "ax"
        elsewhere: c.j elsewhere
        bnez a5, 1f
        1: nop
        """,
        tmp_path,
    )


@pytest.mark.parametrize("seed", range(3))
def test_expressions(seed: int, tmp_path: Path) -> None:
    """Precedence and wrapping are GNU's."""
    rng = random.Random(seed)

    def expression(depth: int) -> str:
        if depth == 0 or rng.random() < 0.2:
            value = rng.choice([0, 1, 7, 63, 255, 0x7FFF, 0xFFFFFFFF, 1 << 62])
            return rng.choice(["", "-", "~", "!"]) + rng.choice([str(value), hex(value), "K"])
        operator = rng.choice(OPERATORS)
        left, right = expression(depth - 1), expression(depth - 1)
        text = f"{left} {operator} {right}"
        if rng.random() < 0.2:
            text = f"{left} {rng.choice(['/', '%'])} {rng.randrange(1, 99)}"
        if rng.random() < 0.2:
            text = f"{left} {rng.choice(['<<', '>>'])} {rng.randrange(64)}"
        return f"({text})" if rng.random() < 0.4 else text

    lines = [".equ K, 12345", ".data", *(f".dword {expression(4)}" for _ in range(300))]
    compare("\n".join(lines) + "\n", tmp_path)


DIRECTIVES = r"""
        .equ    SIZE, 3 * (4 + 5)
        .set    counter, 0
        .text
        .globl  _start
_start: la      sp, stack_top
        lw      a0, numbers
        sd      a1, numbers + 8, t0
        call    function
1:      bnez    a0, 1b
        beqz    a1, 1f
        j       1f
        .word   SIZE, end - _start, _start
1:      .option push
        .option norvc
        addi    a0, a0, 1
        .option pop
        addi    a0, a0, 1
        .balign 16
function:
        li      a0, (1 << 12) | 0x7f
        li      a1, -SIZE
        lui     a2, 0xfffff
        andi    a0, a0, ~7
        add     a0, a0, 'A'
        .p2align 3
        ret
end:
        .section .rodata
text:   .ascii  "no end", "\t\"quoted\" \\ \101\x42\n"
        .asciz  "; # // /* no comment */"
        .string ""
        .balign 8, 0xff
        .byte   1, -1, 255, 'x', '\n'
        .half   0xffff, -32768
        .2byte  1
        .align  2
        .4byte  0xffffffff
        .8byte  text, 0x8000000000000000, -1
        .data
numbers:
        .rept   4
        .word   counter
        .set    counter, counter + 1
        .endr
        .irp    value, 1, 2, 0x30
        .dword  \value << 4
        .endr
        .fill   3, 2, 0x1234
        .skip   5, 0xaa
        .zero   3
        .macro  pair first, second=7
        .byte   \first, \second
        .if     \first == 1
        .byte   0x11
        .elseif \first == 2
        .byte   0x22
        .else
        .byte   0x33
        .endif
        .endm
        pair    1
        pair    2, 3
        pair    second=9, first=4
        .ifdef  SIZE
        .byte   SIZE
        .endif
        .ifndef SIZE
        .byte   0
        .endif
        .macro  label_of name
\name\()_end\@: .dword \name\()_end\@ - .
        .endm
        label_of one /* a comment */
        label_of two
        .bss
        .align  4
        .skip   4096
stack_top:
"""


@pytest.mark.parametrize("compressed", [True, False])
def test_directives(compressed: bool, tmp_path: Path) -> None:
    compare(DIRECTIVES, tmp_path, compressed)


@pytest.mark.parametrize("compressed", [True, False])
def test_the_firmware(compressed: bool, tmp_path: Path) -> None:
    """A whole program that is run for real."""
    source = files("models.machine").joinpath("firmware.S").read_text("utf-8")
    compare(source, tmp_path, compressed)


def test_pairs_of_relocations(tmp_path: Path) -> None:
    """%hi and %lo need an address below 2 GiB; %pcrel_hi and %pcrel_lo work everywhere."""
    source = """
        lui   a0, %hi(low)
        addi  a0, a0, %lo(low)
        lw    a1, %lo(low + 4)(a0)
        sw    a1, %lo(low + 2052)(a0)
    1:  auipc a2, %pcrel_hi(data)
        ld    a3, %pcrel_lo(1b)(a2)
        sd    a3, %pcrel_lo(1b)(a2)
    far:
        auipc a4, %pcrel_hi(data + 0x7fe)
        addi  a4, a4, %pcrel_lo(far)
        .equ  low, 0x12345ffc
        .data
        .skip 2050
    data: .dword 1
    """
    compare(source, tmp_path)
