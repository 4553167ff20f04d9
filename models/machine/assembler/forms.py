"""The forms in which an instruction may be written, and what each stands for.

A form is text: `beqz rs1, imm` stands for `beq rs1, x0, imm`. Words like `rd`, `rs1` and `imm` are
places that operands fill. The rows of the instruction table are forms of themselves; the pseudo
instructions below are those of the assembly programmer's manual, as GNU as expands them. `li`,
whose expansion depends on the number, is in `constants`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.machine.assembler.expressions import Number, Symbol
from models.machine.assembler.lexer import Token
from models.machine.assembler.operands import (
    FLOAT_PLACES,
    PLACES,
    REGISTERS,
    ROUNDING,
    Memory,
    Operand,
    Register,
    Value,
)
from models.machine.isa import BY_NAME, INSTRUCTIONS, Instruction, operand_names

_PSEUDO = """
nop                  addi x0, x0, 0
mv rd, rs1           addi rd, rs1, 0
move rd, rs1         addi rd, rs1, 0
not rd, rs1          xori rd, rs1, -1
neg rd, rs2          sub rd, x0, rs2
negw rd, rs2         subw rd, x0, rs2
sext.w rd, rs1       addiw rd, rs1, 0
zext.b rd, rs1       andi rd, rs1, 255
sext.b rd, rs1       slli rd, rs1, 56; srai rd, rd, 56
sext.h rd, rs1       slli rd, rs1, 48; srai rd, rd, 48
zext.h rd, rs1       slli rd, rs1, 48; srli rd, rd, 48
zext.w rd, rs1       slli rd, rs1, 32; srli rd, rd, 32
seqz rd, rs1         sltiu rd, rs1, 1
snez rd, rs2         sltu rd, x0, rs2
sltz rd, rs1         slt rd, rs1, x0
sgtz rd, rs2         slt rd, x0, rs2
sgt rd, rs1, rs2     slt rd, rs2, rs1
sgtu rd, rs1, rs2    sltu rd, rs2, rs1
beqz rs1, imm        beq rs1, x0, imm
bnez rs1, imm        bne rs1, x0, imm
blez rs2, imm        bge x0, rs2, imm
bgez rs1, imm        bge rs1, x0, imm
bltz rs1, imm        blt rs1, x0, imm
bgtz rs2, imm        blt x0, rs2, imm
bgt rs1, rs2, imm    blt rs2, rs1, imm
ble rs1, rs2, imm    bge rs2, rs1, imm
bgtu rs1, rs2, imm   bltu rs2, rs1, imm
bleu rs1, rs2, imm   bgeu rs2, rs1, imm
j imm                jal x0, imm
jal imm              jal x1, imm
ret                  jalr x0, 0(x1)
jr rs1               jalr x0, 0(rs1)
jr imm(rs1)          jalr x0, imm(rs1)
jr rs1, imm          jalr x0, imm(rs1)
jalr rs1             jalr x1, 0(rs1)
jalr imm(rs1)        jalr x1, imm(rs1)
jalr rs1, imm        jalr x1, imm(rs1)
jalr rd, rs1         jalr rd, 0(rs1)
jalr rd, rs1, imm    jalr rd, imm(rs1)
call imm             auipc x1, %target_hi(imm); jalr x1, %target_lo(imm)(x1)
call rd, imm         auipc x6, %target_hi(imm); jalr rd, %target_lo(imm)(x6)
tail imm             auipc x6, %target_hi(imm); jalr x0, %target_lo(imm)(x6)
jump imm, rd         auipc rd, %target_hi(imm); jalr x0, %target_lo(imm)(rd)
la rd, imm           auipc rd, %target_hi(imm); addi rd, rd, %target_lo(imm)
lla rd, imm          auipc rd, %target_hi(imm); addi rd, rd, %target_lo(imm)
csrr rd, csr         csrrs rd, csr, x0
csrw csr, rs1        csrrw x0, csr, rs1
csrs csr, rs1        csrrs x0, csr, rs1
csrc csr, rs1        csrrc x0, csr, rs1
csrwi csr, uimm      csrrwi x0, csr, uimm
csrsi csr, uimm      csrrsi x0, csr, uimm
csrci csr, uimm      csrrci x0, csr, uimm
csrw csr, uimm       csrrwi x0, csr, uimm
csrs csr, uimm       csrrsi x0, csr, uimm
csrc csr, uimm       csrrci x0, csr, uimm
csrrw rd, csr, uimm  csrrwi rd, csr, uimm
csrrs rd, csr, uimm  csrrsi rd, csr, uimm
csrrc rd, csr, uimm  csrrci rd, csr, uimm
rdcycle rd           csrrs rd, cycle, x0
rdtime rd            csrrs rd, time, x0
rdinstret rd         csrrs rd, instret, x0
fence                fence iorw, iorw
pause                fence w, 0
sfence.vma           sfence.vma x0, x0
sfence.vma rs1       sfence.vma rs1, x0
scall                ecall
sbreak               ebreak
add rd, rs1, imm     addi rd, rs1, imm
and rd, rs1, imm     andi rd, rs1, imm
or rd, rs1, imm      ori rd, rs1, imm
xor rd, rs1, imm     xori rd, rs1, imm
addw rd, rs1, imm    addiw rd, rs1, imm
slt rd, rs1, imm     slti rd, rs1, imm
sltu rd, rs1, imm    sltiu rd, rs1, imm
sll rd, rs1, uimm    slli rd, rs1, uimm
srl rd, rs1, uimm    srli rd, rs1, uimm
sra rd, rs1, uimm    srai rd, rs1, uimm
sllw rd, rs1, uimm   slliw rd, rs1, uimm
srlw rd, rs1, uimm   srliw rd, rs1, uimm
sraw rd, rs1, uimm   sraiw rd, rs1, uimm
frcsr rd             csrrs rd, fcsr, x0
frrm rd              csrrs rd, frm, x0
frflags rd           csrrs rd, fflags, x0
fscsr rs1            csrrw x0, fcsr, rs1
fsrm rs1             csrrw x0, frm, rs1
fsflags rs1          csrrw x0, fflags, rs1
fscsr rd, rs1        csrrw rd, fcsr, rs1
fsrm rd, rs1         csrrw rd, frm, rs1
fsflags rd, rs1      csrrw rd, fflags, rs1
fsrmi uimm           csrrwi x0, frm, uimm
fsflagsi uimm        csrrwi x0, fflags, uimm
fsrmi rd, uimm       csrrwi rd, frm, uimm
fsflagsi rd, uimm    csrrwi rd, fflags, uimm
fmv.x.s rd, fs1      fmv.x.w rd, fs1
fmv.s.x fd, rs1      fmv.w.x fd, rs1
fmv.s fd, fs1        fsgnj.s fd, fs1, fs1
fneg.s fd, fs1       fsgnjn.s fd, fs1, fs1
fabs.s fd, fs1       fsgnjx.s fd, fs1, fs1
fgt.s rd, fs1, fs2   flt.s rd, fs2, fs1
fge.s rd, fs1, fs2   fle.s rd, fs2, fs1
fmv.d fd, fs1        fsgnj.d fd, fs1, fs1
fneg.d fd, fs1       fsgnjn.d fd, fs1, fs1
fabs.d fd, fs1       fsgnjx.d fd, fs1, fs1
fgt.d rd, fs1, fs2   flt.d rd, fs2, fs1
fge.d rd, fs1, fs2   fle.d rd, fs2, fs1
"""
_LOADS = ["lb", "lh", "lw", "ld", "lbu", "lhu", "lwu"]
_STORES = ["sb", "sh", "sw", "sd"]
_FLOAT_LOADS, _FLOAT_STORES = ["flw", "fld"], ["fsw", "fsd"]


@dataclass(frozen=True)
class Form:
    """One way to write a mnemonic.

    Attributes
    ----------
    name, operands
        As written: ``("beqz", ("rs1", "imm"))``.
    expansion
        The instructions of the table that it stands for, each with its operands.
    """

    name: str
    operands: tuple[str, ...]
    expansion: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def pseudo(self) -> bool:
        """Whether it is another writing of something in the table."""
        return self.expansion != ((self.name, self.operands),)

    def __str__(self) -> str:
        return f"{self.name} {', '.join(self.operands)}".strip()

    def match(self, operands: list[Operand]) -> dict[str, Register | Value] | None:
        """Return what fills the places, or None if the operands are not of this form."""
        if self.operands[-1:] == ("rm",) and len(operands) == len(self.operands) - 1:
            operands = [*operands, Value(Number(ROUNDING["dyn"]), operands[-1].token)]
        if len(operands) != len(self.operands):
            return None
        places: dict[str, Register | Value] = {}
        for pattern, operand in zip(self.operands, operands, strict=True):
            names = operand_names((pattern,))
            given: list[Register | Value] = []
            if "(" not in pattern and not isinstance(operand, Memory):
                given = [operand]
            elif "(" in pattern and isinstance(operand, Memory):
                given = [operand.offset, operand.base]
                if len(names) == 1:  # `(rs1)` takes no offset but 0
                    names = ["0", *names]
            if not given or not all(map(_fits, names, given)):
                return None
            places.update(zip(names, given, strict=True))
        return places

    def steps(
        self, places: dict[str, Register | Value], token: Token
    ) -> list[tuple[Instruction, dict[str, Register | Value]]]:
        """Return the instructions that it stands for, with what fills their fields."""
        steps = []
        for name, operands in self.expansion:
            row = BY_NAME[name]
            targets = operand_names(row.operands)
            sources = [source for text in operands for source in _sources(text)]
            filled = {
                target: places.get(source) or _literal(source, places, token)
                for target, source in zip(targets, sources, strict=True)
            }
            steps.append((row, filled))
        return steps


def _fits(name: str, operand: Register | Value) -> bool:
    """Whether an operand may stand at a place; `x2` and `0` stand for themselves."""
    if name in REGISTERS:
        return isinstance(operand, Register) and operand.number == REGISTERS[name]
    if name == "0":
        return isinstance(operand, Value) and operand.constant == 0
    if name in PLACES or name in FLOAT_PLACES:
        return isinstance(operand, Register) and operand.floating == (name in FLOAT_PLACES)
    return isinstance(operand, Value)


def _sources(text: str) -> list[str]:
    """Take an operand of an expansion apart: `%target_lo(imm)(rd)` is `%target_lo(imm)`, `rd`."""
    function = re.match(r"%\w+\(\w+\)", text)
    if function is None:
        return operand_names((text,))
    return [function[0], *operand_names((text[function.end() :],))]


def _literal(source: str, places: dict[str, Register | Value], token: Token) -> Register | Value:
    """Return the operand that an expansion itself names."""
    if source in REGISTERS:
        return Register(REGISTERS[source], token)
    if re.fullmatch(r"-?\d+", source):
        return Value(Number(int(source)), token)
    if source[0] == "%":
        function, _, place = source.rstrip(")").partition("(")
        inner = places[place]
        assert isinstance(inner, Value)
        return Value(inner.expression, inner.token, function)
    return Value(Symbol(source, token), token)


def _split(text: str) -> tuple[str, tuple[str, ...]]:
    name, _, rest = text.strip().partition(" ")
    return name, tuple(part.strip() for part in rest.split(",")) if rest.strip() else ()


def _pseudo(line: str) -> Form:
    written, _, expansion = line.partition("  ")
    return Form(*_split(written), tuple(_split(part) for part in expansion.split(";")))


def _symbol_access() -> list[str]:
    """Return the loads and stores that name a symbol: `lw rd, label` and `sw rs2, label, rt`."""
    hi, lo = "%target_hi(imm)", "%target_lo(imm)"
    loads = [f"{name} rd, imm  auipc rd, {hi}; {name} rd, {lo}(rd)" for name in _LOADS]
    stores = [f"{name} rs2, imm, rd  auipc rd, {hi}; {name} rs2, {lo}(rd)" for name in _STORES]
    loads += [f"{n} fd, imm, rd  auipc rd, {hi}; {n} fd, {lo}(rd)" for n in _FLOAT_LOADS]
    stores += [f"{n} fs2, imm, rd  auipc rd, {hi}; {n} fs2, {lo}(rd)" for n in _FLOAT_STORES]
    return loads + stores


def _all_forms() -> dict[str, tuple[Form, ...]]:
    rows = [Form(i.name, i.operands, ((i.name, i.operands),)) for i in INSTRUCTIONS]
    lines = [*_PSEUDO.strip().splitlines(), *_symbol_access()]
    forms: dict[str, tuple[Form, ...]] = {}
    for form in rows + [_pseudo(re.sub(r" {2,}", "  ", line)) for line in lines]:
        forms[form.name] = (*forms.get(form.name, ()), form)
    return forms


#: Every form, by mnemonic.
FORMS: dict[str, tuple[Form, ...]] = _all_forms()

#: The mnemonics that take floating-point registers.
FLOATS = frozenset(
    form.name
    for forms in FORMS.values()
    for form in forms
    if not FLOAT_PLACES.isdisjoint(operand_names(form.operands))
)
