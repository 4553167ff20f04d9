"""Random unprivileged instructions: arithmetic, memory, atomics, control."""

from __future__ import annotations

from collections.abc import Callable

from models.machine.isa import BY_NAME, INSTRUCTIONS
from tests.machine.differential.emit import COUNTER, SCRATCH, SPECIAL, UNSURE, VALUES, Code

ALU = [row for row in INSTRUCTIONS if row.kind == "alu"]
LOADS = [row for row in INSTRUCTIONS if row.kind == "load"]
STORES = [row for row in INSTRUCTIONS if row.kind == "store"]
BRANCHES = [row for row in INSTRUCTIONS if row.kind == "branch"]
AMOS = [row for row in INSTRUCTIONS if row.kind == "amo"]
_SHORT = tuple(n for n in VALUES if 8 <= n < 16)

Filler = Callable[[Code], None]


def alu(code: Code) -> None:
    """Any computation."""
    row = code.rng.choice([row for row in ALU if row.extension not in code.unknown])
    operands = {}
    for name, field in row.fields.items():
        if name == "rd'":
            operands[name] = code.rng.choice(_SHORT)
        elif name == "rd":
            operands[name] = code.target()
            if operands[name] in field.forbidden:
                operands[name] = 1
        elif name in ("rs1", "rs2"):
            operands[name] = code.value()
            if operands[name] in field.forbidden:
                operands[name] = 1
        elif name.endswith("'"):
            operands[name] = code.rng.randrange(8, 16)
        else:
            operands[name] = code.immediate(row, name)
    if row.name == "c.addi16sp":  # the stack pointer stays near
        operands["imm"] = code.rng.choice((-32, -16, 16, 32))
    code.put(row.name, **operands)


def constant(code: Code) -> None:
    """A number at which arithmetic goes wrong, or any other."""
    pick = code.rng.random()
    value = code.rng.choice(SPECIAL) if pick < 0.6 else code.rng.getrandbits(64)
    code.li(code.rng.choice(VALUES), value)


def memory(code: Code) -> None:
    """A load or a store near a pointer, aligned in half the cases."""
    rows = LOADS if code.rng.random() < 0.5 else STORES
    if 8 not in code.pointers:  # then compressed ones would miss the data
        rows = [row for row in rows if not row.compressed]
    row = code.rng.choice(rows)
    operands: dict[str, int] = {}
    for name, field in row.fields.items():
        if name == "rs1":
            operands[name] = code.rng.choice(code.pointers)
        elif name == "rs1'":
            operands[name] = code.rng.choice((8, 9))
        elif name == "rd":
            operands[name] = code.target() if 0 not in field.forbidden else code.rng.choice(VALUES)
        elif name == "rd'":
            operands[name] = code.rng.choice(_SHORT)
        elif name in ("rs2", "rs2'"):
            operands[name] = code.rng.choice(_SHORT) if name == "rs2'" else code.value()
        else:
            operands[name] = code.immediate(row, name)
            if name == "imm" and code.rng.random() < 0.5:
                operands[name] &= -row.width
            if name == "imm" and code.rng.random() < 0.5:
                operands[name] >>= 4
    code.put(row.name, **operands)


def _address(code: Code, width: int, aligned: float = 0.95) -> int:
    """Put an address near a pointer into a scratch register; return the register."""
    register = code.rng.choice(SCRATCH)
    offset = code.rng.randrange(-256, 256) * 8
    pointers = [pointer for pointer in code.pointers if pointer != UNSURE]
    code.put("addi", rd=register, rs1=code.rng.choice(pointers), imm=offset)
    code.put("andi", rd=register, rs1=register, imm=-8)
    if code.faults and code.rng.random() >= aligned:
        code.put("addi", rd=register, rs1=register, imm=code.rng.randrange(1, width))
    return register


def amo(code: Code) -> None:
    """Read, modify, write."""
    row = code.rng.choice(AMOS)
    register = _address(code, row.width)
    bits = {"aq": code.rng.randrange(2), "rl": code.rng.randrange(2)}
    code.put(row.name, rd=code.target(), rs2=code.value(), rs1=register, **bits)


def reserve(code: Code) -> None:
    """LR, a little work without memory, SC; now and then an SC that must fail."""
    suffix = code.rng.choice((".w", ".d"))
    register = _address(code, BY_NAME["lr" + suffix].width, 0.98)
    if code.rng.random() < 0.9:
        code.put("lr" + suffix, rd=code.rng.choice([n for n in VALUES if n not in SCRATCH]),
                 rs1=register)  # fmt: skip
        for _ in range(code.rng.randrange(3)):
            code.put("addi", rd=code.rng.choice((10, 11, 12)), rs1=code.value(), imm=1)
    code.put("sc" + suffix, rd=code.target(), rs2=code.value(), rs1=register)
    if code.rng.random() < 0.2:  # the reservation is gone
        code.put("sc" + suffix, rd=code.target(), rs2=code.value(), rs1=register)


def skip(code: Code, fill: Filler) -> None:
    """A forward branch or jump over a few instructions, which may be reached or not."""
    inner = code.inner()
    for _ in range(code.rng.randrange(1, 4)):
        fill(inner)
    length = len(inner.data)
    kind = code.rng.random()
    if kind < 0.6:
        row = code.rng.choice(BRANCHES)
        distance = length + row.bits // 8
        if distance not in row.fields["imm"].range:
            row, distance = BY_NAME["bne"], length + 4
        names = [name for name in row.fields if name != "imm"]
        registers = {n: code.value() if n[-1] != "'" else code.rng.randrange(8, 16) for n in names}
        code.put(row.name, imm=distance, **registers)
    elif kind < 0.7:
        code.put("c.j", imm=length + 2)
    elif kind < 0.85:
        code.put("jal", rd=code.target(), imm=length + 4)
    else:
        _indirect(code, length)
    code.data += inner.data


def _indirect(code: Code, length: int) -> None:
    """A jump through a register over `length` bytes."""
    register = code.rng.choice(SCRATCH)
    code.put("auipc", rd=register, imm=0)
    form = code.rng.choice(("jalr", "c.jr", "c.jalr"))
    if form == "jalr":
        low = code.rng.randrange(-512, 512) & -2
        code.put("addi", rd=register, rs1=register, imm=length + 12 - low)
        code.put("jalr", rd=code.target(), rs1=register, imm=low + code.rng.randrange(2))
    else:
        code.put("addi", rd=register, rs1=register, imm=length + 10)
        code.put(form, rs1=register)


def loop(code: Code, fill: Filler) -> None:
    """A counted loop: what a translator of blocks sees twice."""
    code.put("addi", rd=COUNTER, rs1=0, imm=code.rng.randrange(2, 5))
    start = len(code.data)
    for _ in range(code.rng.randrange(1, 5)):
        fill(code)
    code.put("addi", rd=COUNTER, rs1=COUNTER, imm=-1)
    code.put("bne", rs1=COUNTER, rs2=0, imm=start - len(code.data))


def simple(code: Code) -> None:
    """One straight-line piece of computation or memory."""
    pick = code.rng.random()
    if pick < 0.5:
        alu(code)
    elif pick < 0.58:
        constant(code)
    elif pick < 0.88:
        memory(code)
    elif pick < 0.95:
        amo(code)
    else:
        reserve(code)


def compute(code: Code) -> None:
    """Any unprivileged piece, with control around it now and then."""
    pick = code.rng.random()
    if pick < 0.86:
        simple(code)
    elif pick < 0.97:
        skip(code, simple)
    else:
        loop(code, simple)
