"""Random programs with floating point among the rest, in every mode, FS now and then off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from models.machine.csr_names import NUMBERS
from models.machine.decode import decode, encode
from models.machine.isa import INSTRUCTIONS
from tests.machine.differential import generate as plain
from tests.machine.differential import layout as at
from tests.machine.differential.emit import SCRATCH, VALUES, Code
from tests.machine.differential.floats.values import register

FS = 13  # its lowest bit
COMPUTE = [row for row in INSTRUCTIONS if row.kind == "float"]
MEMORY = [row for row in INSTRUCTIONS if row.kind in ("fload", "fstore")]
#: rne, rtz, rdn, rup, rmm, and what frm says.
ROUNDING = (0, 1, 2, 3, 4, 7, 7, 7, 7, 7)
RESERVED = (5, 6)
WITH_FLOATS = replace(at.PLAIN, segments=4, record_bytes=648, floats=True)


@dataclass
class FloatProgram(plain.Program):
    """One program in its slot."""

    layout: ClassVar[at.Layout] = WITH_FLOATS

    def _status(self, code: Code, mode: int) -> int:
        return super()._status(code, mode) | code.rng.choice((0, 1, 2, 3, 3, 3)) << FS

    def _piece(self, code: Code, offset: int) -> None:
        pick = self.rng.random()
        if pick < 0.3:
            operation(code)
        elif pick < 0.45:
            value(code)
        elif pick < 0.55:
            memory(code)
        elif pick < 0.6:
            state(code)
        elif pick < 0.62:
            switch(code)
        elif pick < 0.63:
            reserved(code)
        else:
            super()._piece(code, offset)


def _any(code: Code) -> int:
    """A float register: few, so that results are used again."""
    return code.rng.randrange(32) if code.rng.random() < 0.1 else code.rng.randrange(8, 16)


def operation(code: Code) -> None:
    """Any computation; what sets an integer register comes when FS is dirty (see `explained`)."""
    row = code.rng.choice(COMPUTE)
    operands = {name: _any(code) for name in ("fd", "fs1", "fs2", "fs3") if name in row.fields}
    if "fd" not in operands:
        code.put("fmv.w.x", fd=_any(code), rs1=code.value())
        operands["rd"] = code.target()
    if "rs1" in row.fields:
        operands["rs1"] = code.value()
    if "rm" in row.fields:
        operands["rm"] = code.rng.choice(ROUNDING)
    code.put(row.name, **operands)


def value(code: Code) -> None:
    """A number at which arithmetic goes wrong."""
    scratch = code.rng.choice(SCRATCH)
    code.li(scratch, register(code.rng))
    code.put("fmv.d.x" if code.rng.random() < 0.9 else "fmv.w.x", fd=_any(code), rs1=scratch)


def memory(code: Code) -> None:
    """A load or store near a pointer."""
    rng = code.rng
    row = rng.choice([row for row in MEMORY if 8 in code.pointers or not row.compressed])
    operands: dict[str, int] = {}
    for name in row.fields:
        if name[0] == "f":
            operands[name] = rng.randrange(8, 16) if name[-1] == "'" else _any(code)
        elif name[0] == "r":
            operands[name] = rng.choice((8, 9) if name[-1] == "'" else code.pointers)
        else:
            operands[name] = code.immediate(row, name)
            if name == "imm" and rng.random() < 0.7:
                operands[name] = operands[name] >> 4 & -row.width
    code.put(row.name, **operands)


def state(code: Code) -> None:
    """Read or write flags and rounding mode."""
    rng = code.rng
    csr, pick = NUMBERS[rng.choice(("fflags", "frm", "fcsr"))], rng.random()
    if pick < 0.4:
        code.put(rng.choice(("csrrs", "csrrc")), rd=code.target(), csr=csr)
    elif pick < 0.7:
        form = rng.choice(("csrrwi", "csrrsi", "csrrci"))
        code.put(form, rd=code.target(), csr=csr, uimm=rng.randrange(1, 32))
    else:
        code.put("csrrw", rd=code.target(), csr=csr, rs1=rng.choice(VALUES))
    if rng.random() < 0.6:  # a mode that is one, mostly
        code.put("csrrwi", rd=0, csr=NUMBERS["frm"], uimm=rng.randrange(5))


def switch(code: Code) -> None:
    """Set FS to any state, where the mode may."""
    scratch = code.rng.choice(SCRATCH)
    csr = NUMBERS["mstatus" if code.mode == 3 else "sstatus"]
    code.li(scratch, 3 << FS)
    code.put("csrrc", rd=code.target(), csr=csr, rs1=scratch)
    code.li(scratch, code.rng.choice((0, 1, 2, 3)) << FS)
    code.put("csrrs", rd=code.target(), csr=csr, rs1=scratch)


def reserved(code: Code) -> None:
    """A rounding mode that is none."""
    row = code.rng.choice([row for row in COMPUTE if "rm" in row.fields])
    word = encode(row.name, rm=0) | code.rng.choice(RESERVED) << 12
    assert decode(word) is None
    code.raw(word, 4)
