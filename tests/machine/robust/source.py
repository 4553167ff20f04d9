"""Assembly source."""

from __future__ import annotations

import random
import re

from models.machine import assembler
from models.machine.assembler import (
    AssemblyError,
    assemble,
    compress,
    constants,
    directives,
    encoding,
    expressions,
    forms,
    layout,
    lexer,
    macros,
    operands,
)
from models.machine.assembler.errors import Location

SOURCES = (
    """
.equ COUNT, 10
.macro twice op, reg=a0
    \\op \\reg, \\reg, 1
    \\op \\reg, \\reg, 1
.endm
.globl _start
_start:
    la   sp, helper          # a comment
    li   a0, COUNT * (2 + 3) << 1
1:  addi a0, a0, -1
    twice addi, a1
    bnez a0, 1b
    lw   a2, %lo(COUNT)(a3)
    lui  a3, %hi(COUNT)
    csrrw t0, mstatus, t1
    amoadd.w.aqrl a0, a1, (a2)
    call helper
    j    2f
helper: ret
2:  ecall
""",
    """
.section .rodata, "a"
text: .ascii "abc\\n", "\\x41\\101"
      .asciz "end"
      .byte 1, 'a', 0xff
      .half 2
      .word 3, text, . - text
      .dword -1, 1 << 63
.data
.balign 16
.if COUNT > 3 && !0
      .zero 8
.else
      .space 4, 0xee
.endif
.rept 3
      .word 7
.endr
.irp reg, a0, a1
      .byte 1
.endr
.bss
room: .skip 32
.text
.option push
.option norvc
      add a0, a0, a1
.option pop
      c.addi a0, 4
      fence rw, rw
      sfence.vma a0, a1
      tail text
      .align 3
      .include "other.S"
      .set later, 3 ; nop /* two
      lines */
      .p2align 2
      beqz a0, later_label
later_label: unimp
      jalr ra, 4(a0)
      li a5, 0x123456789abcdef0
""",
)
OTHER = "other: mv a0, a1\n"
_WORD = re.compile(r"[\w.$%]+|[^\w\s]|\s+")
_STRANGE = ("a0", "x99", "1f", "9b", "(", ")", ",", "%hi(", "-", "1 << 70", "undefined", "1/0")
_STRANGE += (".macro m", ".endm", ".if 1", ".endif", ".else", ".rept 2", ".endr", ".include")
_STRANGE += ("-5000000000", ".org 0", ".zero -1", "=", ":", ".align 60", ".section", ".word", "~")
_STRANGE += ('"', "/*", "Ω")
#: Statements each wrong in one way of its own, for the branches that chance seldom finds.
WRONG = (
    *("li a0, text", "li a0, 1 << 70", "lui a0, 0x100000", "c.add x8, x0", "c.lw a0, 4(t0)"),
    *("beq a0, a1, 0x90000000", "j 0x90000001", "lw a0, %lo(nowhere)(a1)", "fence q, rw"),
    *("fence rwi, 0x99", "csrrw a0, 0x1000, a1", "csrrw a0, nosuch, a1", ".byte 300, -200"),
    *("lw a0, %pcrel_lo(1b)(a0)", "lw a0, %pcrel_lo(text)(a0)", "lw a0, %pcrel_lo(3)(a0)"),
    *("lw a0, %nosuch(text)(a0)", "beq a0, a1, %hi(text)", '.error "told"', ".error 3"),
    *(".popsection", '.section .x, "a", @strange', '.section .x, "q"', ".equ self, self + 1"),
    *(".equ one, two\n.equ two, one\n.word one", ".zero 1 << 33", ".if later\nlater:\n.endif"),
    *(".rept -1\n.endr", ".rept text\n.endr", ".ifdef 3\n.endif"),
    *(".macro need a\n.endm\nneed", ".include 3"),
    *(".macro two a, a\n.endm", ".macro one a\n.endm\none 1, 2, 3", ".if 1\n.else\n.else\n.endif"),
    *(".word " + "(" * 300 + "1" + ")" * 300, ".word 089", ".word 1/0", ".word 1 %  0"),
    *("3x: nop", ".word 5b", "amoadd.w a0, a1, 4(a2)", "addi a0, a1, 5000", "nosuch a0"),
    *('.include "missing.S"', "c.li a0, text"),
    *("gap: .zero 4\n.if . - gap > 3\n.endif", "sfence.vma 3", "jalr a0, a1, a2, a3"),
    *("mv a0", "la 3, text", "call 3", "tail", "ret a0", ".align text", ".balign 3", ".p2align 99"),
    *(".option nosuch", ".option pop", ".set", ".equ 3, 4", ".globl 3", ".org -4", ".text 3"),
    *("a0: nop", "0x5: nop", ".globl nowhere", ".bss\n.word 1", "li a0", "li 3, 4", "lw a0, 4(3)"),
    *(
        "li a0, %hi(text)",
        "lw a0, %hi(text)(a1)",
        ".rept 50000\n.endr",
        ".if 0\n.else\n.else\n.endif",
    ),
    *(".skip 1 << 26\n.skip 1 << 26", ".macro deep\ndeep\n.endm\ndeep"),
    *("beqz a0, nowhere", "lw a0, 4(a1", "add a0, a1 a2", ".ascii 3", '.asciz "\\q"', "1: 2: 9f"),
)


class Source:
    """Words of two sources, put wrongly together, through `assemble`."""

    name = "assembly source"
    modules = (
        *(assembler.assembler, compress, constants, directives, encoding, expressions, forms),
        *(layout, lexer, macros, operands),
    )
    errors = (AssemblyError,)
    unreached = {  # noqa: RUF012
        'symbol.token.error("not a constant", "numbers")': "only numbers are folded",
    }

    def __init__(self) -> None:
        self.words = [_WORD.findall(source) for source in SOURCES]
        self.lines = [line for source in SOURCES for line in source.splitlines() if line.strip()]

    def case(self, rng: random.Random) -> str:
        words = list(rng.choice(self.words))
        wrong = rng.random()
        if wrong < 0.35:  # one statement that is wrong in its own way, somewhere
            lines = rng.choice(SOURCES).splitlines()
            lines.insert(rng.randrange(len(lines)), rng.choice(WRONG))
            return "\n".join(lines if wrong < 0.15 else [rng.choice(WRONG), *lines[:1]])
        if wrong < 0.5:  # lines of both
            words = _WORD.findall("\n".join(rng.choices(self.lines, k=rng.randrange(1, 12))))
        for _ in range(rng.randrange(1, 4)):
            place = rng.randrange(len(words))
            kind = rng.randrange(5)
            if kind == 0:
                words[place] = rng.choice(rng.choice(self.words))
            elif kind == 1:
                words[place] = rng.choice(_STRANGE)
            elif kind == 2:
                words.insert(place, rng.choice(_STRANGE))
            elif kind == 3:
                del words[place]
            else:
                words[place:place] = words[place : place + rng.randrange(1, 8)]
            if not words:
                return ""
        return "".join(words)

    def passes(self, case: str) -> bool:
        try:
            for line in lexer.logical_lines(case, "case"):
                assert isinstance(line, Location)
                list(lexer.tokenize(line))
        except AssemblyError:
            return False
        return True

    def feed(self, case: str) -> None:
        assemble(case, includes={"other.S": OTHER}, defines={"COUNT": 4})
