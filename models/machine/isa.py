"""The instruction table: RV64GC, Zicsr, Zifencei, privileged instructions, hypervisor's.

Each instruction stands here once: its encoding (drawn as in the specification, see `encoding`),
its operands in assembly order, what it computes, and one line for the reader. Decoder, every
execution tier, assembler, disassembler, reference page and audit are made from this table.

**Semantics** are one Python expression, parsed by `ast` (see `semantics`), over

====  ==========================================================================================
name  value
====  ==========================================================================================
a, b  registers rs1 and rs2, signed 64-bit
i     the immediate
pc    the address of the instruction, signed 64-bit
m     what memory held (load, amo) or the CSR held (csr), sign-extended to 64 bits
====  ==========================================================================================

with ``+ - * & | ^ ~ << >>``, one comparison, ``x if condition else y``, the conversions
``s8 u8 s16 u16 s32 u32 s64 u64`` and the helpers ``mulh mulhu mulhsu div divu rem remu``. What
the value is depends on the kind:

======  ========================================================================================
kind    the expression gives
======  ========================================================================================
alu     the new rd
load    the new rd, from m, the memory at s64(a + i)
hload   the new rd, from m, a guest's memory at a
hstore  what is written to a guest's memory at a
store   what is written to memory at s64(a + i)
branch  whether the branch to pc + i is taken
jal     the target; rd becomes the next instruction's address
jalr    the target; rd becomes the next instruction's address
lr, sc  the new rd, and what is written, at address a
amo     what is written to memory at address a; rd becomes m
csr     what is written to the CSR; rd becomes m
fence   (an action: the name of a method of the hart)
system  (an action: the name of a method of the hart)
======  ========================================================================================

A compressed instruction is written as the instruction that it abbreviates.

Source: The RISC-V Instruction Set Manual, volume I (20191213) and volume II (20211203).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from models.machine import isa_float
from models.machine.encoding import Field, parse


@dataclass(frozen=True)
class Instruction:
    """One row of the table.

    Attributes
    ----------
    name, extension, format, kind
        As in the specification; `kind` says how `semantics` is to be read.
    mask, match
        ``word & mask == match`` for each word of this instruction.
    bits
        Length of the encoding: 16 or 32.
    operands
        In assembly order, for example ``("rd", "imm(rs1)")``.
    semantics
        One expression, or an action's name; for a compressed one the instruction it stands for.
    privilege
        Least mode: 0 user, 1 supervisor, 3 machine (CSRs carry their own).
    summary
        One line for the reader.
    pattern
        The drawing of the encoding.
    """

    name: str
    extension: str
    format: str
    kind: str
    mask: int
    match: int
    bits: int
    operands: tuple[str, ...]
    semantics: str
    privilege: int
    summary: str
    pattern: str

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Where each operand's bits lie."""
        return parse(self.pattern).fields

    @property
    def width(self) -> int:
        """Bytes that a load, store or atomic moves: its funct3 holds the logarithm.

        A hypervisor's load or store has it in funct7.
        """
        return 1 << (self.match >> (26 if self.kind in ("hload", "hstore") else 12) & 3)

    @property
    def compressed(self) -> bool:
        """Whether it is 16 bits long and stands for a longer one."""
        return self.bits == 16


INSTRUCTIONS: tuple[Instruction, ...] = ()


def _table(extension: str, form: str, kind: str, operands: str, rows: str, least: int = 0) -> None:
    """Add rows of one format and kind: name, pattern, semantics, summary, two blanks between."""
    global INSTRUCTIONS
    for row in rows.strip().splitlines():
        name, drawing, semantics, summary = re.split(" {2,}", row)
        pattern = parse(drawing)
        INSTRUCTIONS += (
            Instruction(
                name,
                extension,
                form,
                kind,
                pattern.mask,
                pattern.match,
                pattern.bits,
                tuple(operands.split(", ")) if operands else (),
                semantics,
                least,
                summary,
                drawing,
            ),
        )


# ---------------------------------------------------------------- RV64I: integer computation
_table("I", "U", "alu", "rd, imm", """
lui    imm[31:12] rd 0110111  i            Upper immediate.
auipc  imm[31:12] rd 0010111  s64(pc + i)  Upper immediate plus pc.
""")  # fmt: skip
_table("I", "I", "alu", "rd, rs1, imm", """
addi   imm[11:0] rs1 000 rd 0010011  s64(a + i)       Add immediate.
slti   imm[11:0] rs1 010 rd 0010011  a < i            Set if less, signed.
sltiu  imm[11:0] rs1 011 rd 0010011  u64(a) < u64(i)  Set if less, unsigned.
xori   imm[11:0] rs1 100 rd 0010011  a ^ i            Exclusive or.
ori    imm[11:0] rs1 110 rd 0010011  a | i            Or.
andi   imm[11:0] rs1 111 rd 0010011  a & i            And.
addiw  imm[11:0] rs1 000 rd 0011011  s32(a + i)       Add, 32 bits.
""")  # fmt: skip
_table("I", "I", "alu", "rd, rs1, uimm", """
slli   000000 uimm[5:0] rs1 001 rd 0010011   s64(a << i)       Shift left.
srli   000000 uimm[5:0] rs1 101 rd 0010011   s64(u64(a) >> i)  Shift right, logical.
srai   010000 uimm[5:0] rs1 101 rd 0010011   a >> i            Shift right, arithmetic.
slliw  0000000 uimm[4:0] rs1 001 rd 0011011  s32(a << i)       Shift left, 32 bits.
srliw  0000000 uimm[4:0] rs1 101 rd 0011011  s32(u32(a) >> i)  Logical right, 32 bits.
sraiw  0100000 uimm[4:0] rs1 101 rd 0011011  s32(a) >> i       Arithmetic right, 32 bits.
""")  # fmt: skip
_table("I", "R", "alu", "rd, rs1, rs2", """
add   0000000 rs2 rs1 000 rd 0110011  s64(a + b)               Add.
sub   0100000 rs2 rs1 000 rd 0110011  s64(a - b)               Subtract.
sll   0000000 rs2 rs1 001 rd 0110011  s64(a << (b & 63))       Shift left.
slt   0000000 rs2 rs1 010 rd 0110011  a < b                    Set if less, signed.
sltu  0000000 rs2 rs1 011 rd 0110011  u64(a) < u64(b)          Set if less, unsigned.
xor   0000000 rs2 rs1 100 rd 0110011  a ^ b                    Exclusive or.
srl   0000000 rs2 rs1 101 rd 0110011  s64(u64(a) >> (b & 63))  Shift right, logical.
sra   0100000 rs2 rs1 101 rd 0110011  a >> (b & 63)            Shift right, arithmetic.
or    0000000 rs2 rs1 110 rd 0110011  a | b                    Or.
and   0000000 rs2 rs1 111 rd 0110011  a & b                    And.
addw  0000000 rs2 rs1 000 rd 0111011  s32(a + b)               Add, 32 bits.
subw  0100000 rs2 rs1 000 rd 0111011  s32(a - b)               Subtract, 32 bits.
sllw  0000000 rs2 rs1 001 rd 0111011  s32(a << (b & 31))       Shift left, 32 bits.
srlw  0000000 rs2 rs1 101 rd 0111011  s32(u32(a) >> (b & 31))  Logical right, 32 bits.
sraw  0100000 rs2 rs1 101 rd 0111011  s32(a) >> (b & 31)       Arithmetic right, 32 bits.
""")  # fmt: skip

# ---------------------------------------------------------------- RV64I: memory
_table("I", "I", "load", "rd, imm(rs1)", """
lb   imm[11:0] rs1 000 rd 0000011  s8(m)   Load byte.
lh   imm[11:0] rs1 001 rd 0000011  s16(m)  Load half word.
lw   imm[11:0] rs1 010 rd 0000011  s32(m)  Load word.
ld   imm[11:0] rs1 011 rd 0000011  m       Load double word.
lbu  imm[11:0] rs1 100 rd 0000011  u8(m)   Load byte, unsigned.
lhu  imm[11:0] rs1 101 rd 0000011  u16(m)  Load half word, unsigned.
lwu  imm[11:0] rs1 110 rd 0000011  u32(m)  Load word, unsigned.
""")  # fmt: skip
_table("I", "S", "store", "rs2, imm(rs1)", """
sb  imm[11:5] rs2 rs1 000 imm[4:0] 0100011  b  Store byte.
sh  imm[11:5] rs2 rs1 001 imm[4:0] 0100011  b  Store half word.
sw  imm[11:5] rs2 rs1 010 imm[4:0] 0100011  b  Store word.
sd  imm[11:5] rs2 rs1 011 imm[4:0] 0100011  b  Store double word.
""")  # fmt: skip

# ---------------------------------------------------------------- RV64I: control
_table("I", "B", "branch", "rs1, rs2, imm", """
beq   imm[12,10:5] rs2 rs1 000 imm[4:1,11] 1100011  a == b            Branch if equal.
bne   imm[12,10:5] rs2 rs1 001 imm[4:1,11] 1100011  a != b            Branch if not equal.
blt   imm[12,10:5] rs2 rs1 100 imm[4:1,11] 1100011  a < b             Branch if less, signed.
bge   imm[12,10:5] rs2 rs1 101 imm[4:1,11] 1100011  a >= b            Branch if not less, signed.
bltu  imm[12,10:5] rs2 rs1 110 imm[4:1,11] 1100011  u64(a) < u64(b)   Branch if less, unsigned.
bgeu  imm[12,10:5] rs2 rs1 111 imm[4:1,11] 1100011  u64(a) >= u64(b)  Branch if not less, unsigned.
""")  # fmt: skip
_table("I", "J", "jal", "rd, imm", """
jal  imm[20,10:1,11,19:12] rd 1101111  s64(pc + i)  Jump and link.
""")  # fmt: skip
_table("I", "I", "jalr", "rd, imm(rs1)", """
jalr  imm[11:0] rs1 000 rd 1100111  s64(a + i) & -2  Jump to register and link.
""")  # fmt: skip
_table("I", "I", "fence", "", """
fence.tso  1000 0011 0011 ----- 000 ----- 0001111  fence  Order memory, total store order.
""")  # fmt: skip
_table("I", "I", "fence", "pred, succ", """
fence  fm pred succ ----- 000 ----- 0001111  fence  Order memory and I/O accesses.
""")  # fmt: skip
_table("Zifencei", "I", "fence", "", """
fence.i  ------------ ----- 001 ----- 0001111  fence_i  Fetch what was stored.
""")  # fmt: skip
_table("I", "I", "system", "", """
ecall   000000000000 00000 000 00000 1110011  ecall   Call the environment.
ebreak  000000000001 00000 000 00000 1110011  ebreak  Breakpoint.
""")  # fmt: skip

# ---------------------------------------------------------------- M: multiply and divide
_table("M", "R", "alu", "rd, rs1, rs2", """
mul     0000001 rs2 rs1 000 rd 0110011  s64(a * b)                 Multiply, low half.
mulh    0000001 rs2 rs1 001 rd 0110011  mulh(a, b)                 High half, signed.
mulhsu  0000001 rs2 rs1 010 rd 0110011  mulhsu(a, b)               High half, signed by unsigned.
mulhu   0000001 rs2 rs1 011 rd 0110011  mulhu(a, b)                High half, unsigned.
div     0000001 rs2 rs1 100 rd 0110011  div(a, b)                  Divide, signed.
divu    0000001 rs2 rs1 101 rd 0110011  divu(a, b)                 Divide, unsigned.
rem     0000001 rs2 rs1 110 rd 0110011  rem(a, b)                  Remainder, signed.
remu    0000001 rs2 rs1 111 rd 0110011  remu(a, b)                 Remainder, unsigned.
mulw    0000001 rs2 rs1 000 rd 0111011  s32(a * b)                 Multiply, 32 bits.
divw    0000001 rs2 rs1 100 rd 0111011  s32(div(s32(a), s32(b)))   Divide, 32 bits, signed.
divuw   0000001 rs2 rs1 101 rd 0111011  s32(divu(u32(a), u32(b)))  Divide, 32 bits, unsigned.
remw    0000001 rs2 rs1 110 rd 0111011  s32(rem(s32(a), s32(b)))   Remainder, 32 bits, signed.
remuw   0000001 rs2 rs1 111 rd 0111011  s32(remu(u32(a), u32(b)))  Remainder, 32 bits, unsigned.
""")  # fmt: skip

# ---------------------------------------------------------------- A: atomics
_table("A", "R", "lr", "rd, (rs1)", """
lr.w  00010 aq rl 00000 rs1 010 rd 0101111  m  Load word and reserve.
lr.d  00010 aq rl 00000 rs1 011 rd 0101111  m  Load double word and reserve.
""")  # fmt: skip
_table("A", "R", "sc", "rd, rs2, (rs1)", """
sc.w  00011 aq rl rs2 rs1 010 rd 0101111  b  Store word if still reserved.
sc.d  00011 aq rl rs2 rs1 011 rd 0101111  b  Store double if still reserved.
""")  # fmt: skip
_table("A", "R", "amo", "rd, rs2, (rs1)", """
amoswap.w  00001 aq rl rs2 rs1 010 rd 0101111  b                            Swap.
amoadd.w   00000 aq rl rs2 rs1 010 rd 0101111  s32(m + b)                   Add.
amoxor.w   00100 aq rl rs2 rs1 010 rd 0101111  m ^ b                        Exclusive or.
amoand.w   01100 aq rl rs2 rs1 010 rd 0101111  m & b                        And.
amoor.w    01000 aq rl rs2 rs1 010 rd 0101111  m | b                        Or.
amomin.w   10000 aq rl rs2 rs1 010 rd 0101111  m if m < s32(b) else b       Least, signed.
amomax.w   10100 aq rl rs2 rs1 010 rd 0101111  m if m > s32(b) else b       Greatest, signed.
amominu.w  11000 aq rl rs2 rs1 010 rd 0101111  m if u32(m) < u32(b) else b  Least, unsigned.
amomaxu.w  11100 aq rl rs2 rs1 010 rd 0101111  m if u32(m) > u32(b) else b  Greatest, unsigned.
amoswap.d  00001 aq rl rs2 rs1 011 rd 0101111  b                            Swap.
amoadd.d   00000 aq rl rs2 rs1 011 rd 0101111  s64(m + b)                   Add.
amoxor.d   00100 aq rl rs2 rs1 011 rd 0101111  m ^ b                        Exclusive or.
amoand.d   01100 aq rl rs2 rs1 011 rd 0101111  m & b                        And.
amoor.d    01000 aq rl rs2 rs1 011 rd 0101111  m | b                        Or.
amomin.d   10000 aq rl rs2 rs1 011 rd 0101111  m if m < b else b            Least, signed.
amomax.d   10100 aq rl rs2 rs1 011 rd 0101111  m if m > b else b            Greatest, signed.
amominu.d  11000 aq rl rs2 rs1 011 rd 0101111  m if u64(m) < u64(b) else b  Least, unsigned.
amomaxu.d  11100 aq rl rs2 rs1 011 rd 0101111  m if u64(m) > u64(b) else b  Greatest, unsigned.
""")  # fmt: skip

# ---------------------------------------------------------------- Zicsr
_table("Zicsr", "I", "csr", "rd, csr, rs1", """
csrrw  csr rs1 001 rd 1110011  a       Swap a CSR with a register.
csrrs  csr rs1 010 rd 1110011  m | a   Read a CSR, set bits.
csrrc  csr rs1 011 rd 1110011  m & ~a  Read a CSR, clear bits.
""")  # fmt: skip
_table("Zicsr", "I", "csr", "rd, csr, uimm", """
csrrwi  csr uimm[4:0] 101 rd 1110011  i       Swap a CSR with an immediate.
csrrsi  csr uimm[4:0] 110 rd 1110011  m | i   Read a CSR, set bits.
csrrci  csr uimm[4:0] 111 rd 1110011  m & ~i  Read a CSR, clear bits.
""")  # fmt: skip

# ---------------------------------------------------------------- Privileged
_table("Privileged", "R", "system", "", least=1, rows="""
sret  0001000 00010 00000 000 00000 1110011  sret  Return from a supervisor trap.
wfi   0001000 00101 00000 000 00000 1110011  wfi   Wait for an interrupt.
""")  # fmt: skip
_table("Privileged", "R", "system", "", least=3, rows="""
mret  0011000 00010 00000 000 00000 1110011  mret  Return from a machine trap.
""")  # fmt: skip
_table("Privileged", "R", "system", "rs1, rs2", least=1, rows="""
sfence.vma  0001001 rs2 rs1 000 00000 1110011  sfence_vma  Drop cached translations.
""")  # fmt: skip

# ---------------------------------------------------------------- H: hypervisor
_table("H", "R", "hload", "rd, (rs1)", """
hlv.b    0110000 00000 rs1 100 rd 1110011  s8(m)   Load a guest's byte.
hlv.bu   0110000 00001 rs1 100 rd 1110011  u8(m)   Load a guest's byte, unsigned.
hlv.h    0110010 00000 rs1 100 rd 1110011  s16(m)  Load a guest's half word.
hlv.hu   0110010 00001 rs1 100 rd 1110011  u16(m)  Load a guest's half word, unsigned.
hlv.w    0110100 00000 rs1 100 rd 1110011  s32(m)  Load a guest's word.
hlv.wu   0110100 00001 rs1 100 rd 1110011  u32(m)  Load a guest's word, unsigned.
hlv.d    0110110 00000 rs1 100 rd 1110011  m       Load a guest's double word.
hlvx.hu  0110010 00011 rs1 100 rd 1110011  u16(m)  Load half a word of a guest's code.
hlvx.wu  0110100 00011 rs1 100 rd 1110011  u32(m)  Load a word of a guest's code.
""")  # fmt: skip
_table("H", "R", "hstore", "rs2, (rs1)", """
hsv.b  0110001 rs2 rs1 100 00000 1110011  b  Store a guest's byte.
hsv.h  0110011 rs2 rs1 100 00000 1110011  b  Store a guest's half word.
hsv.w  0110101 rs2 rs1 100 00000 1110011  b  Store a guest's word.
hsv.d  0110111 rs2 rs1 100 00000 1110011  b  Store a guest's double word.
""")  # fmt: skip
_table("H", "R", "system", "rs1, rs2", least=1, rows="""
hfence.vvma  0010001 rs2 rs1 000 00000 1110011  hfence_vvma  Drop a guest's own translations.
hfence.gvma  0110001 rs2 rs1 000 00000 1110011  hfence_gvma  Drop second-stage translations.
""")  # fmt: skip

# ---------------------------------------------------------------- C: compressed, quadrant 0
_table("C", "CIW", "alu", "rd', x2, uimm", """
c.addi4spn  000 uimm[5:4,9:6,2,3] rd' 00 uimm!=0  addi rd', x2, uimm  Address in the stack frame.
""")  # fmt: skip
_table("C", "CL", "load", "rd', uimm(rs1')", """
c.lw  010 uimm[5:3] rs1' uimm[2,6] rd' 00  lw rd', uimm(rs1')  Load word.
c.ld  011 uimm[5:3] rs1' uimm[7:6] rd' 00  ld rd', uimm(rs1')  Load double word.
""")  # fmt: skip
_table("C", "CS", "store", "rs2', uimm(rs1')", """
c.sw  110 uimm[5:3] rs1' uimm[2,6] rs2' 00  sw rs2', uimm(rs1')  Store word.
c.sd  111 uimm[5:3] rs1' uimm[7:6] rs2' 00  sd rs2', uimm(rs1')  Store double word.
""")  # fmt: skip

# ---------------------------------------------------------------- C: compressed, quadrant 1
_table("C", "CI", "alu", "", """
c.nop  000 0 00000 00000 01  addi x0, x0, 0  Do nothing.
""")  # fmt: skip
_table("C", "CI", "alu", "rd, imm", """
c.addi   000 imm[5] rd imm[4:0] 01                  addi rd, rd, imm   Add immediate.
c.addiw  001 imm[5] rd imm[4:0] 01 rd!=0            addiw rd, rd, imm  Add immediate, 32 bits.
c.li     010 imm[5] rd imm[4:0] 01                  addi rd, x0, imm   Load immediate.
c.lui    011 imm[17] rd imm[16:12] 01 rd!=2 imm!=0  lui rd, imm        Upper immediate.
""")  # fmt: skip
_table("C", "CI", "alu", "x2, imm", """
c.addi16sp  011 imm[9] 00010 imm[4,6,8:7,5] 01 imm!=0  addi x2, x2, imm  Move the stack pointer.
""")  # fmt: skip
_table("C", "CB", "alu", "rd', uimm", """
c.srli  100 uimm[5] 00 rd' uimm[4:0] 01  srli rd', rd', uimm  Shift right, logical.
c.srai  100 uimm[5] 01 rd' uimm[4:0] 01  srai rd', rd', uimm  Shift right, arithmetic.
""")  # fmt: skip
_table("C", "CB", "alu", "rd', imm", """
c.andi  100 imm[5] 10 rd' imm[4:0] 01  andi rd', rd', imm  And immediate.
""")  # fmt: skip
_table("C", "CA", "alu", "rd', rs2'", """
c.sub   100 0 11 rd' 00 rs2' 01  sub rd', rd', rs2'   Subtract.
c.xor   100 0 11 rd' 01 rs2' 01  xor rd', rd', rs2'   Exclusive or.
c.or    100 0 11 rd' 10 rs2' 01  or rd', rd', rs2'    Or.
c.and   100 0 11 rd' 11 rs2' 01  and rd', rd', rs2'   And.
c.subw  100 1 11 rd' 00 rs2' 01  subw rd', rd', rs2'  Subtract, 32 bits.
c.addw  100 1 11 rd' 01 rs2' 01  addw rd', rd', rs2'  Add, 32 bits.
""")  # fmt: skip
_table("C", "CJ", "jal", "imm", """
c.j  101 imm[11,4,9:8,10,6,7,3:1,5] 01  jal x0, imm  Jump.
""")  # fmt: skip
_table("C", "CB", "branch", "rs1', imm", """
c.beqz  110 imm[8,4:3] rs1' imm[7:6,2:1,5] 01  beq rs1', x0, imm  Branch if zero.
c.bnez  111 imm[8,4:3] rs1' imm[7:6,2:1,5] 01  bne rs1', x0, imm  Branch if not zero.
""")  # fmt: skip

# ---------------------------------------------------------------- C: compressed, quadrant 2
_table("C", "CI", "alu", "rd, uimm", """
c.slli  000 uimm[5] rd uimm[4:0] 10  slli rd, rd, uimm  Shift left.
""")  # fmt: skip
_table("C", "CI", "load", "rd, uimm(x2)", """
c.lwsp  010 uimm[5] rd uimm[4:2,7:6] 10 rd!=0  lw rd, uimm(x2)  Load word from the stack.
c.ldsp  011 uimm[5] rd uimm[4:3,8:6] 10 rd!=0  ld rd, uimm(x2)  Load double from the stack.
""")  # fmt: skip
_table("C", "CR", "jalr", "rs1", """
c.jr    100 0 rs1 00000 10 rs1!=0  jalr x0, 0(rs1)  Jump to register.
c.jalr  100 1 rs1 00000 10 rs1!=0  jalr x1, 0(rs1)  Call through register.
""")  # fmt: skip
_table("C", "CR", "alu", "rd, rs2", """
c.mv   100 0 rd rs2 10 rs2!=0  add rd, x0, rs2  Copy a register.
c.add  100 1 rd rs2 10 rs2!=0  add rd, rd, rs2  Add.
""")  # fmt: skip
_table("C", "CR", "system", "", """
c.ebreak  100 1 00000 00000 10  ebreak  Breakpoint.
""")  # fmt: skip
_table("C", "CSS", "store", "rs2, uimm(x2)", """
c.swsp  110 uimm[5:2,7:6] rs2 10  sw rs2, uimm(x2)  Store word to the stack.
c.sdsp  111 uimm[5:3,8:6] rs2 10  sd rs2, uimm(x2)  Store double to the stack.
""")  # fmt: skip

for _piece in isa_float.tables():  # F and D have semantics of their own, told there
    _table(*_piece)

BY_NAME: dict[str, Instruction] = {row.name: row for row in INSTRUCTIONS}


def operand_names(operands: tuple[str, ...]) -> list[str]:
    """Take ``("rd", "imm(rs1)")`` apart into ``["rd", "imm", "rs1"]``."""
    return [name for operand in operands for name in re.findall(r"-?[\w']+", operand)]
