"""The instruction table's part for floating point: F, D, and what C has for D.

Written once for both formats: ``{f}`` is the format's letter, ``{0}`` its two bits in the encoding.
Semantics are one Python expression over

=======  =======================================================================================
name     value
=======  =======================================================================================
x, y, z  registers fs1, fs2 and fs3 as bits of the format that the encoding names (bits 26:25)
raw      register fs1, or fs2 of a store, as it is: 64 bits
a        register rs1, signed 64-bit
m        what memory held
=======  =======================================================================================

with the methods of `softfloat.Arithmetic`, the conversions of `semantics`, and ``unbox``. Kinds:
``float`` gives the new fd or rd, ``fload`` the new fd, and ``fstore`` what is written to memory,
both at rs1 and the immediate. A single stands in the low half of its register with all ones above,
boxed in what a double calls a NaN; an operand that is not boxed counts as the canonical NaN.

`rm` is the rounding mode; 7 (dyn) takes that of frm, 5 and 6 are reserved. What is always exact has
one too, and no name for it in assembly language.

Source: The RISC-V Instruction Set Manual, volume I (20191213), chapters 11, 12 and 16.
"""

from __future__ import annotations

#: (format of the encoding, kind, operands, rows) of both formats
_BOTH = (
    ("R", "float", "fd, fs1, fs2, rm", """
fadd.{f}  00000{0} fs2 fs1 rm fd 1010011  add(x, y)           Add.
fsub.{f}  00001{0} fs2 fs1 rm fd 1010011  add(x, negated(y))  Subtract.
fmul.{f}  00010{0} fs2 fs1 rm fd 1010011  multiply(x, y)      Multiply.
fdiv.{f}  00011{0} fs2 fs1 rm fd 1010011  divide(x, y)        Divide.
"""),
    ("R", "float", "fd, fs1, rm", """
fsqrt.{f}  01011{0} 00000 fs1 rm fd 1010011  root(x)  Square root.
"""),
    ("R4", "float", "fd, fs1, fs2, fs3, rm", """
fmadd.{f}   fs3 {0} fs2 fs1 rm fd 1000011  fused(x, y, z)                    x * y + z.
fmsub.{f}   fs3 {0} fs2 fs1 rm fd 1000111  fused(x, y, negated(z))           x * y - z.
fnmsub.{f}  fs3 {0} fs2 fs1 rm fd 1001011  fused(negated(x), y, z)           z - x * y.
fnmadd.{f}  fs3 {0} fs2 fs1 rm fd 1001111  fused(negated(x), y, negated(z))  -(x * y) - z.
"""),
    ("R", "float", "fd, fs1, fs2", """
fsgnj.{f}   00100{0} fs2 fs1 000 fd 1010011  with_sign(x, y)           Take y's sign.
fsgnjn.{f}  00100{0} fs2 fs1 001 fd 1010011  with_sign(x, negated(y))  Take the other sign than y's.
fsgnjx.{f}  00100{0} fs2 fs1 010 fd 1010011  with_sign(x, x ^ y)       Multiply by y's sign.
fmin.{f}    00101{0} fs2 fs1 000 fd 1010011  minimum(x, y)             The lesser.
fmax.{f}    00101{0} fs2 fs1 001 fd 1010011  maximum(x, y)             The greater.
"""),
    ("R", "float", "rd, fs1, fs2", """
feq.{f}  10100{0} fs2 fs1 010 rd 1010011  equal(x, y)          Set if equal; a quiet NaN is quiet.
flt.{f}  10100{0} fs2 fs1 001 rd 1010011  less(x, y)           Set if less.
fle.{f}  10100{0} fs2 fs1 000 rd 1010011  less_or_equal(x, y)  Set if less or equal.
"""),
    ("R", "float", "rd, fs1", """
fclass.{f}  11100{0} 00000 fs1 001 rd 1010011  classified(x)  The bit of the number's class.
"""),
    ("R", "float", "rd, fs1, rm", """
fcvt.w.{f}   11000{0} 00000 fs1 rm rd 1010011  to_signed(x, 32)         To 32 bits, signed.
fcvt.wu.{f}  11000{0} 00001 fs1 rm rd 1010011  s32(to_unsigned(x, 32))  To 32 bits, unsigned.
fcvt.l.{f}   11000{0} 00010 fs1 rm rd 1010011  to_signed(x, 64)         To 64 bits, signed.
fcvt.lu.{f}  11000{0} 00011 fs1 rm rd 1010011  to_unsigned(x, 64)       To 64 bits, unsigned.
"""),
    ("R", "float", "fd, rs1, rm", """
fcvt.{f}.l   11010{0} 00010 rs1 rm fd 1010011  from_integer(a)       From 64 bits, signed.
fcvt.{f}.lu  11010{0} 00011 rs1 rm fd 1010011  from_integer(u64(a))  From 64 bits, unsigned.
"""),
)  # fmt: skip
#: (extension, format of the encoding, kind, operands, rows)
_ONE = (
    ("F", "R", "float", "fd, rs1, rm", """
fcvt.s.w   1101000 00000 rs1 rm fd 1010011  from_integer(s32(a))  From 32 bits, signed.
fcvt.s.wu  1101000 00001 rs1 rm fd 1010011  from_integer(u32(a))  From 32 bits, unsigned.
"""),
    ("D", "R", "float", "fd, rs1", """
fcvt.d.w   1101001 00000 rs1 rm fd 1010011  from_integer(s32(a))  From 32 bits, signed; exact.
fcvt.d.wu  1101001 00001 rs1 rm fd 1010011  from_integer(u32(a))  From 32 bits, unsigned; exact.
"""),
    ("F", "I", "fload", "fd, imm(rs1)", """
flw  imm[11:0] rs1 010 fd 0000111  m  Load a single.
"""),
    ("F", "S", "fstore", "fs2, imm(rs1)", """
fsw  imm[11:5] fs2 rs1 010 imm[4:0] 0100111  raw  Store a single.
"""),
    ("F", "R", "float", "rd, fs1", """
fmv.x.w  1110000 00000 fs1 000 rd 1010011  s32(raw)  Copy the low half's bits to an integer.
"""),
    ("F", "R", "float", "fd, rs1", """
fmv.w.x  1111000 00000 rs1 000 fd 1010011  u32(a)  Copy an integer's low half to a single's bits.
"""),
    ("D", "I", "fload", "fd, imm(rs1)", """
fld  imm[11:0] rs1 011 fd 0000111  m  Load a double.
"""),
    ("D", "S", "fstore", "fs2, imm(rs1)", """
fsd  imm[11:5] fs2 rs1 011 imm[4:0] 0100111  raw  Store a double.
"""),
    ("D", "R", "float", "rd, fs1", """
fmv.x.d  1110001 00000 fs1 000 rd 1010011  raw  Copy the bits to an integer.
"""),
    ("D", "R", "float", "fd, rs1", """
fmv.d.x  1111001 00000 rs1 000 fd 1010011  u64(a)  Copy an integer to a double's bits.
"""),
    ("D", "R", "float", "fd, fs1, rm", """
fcvt.s.d  0100000 00001 fs1 rm fd 1010011  from_double(raw)  From double to single.
"""),
    ("D", "R", "float", "fd, fs1", """
fcvt.d.s  0100001 00000 fs1 rm fd 1010011  from_single(unbox(raw))  From single to double; exact.
"""),
    ("D", "CL", "fload", "fd', uimm(rs1')", """
c.fld  001 uimm[5:3] rs1' uimm[7:6] fd' 00  fld fd', uimm(rs1')  Load a double.
"""),
    ("D", "CS", "fstore", "fs2', uimm(rs1')", """
c.fsd  101 uimm[5:3] rs1' uimm[7:6] fs2' 00  fsd fs2', uimm(rs1')  Store a double.
"""),
    ("D", "CI", "fload", "fd, uimm(x2)", """
c.fldsp  001 uimm[5] fd uimm[4:3,8:6] 10  fld fd, uimm(x2)  Load a double from the stack.
"""),
    ("D", "CSS", "fstore", "fs2, uimm(x2)", """
c.fsdsp  101 uimm[5:3,8:6] fs2 10  fsd fs2, uimm(x2)  Store a double to the stack.
"""),
)  # fmt: skip


def tables() -> list[tuple[str, str, str, str, str]]:
    """Return extension, format, kind, operands and rows of each piece."""
    pieces = [
        (extension, form, kind, operands, rows.format(bits, f=letter))
        for extension, letter, bits in (("F", "s", "00"), ("D", "d", "01"))
        for form, kind, operands, rows in _BOTH
    ]
    return [*pieces, *_ONE]
