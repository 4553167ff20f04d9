"""Random programs that loop, fault, trap, take interrupts and overwrite themselves."""

import random

from models.machine.board import Board, BoardOptions
from models.machine.decode import encode
from models.machine.isa import INSTRUCTIONS
from tests.machine.robust.mutate import damage

BASE = 0x8000_0000
CODE, HANDLER, TABLE, DATA = BASE, BASE + 0x2000, BASE + 0x4000, BASE + 0x8000
POINTERS = range(8, 16)
HANDLER_CODE = [
    ("csrrs", {"rd": 31, "csr": 0x341, "rs1": 0}),
    ("addi", {"rd": 31, "rs1": 31, "imm": 2}),
    ("csrrw", {"rd": 0, "csr": 0x341, "rs1": 31}),
    ("lui", {"rd": 29, "imm": 0x2004000}),  # the next timer interrupt comes 400 ticks from now
    ("csrrs", {"rd": 30, "csr": 0xC01, "rs1": 0}),
    ("addi", {"rd": 30, "rs1": 30, "imm": 400}),
    ("sd", {"rs1": 29, "rs2": 30, "imm": 0}),
    ("mret", {}),
]


def assemble(rows):
    """Join encoded instructions."""
    out = b""
    for name, operands in rows:
        word = encode(name, **operands)
        out += word.to_bytes(4 if word & 3 == 3 else 2, "little")
    return out


def instruction(rng):
    """Draw one instruction whose loads and stores mostly hit and whose jumps stay near."""
    row = rng.choice(ROWS) if rng.random() < 0.6 else rng.choice(COMMON)
    operands = {}
    for name, field in row.fields.items():
        value = rng.choice(field.range)
        if name in ("imm", "uimm") and row.kind in ("load", "store"):
            value = value & 0x7F & -rng.choice((1, 4, 8, 8)) & -field.range.step
        elif name == "imm" and row.kind in ("branch", "jal"):
            value = max(field.range.start, min(field.range[-1], rng.randrange(-24, 25) * 2))
        elif name in ("rd", "rd'") and rng.random() < 0.9:
            value = rng.choice([r for r in field.range if r not in POINTERS] or [15])
        elif name == "rs1" and row.kind in ("load", "store", "lr", "sc", "amo"):
            value = rng.choice(POINTERS)
        elif name == "csr":
            value = rng.choice(CSRS)
        operands[name] = value
    try:
        return assemble([(row.name, operands)])
    except ValueError:  # a reserved value: another draw
        return instruction(rng)


COMMON = [row for row in INSTRUCTIONS if row.kind in ("load", "store", "branch", "alu")]
ROWS = [row for row in INSTRUCTIONS if row.name not in ("mret", "sret")]
CSRS = [0x340, 0xB00, 0xB02, 0xC00, 0xC01, 0xC02, 0x140, 0x100, 0x143, 0x144, 0x14D, 0x344, 0x105]


def page_table(rng, board):
    """Map 64 pages from BASE on to themselves, some with rights missing; return satp."""
    root, middle, leaf = TABLE, TABLE + 0x1000, TABLE + 0x2000
    ram = board.ram
    ram.write(root + (BASE >> 30 & 511) * 8, (middle >> 12 << 10 | 1).to_bytes(8, "little"))
    ram.write(middle, (leaf >> 12 << 10 | 1).to_bytes(8, "little"))
    for n in range(64):
        flags = 0xCF if n < 3 else rng.choice((0xCF, 0xCF, 0x0F, 0x4F, 0x43, 0x4B, 0x00, 0x47))
        entry = (BASE >> 12) + n << 10 | flags
        ram.write(leaf + n * 8, entry.to_bytes(8, "little"))
    return 8 << 60 | root >> 12


def board(seed, tier, entries=8, damaged=False):
    """Build a board with a random program in it, ready to run; `damaged`: with wrong bits."""
    rng = random.Random(seed)
    made = Board(BoardOptions(memory=1 << 18, tier=tier, tlb_entries=entries, fill=seed, hot=3))
    made.reset()
    code = b"".join(instruction(rng) for _ in range(700))
    for _ in range(8 if damaged else 0):
        code = damage(rng, code, [(offset, 2) for offset in range(0, 0x800, 2)], cuts=False)
    made.load(code[:0x2000], CODE)
    made.load(assemble(HANDLER_CODE), HANDLER)
    csrs, x = made.hart.csrs, made.hart.x
    for number, value in ((0x3B0, (1 << 54) - 1), (0x3A0, 0x1F), (0x305, HANDLER), (0x306, 7)):
        csrs.write(number, value)
    for n in range(1, 32):
        x[n] = rng.choice((rng.getrandbits(64) - (1 << 63), rng.randrange(-64, 64)))
    for n in POINTERS:
        page = rng.choice((DATA, DATA, DATA + 0x1000, DATA + 0x7000, CODE, 0x1000_0000))
        x[n] = page + rng.choice((0, 8, 0x7F8, 0xF80, 0xFF0))
    if rng.random() < 0.7:  # supervisor mode with paging, else machine mode
        csrs.write(0x180, page_table(rng, made))
        csrs.write(0x302, rng.getrandbits(16) & ~0x1100 if rng.random() < 0.3 else 0)
        csrs.write(0x105, HANDLER)
        csrs.write(0x300, 1 << 11 | rng.getrandbits(20) & 0x800A2)
        made.hart.enter(1)
    csrs.write(0x304, 0xAA)
    csrs.write(0x30A, rng.choice((0, 1 << 63)))
    if rng.random() < 0.7:
        made.devices.clint.write(0x4000, 8, rng.randrange(2000))
    made.hart.pc = CODE
    return made
