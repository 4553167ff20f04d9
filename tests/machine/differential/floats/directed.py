"""Each instruction, in each rounding mode, on numbers at which arithmetic goes wrong.

The image is a machine-mode program and a table: for each case four double words that go in (three
floating-point registers and an integer one), and two that come out (the result and fcsr).
"""

from __future__ import annotations

import random
import struct
from collections import Counter
from dataclasses import dataclass

from models.machine.decode import encode
from models.machine.isa import INSTRUCTIONS, Instruction
from models.machine.semantics_float import box
from models.machine.softfloat import DOUBLE, SINGLE, Arithmetic, Format
from tests.machine.differential import layout as at
from tests.machine.differential.emit import SPECIAL, Code
from tests.machine.differential.floats.values import number, register, special

CASE = struct.Struct("<6Q")
ROWS = tuple(row for row in INSTRUCTIONS if row.kind == "float")
FS, MSTATUS, FCSR, MHARTID = 3 << 13, 0x300, 0x003, 0xF14
MODES, DYNAMIC = range(5), 7


@dataclass(frozen=True)
class Block:
    """One instruction word in one mode, and where its cases begin in the table."""

    row: Instruction
    word_mode: int  # rm of the instruction
    frm: int
    first: int
    count: int


@dataclass(frozen=True)
class Image:
    """RAM, and what is where."""

    ram: bytearray
    table: int
    blocks: tuple[Block, ...]

    def cases(self, ram: bytes) -> list[tuple[int, ...]]:
        """What went in and came out, case by case."""
        last = self.blocks[-1]
        end = self.table + (last.first + last.count) * CASE.size
        return list(CASE.iter_unpack(ram[self.table : end]))


def build(seed: int, pairs: int, share: float = 1) -> Image:
    """Make an image.

    Parameters
    ----------
    seed
        Of what is drawn.
    pairs
        Random cases of each instruction and mode, besides the special numbers.
    share
        Part of the pairs of special numbers that is taken.
    """
    rng = random.Random(seed)
    code = Code(rng, at.BASE, 3, (), Counter())
    blocks, inputs = [], []
    _park(code)
    code.li(5, FS)
    code.put("csrrs", rd=0, csr=MSTATUS, rs1=5)
    table_at = len(code.data)
    code.data += bytes(16)  # auipc, addi: the table's address, known at the end
    for row in ROWS:
        rounds = "rm" in row.fields
        for mode in MODES if rounds else (0,):
            dynamic = rounds and rng.random() < 0.5
            frm = mode if dynamic else rng.choice(MODES)
            cases = list(_operands(rng, row, pairs, share))
            block = Block(row, DYNAMIC if dynamic else mode, frm, len(inputs), len(cases))
            blocks.append(block)
            inputs += cases
            _loop(code, block)
    code.li(5, at.FINISHER)
    code.li(6, at.FINISHER_PASS)
    code.put("sw", rs2=6, rs1=5, imm=0)
    code.put("jal", rd=0, imm=0)
    table = len(code.data) + 4095 & -4096
    patch = Code(rng, at.BASE + table_at, 3, (), Counter())
    patch.put("auipc", rd=8, imm=(table - table_at + 2048) & -4096)
    patch.put("addi", rd=8, rs1=8, imm=(table - table_at + 2048 & 4095) - 2048)
    patch.put("addi", rd=0, rs1=0, imm=0)
    patch.put("addi", rd=0, rs1=0, imm=0)
    code.data[table_at : table_at + 16] = patch.data
    ram = code.data + bytes(table - len(code.data))
    ram += b"".join(CASE.pack(*values, 0, 0) for values in inputs)
    return Image(ram, table, tuple(blocks))


def _park(code: Code) -> None:
    """Let the second hart, which QEMU wants for atomics, sleep."""
    code.put("csrrs", rd=5, csr=MHARTID, rs1=0)
    code.put("beq", rs1=5, rs2=0, imm=12)
    code.put("wfi")
    code.put("jal", rd=0, imm=-4)


def _loop(code: Code, block: Block) -> None:
    """Run through the cases of one instruction; x8 points at the next one."""
    row = block.row
    code.li(9, block.count)
    code.put("addi", rd=10, rs1=0, imm=block.frm << 5)
    start = len(code.data)
    for register_, place in ((1, 0), (2, 8), (3, 16)):
        code.put("fld", fd=register_, rs1=8, imm=place)
    code.put("ld", rd=11, rs1=8, imm=24)
    code.put("csrrw", rd=0, csr=FCSR, rs1=10)
    wanted = {"fs1": 1, "fs2": 2, "fs3": 3, "fd": 4, "rs1": 11, "rd": 12, "rm": block.word_mode}
    operands = {name: value for name, value in wanted.items() if name in row.fields}
    code.data += encode(row.name, **operands).to_bytes(4, "little")
    code.put("csrrs", rd=13, csr=FCSR, rs1=0)
    if "fd" in row.fields:
        code.put("fsd", fs2=4, rs1=8, imm=32)
    else:
        code.put("sd", rs2=12, rs1=8, imm=32)
    code.put("sd", rs2=13, rs1=8, imm=40)
    code.put("addi", rd=8, rs1=8, imm=CASE.size)
    code.put("addi", rd=9, rs1=9, imm=-1)
    code.put("bne", rs1=9, rs2=0, imm=start - len(code.data))


def _operands(
    rng: random.Random, row: Instruction, pairs: int, share: float
) -> list[tuple[int, int, int, int]]:
    """What the cases of an instruction begin with."""
    form = DOUBLE if row.match >> 25 & 1 else SINGLE
    origin = {"fcvt.s.d": DOUBLE, "fcvt.d.s": SINGLE}.get(row.name, form)
    put = box if origin is SINGLE else int
    numbers = special(origin)
    found = []
    if "rs1" in row.fields:
        found = [(0, 0, 0, value & (1 << 64) - 1) for value in SPECIAL]
    elif "fs2" not in row.fields:
        found = [(put(x), 0, 0, 0) for x in numbers]
    else:
        every = [(x, y) for x in numbers for y in numbers if rng.random() < share]
        found = [(put(x), put(y), put(rng.choice(numbers)), 0) for x, y in every]
    for _ in range(pairs):
        some = [put(number(rng, origin)) for _ in range(3)]
        if rng.random() < 0.05:
            some[rng.randrange(3)] = register(rng)
        if "fs3" in row.fields and rng.random() < 0.3:
            some[2] = _near(some, form)
        found.append((*some, rng.getrandbits(rng.choice((64, 32, 54)))))
    return found


def _near(some: list[int], form: Format) -> int:
    """A summand that cancels most of a product: its size, the other sign, any last bits."""
    mask = form.sign * 2 - 1
    product = Arithmetic(form).multiply(some[0] & mask, some[1] & mask)
    bits = product ^ form.sign ^ (some[2] & 3)
    return bits if form is DOUBLE else box(bits)
