"""What a reader meets: messages, macros, sections, the listing and the ELF file."""

import io

import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import given, settings
from hypothesis import strategies as st

from models.machine.assembler import AssemblyError, assemble
from models.machine.assembler.macros import MOST_STATEMENTS

BAD = [
    # source, line, column, word at fault, a word of the problem, a word of what is allowed
    ("addi a0, a1, 2048", 1, 14, "2048", "does not fit", "-2048 to 2047"),
    ("nop\n  addi x32, a1, 1", 2, 8, "x32", "not a register", "x0 to x31"),
    ("ld a0, 8[a1]", 1, 9, "[a1]", "not a word", "names, numbers"),
    ("addd a0, a1, a2", 1, 1, "addd", "no such instruction", "add"),
    ("csrr a0, sstatsu", 1, 10, "sstatsu", "not a CSR", "sstatus"),
    ("j nowhere", 1, 3, "nowhere", "not defined", "label"),
    ("loop: j lop", 1, 9, "lop", "not defined", "loop"),
    ("x: nop\nx: nop", 2, 1, "x", "defined already in line 1", "once"),
    ("bnez a0, 1b", 1, 10, "1b", "no label 1 above", "1:"),
    ("bnez a0, 1f", 1, 10, "1f", "not defined", "1:"),
    (".word 5 +", 1, 10, "", "not a value", "number"),
    (".word (1", 1, 9, "", "not expected", ")"),
    (".byte 256", 1, 7, "256", "does not fit 1 bytes", "-128 to 255"),
    (".half there\nthere:", 1, 7, "there", "does not fit 2 bytes", "65535"),
    (".ascii hello", 1, 8, "hello", "not a string", "quotes"),
    ('.ascii "\\q"', 1, 8, "\\q", "unknown escape", "\\n"),
    ('.ascii "open', 1, 8, '"open', "not a word", "strings"),
    (".balign 24", 1, 9, "24", "not a power of two", "65536"),
    (".section 5", 1, 10, "5", "not a section", "NAME"),
    ('.section .a, "q"', 1, 14, '"q"', "flags", "awx"),
    (".bss\n.word 1", 2, 7, "1", "contents in .bss", ".skip"),
    (".bss\nnop", 2, 1, "nop", "code in .bss", ".text"),
    (".globl missing", 1, 8, "missing", "not defined", "label"),
    (".option fast", 1, 9, "fast", "no such option", "rvc"),
    (".option pop", 1, 9, "pop", "nothing to return to", "push"),
    (".frobnicate 1", 1, 1, ".frobnicate", "no such directive", ".word"),
    (".macro m\nnop", 1, 1, ".macro", "without an end", ".endm"),
    (".if 1\n.endr", 2, 1, ".endr", "ends another block", ".endif"),
    (".endif", 1, 1, ".endif", "nothing to end", ".if"),
    (".macro m a\n.endm\nm 1, 2", 3, 1, "m", "one too many", "1 arguments"),
    (".macro m a:req\n.endm\nm", 3, 1, "m", "missing", "value"),
    (".macro m a a\n.endm", 1, 1, ".macro", "twice", "different"),
    (".macro m\nm\n.endm\nm", 2, 1, "m", "nested too deep", "100"),
    (".rept 1 << 40\n.endr", 1, 1, ".rept", "count", str(MOST_STATEMENTS)),
    (".rept 40000\n.rept 40000\n.endr\n.endr", 2, 1, ".rept", "too much", "statements"),
    (".skip later\nlater:", 1, 7, "later", "not defined above", "constant"),
    (".skip . - start\nstart:", 1, 11, "start", "not defined above", "constant"),
    ("start: j start\n.skip . - start", 2, 11, "start", "distance", "between"),
    (".if 1/0\n.endif", 1, 6, "/", "division by zero", "other than 0"),
    (".word 1 << 64", 1, 9, "<<", "shift by 64", "63"),
    (".word 0x1ffffffffffffffff", 1, 7, "0x1ffffffffffffffff", "too large", "64 bits"),
    (".word 09", 1, 7, "09", "octal", "0 to 7"),
    (".equ a, b\n.equ b, a\n.word a", 1, 9, "b", "defined by itself", "plain"),
    ("lui a0, 0x100000", 1, 9, "0x100000", "upper 20 bits", "0xfffff"),
    ("lui a0, %hi(far)\nfar:", 1, 9, "%hi", "out of reach", "la rd"),
    ("lui a0, %lo(far)\nfar:", 1, 9, "%lo", "not an operand of lui", "addi"),
    ("addi a0, a0, %hi(5)", 1, 14, "%hi", "not an operand of addi", "lui"),
    ("addi a0, a0, %pcrel_lo(x)\nx: nop", 1, 14, "%pcrel_lo", "no %pcrel_hi", "label"),
    ("addi a0, a0, %pcrel_lo(1+2)", 1, 14, "%pcrel_lo", "takes a label", "label"),
    ("addi a0, a0, %tprel_lo(x)", 1, 14, "%tprel_lo", "no such function", "%pcrel_hi"),
    ("li a0, there\nthere:", 1, 8, "there", "not defined above", "constant"),
    ("there: li a0, there", 1, 15, "there", "address", "constant"),
    ("li a0", 1, 1, "li", "operands", "li rd, imm"),
    ("j a0", 1, 3, "a0", "operands do not fit j", "j imm"),
    ("c.lw t6, 0(a0)", 1, 6, "t6", "not a register that c.lw", "s0 s1 a0"),
    ("c.addi16sp sp, 8", 1, 16, "8", "does not fit", "steps of 16"),
    ("c.addi16sp sp, 0", 1, 16, "0", "does not fit", "not 0"),
    ("fence rx, w", 1, 7, "rx", "not a set of accesses", "iorw"),
    ("lr.w a0, 4(a1)", 1, 1, "lr.w", "operands do not fit", "(rs1)"),
    ("addi a0, a1, 1 2", 1, 16, "2", "more than", "end"),
    ("a0: nop", 1, 1, "a0", "register", "another name"),
    (".word a0", 1, 7, "a0", "register", "symbol"),
    ("5 = 6", 1, 1, "5", "not a statement", "label"),
    ("/* open", 1, 1, "/*", "without an end", "*/"),
    ('.include "x.S"', 1, 10, '"x.S"', "no such file", "none"),
    ('.error "too big"', 1, 1, ".error", "too big", "source"),
    (".byte " + "(" * 200 + "1", 1, 108, "(", "nested too deep", "100"),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case[0][:30])
def test_an_error_names_place_word_and_what_is_allowed(case: tuple) -> None:
    source, line, column, token, problem, allowed = case
    with pytest.raises(AssemblyError) as caught:
        assemble(source, name="kernel.S")
    error = caught.value
    assert (error.line, error.column, error.token) == (line, column, token), str(error)
    assert problem in error.problem, str(error)
    assert allowed in error.allowed, str(error)
    assert str(error).startswith(f"kernel.S:{line}:{column}: ")


def test_a_branch_out_of_reach_is_named() -> None:
    with pytest.raises(AssemblyError, match=r"l: 2097152 does not fit jal|'l': 2097156"):
        assemble("j l\n.skip 1 << 21\nl: nop")


def test_an_error_inside_a_macro_tells_the_call() -> None:
    with pytest.raises(
        AssemblyError, match=r"in macro twice, called from <source> line 4"
    ) as caught:
        assemble(".macro twice r\n add \\r, \\r, 5000\n.endm\n twice a0")
    assert caught.value.line == 2
    assert caught.value.location.text.strip() == "add a0, a0, 5000"


def test_included_files_and_defines() -> None:
    program = assemble(
        '.include "lib.S"\n.byte N, twice', defines={"N": 3}, includes={"lib.S": "twice = 2 * N"}
    )
    assert program.image()[1] == bytes([3, 6])
    with pytest.raises(AssemblyError, match=r"lib.S:1:1: 'oops'"):
        assemble('.include "lib.S"', includes={"lib.S": "oops"})


def test_sections_go_each_kind_to_its_own_page() -> None:
    program = assemble(
        ".data\nd: .word 1\n.bss\nb: .skip 9\n.text\nt: nop\n.section .rodata\nr: .word 2",
        origin=0x1000,
    )
    symbols = program.symbols
    assert (symbols["t"], symbols["r"], symbols["d"], symbols["b"]) == (
        0x1000,
        0x2000,
        0x3000,
        0x4000,
    )
    base, memory = program.image()
    assert base == 0x1000
    assert len(memory) == 0x3009
    assert memory[0x1000] == 2


def test_sections_may_be_placed_and_must_not_overlap() -> None:
    source = ".text\nnop\n.data\nd: .word 1"
    assert assemble(source, addresses={".data": 0x9000_0000}).symbols["d"] == 0x9000_0000
    with pytest.raises(AssemblyError, match="lies over"):
        assemble(source, addresses={".data": 0x8000_0000})


def test_the_listing_shows_address_bytes_and_source() -> None:
    listing = assemble('_start: li a0, 0x12345\n .ascii "0123456789"').listing()
    assert listing.splitlines() == [
        "        80000000  4965 1b05 5534        _start: li a0, 0x12345",
        '        80000006  3031 3233 3435 3637   .ascii "0123456789"',
        "        8000000e  3839",
    ]


def test_the_elf_file_reads_back() -> None:
    program = assemble(
        ".globl _start\n nop\n_start: la a0, data\n.equ K, -1\n.data\ndata: .word 7\n.bss\n.skip 64"
    )
    elf = ELFFile(io.BytesIO(program.elf()))
    assert elf["e_entry"] == program.symbols["_start"] == program.entry
    segments = [s for s in elf.iter_segments() if s["p_type"] == "PT_LOAD"]
    loaded = [(s["p_vaddr"], s.data(), s["p_memsz"]) for s in segments]
    assert loaded == [(s.address, s.data, s.size) for s in program.sections]
    assert all((s["p_offset"] - s["p_vaddr"]) % s["p_align"] == 0 for s in segments)
    table = elf.get_section_by_name(".symtab")
    values = {s.name: (s["st_value"], s["st_info"]["bind"]) for s in table.iter_symbols() if s.name}
    assert values["_start"] == (program.entry, "STB_GLOBAL")
    assert values["data"] == (program.symbols["data"], "STB_LOCAL")
    assert values["K"] == ((1 << 64) - 1, "STB_LOCAL")
    assert table["sh_info"] == 1 + sum(bind == "STB_LOCAL" for _, bind in values.values())


def test_a_program_without_anything() -> None:
    program = assemble("# nothing")
    assert program.image() == (0x8000_0000, b"")
    assert ELFFile(io.BytesIO(program.elf())).num_segments() == 0


TEXT = r"""
addi a0 , a1 ( ) 1 -1 0x7ff x: 1: 1f 1b .word .if .endif .rept .endr .macro m .endm \a " # ;
lui %hi %pcrel_lo . .. = == << / .equ .skip .align .section .bss .text li la beqz j c.j sp
/* */ 'a' "s" .ascii .option rvc norvc call lw sd fence csrr satp amoadd.w.aq + - ~
"""


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from([*TEXT.split(), "\n", "\n"]), max_size=30))
def test_any_words_give_a_program_or_an_assembly_error(words: list[str]) -> None:
    try:
        program = assemble(" ".join(words))
    except AssemblyError:
        return
    assert program.elf()
