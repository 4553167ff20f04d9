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
    la   sp, stack_top          # a comment
    li   a0, COUNT * (2 + 3) << 1
1:  addi a0, a0, -1
    twice addi, a1
    bnez a0, 1b
    lw   a2, %lo(value)(a3)
    lui  a3, %hi(value)
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
      .insn r 0x33, 0, 0, a0, a1, a2
      .org 0x200
""",
)
OTHER = "other: mv a0, a1\n"
_WORD = re.compile(r"[\w.$%]+|[^\w\s]|\s+")
_STRANGE = ("a0", "x99", "1f", "9b", "(", ")", ",", '"', "'", "\\", "%hi(", "-", "0x", "1 << 70")
_STRANGE += (".macro m", ".endm", ".if 1", ".endif", ".else", ".rept 2", ".endr", ".include", "/*")
_STRANGE += ("1/0", "undefined", "Ω", "\x00", "1e9", "-5000000000", ".org 0", ".zero -1", "=", ":")
_STRANGE += (".rept 1000000000", ".zero 1 << 40", ".align 60", '"\\q"', ".section", ".word", "~")


class Source:
    """Words of two sources, put wrongly together, through `assemble`."""

    name = "assembly source"
    modules = (
        *(assembler.assembler, compress, constants, directives, encoding, expressions, forms),
        *(layout, lexer, macros, operands),
    )
    errors = (AssemblyError,)
    unreached: dict[str, str] = {}  # noqa: RUF012

    def __init__(self) -> None:
        self.words = [_WORD.findall(source) for source in SOURCES]
        self.lines = [line for source in SOURCES for line in source.splitlines() if line.strip()]

    def case(self, rng: random.Random) -> str:
        words = list(rng.choice(self.words))
        if rng.random() < 0.3:  # lines of both
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
