"""Where random instructions are put: a growing piece of code and the registers it may use."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace

from models.machine.decode import encode
from models.machine.isa import BY_NAME, Instruction

#: Registers that always point into the program's data (compressed loads reach x8, x9 and x2).
POINTERS = (2, 8, 9, 18, 19, 20, 21)
#: The one that may point where a page table says that nothing is.
UNSURE = 21
#: Scratch for constants that the generator needs (never a random destination in loops).
SCRATCH = (5, 6)
COUNTER = 7
VALUES = tuple(n for n in range(1, 32) if n not in POINTERS and n != COUNTER)

#: Numbers at which arithmetic goes wrong.
SPECIAL = (
    *(0, 1, 2, 3, -1, -2, 7, 63, 64, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF),
    *(0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, -0x80000000, -0x80000001),
    *(0x7FFFFFFFFFFFFFFF, -0x8000000000000000, -0x7FFFFFFFFFFFFFFF, 0x5555555555555555),
)


def signed(value: int) -> int:
    """Return 64 bits as a signed number."""
    return (value + (1 << 63) & (1 << 64) - 1) - (1 << 63)


@dataclass
class Code:
    """A piece of code under construction.

    Attributes
    ----------
    rng
        The program's own source of chance.
    address
        Where the first byte will be executed (virtual where the program is).
    mode
        Privilege in which it will run: 0, 1 or 3.
    pointers
        The pointer registers that are good here.
    mix
        How often each instruction was put.
    faults
        Whether instructions may fault (misaligned atomics).
    unknown
        Extensions that the oracle does not have.
    """

    rng: random.Random
    address: int
    mode: int
    pointers: tuple[int, ...]
    mix: Counter[str]
    faults: bool = True
    unknown: frozenset[str] = frozenset()
    data: bytearray = field(default_factory=bytearray)

    @property
    def here(self) -> int:
        """The address of the next instruction."""
        return self.address + len(self.data)

    def inner(self) -> Code:
        """An empty piece for the same place and mode: what a branch jumps over."""
        return replace(self, address=self.here + 4, data=bytearray())

    def put(self, name: str, **operands: int) -> None:
        """Append one instruction."""
        self.mix[name] += 1
        self.data += encode(name, **operands).to_bytes(BY_NAME[name].bits // 8, "little")

    def raw(self, word: int, length: int) -> None:
        """Append an encoding that is no instruction."""
        self.mix["(illegal)"] += 1
        self.data += word.to_bytes(length, "little")

    def li(self, rd: int, value: int) -> None:
        """Load a 64-bit constant."""
        value = signed(value)
        if -2048 <= value < 2048:
            return self.put("addi", rd=rd, rs1=0, imm=value)
        low = (value + 2048 & 4095) - 2048
        rest = value - low
        if -0x80000000 <= value < 0x80000000:
            self.put("lui", rd=rd, imm=(rest + (1 << 31) & 0xFFFFFFFF) - (1 << 31))
            if low:
                self.put("addiw", rd=rd, rs1=rd, imm=low)
            return None
        shift = 12 + ((rest >> 12) & -(rest >> 12)).bit_length() - 1
        self.li(rd, signed(rest) >> shift)
        self.put("slli", rd=rd, rs1=rd, uimm=shift)
        if low:
            self.put("addi", rd=rd, rs1=rd, imm=low)
        return None

    def value(self) -> int:
        """A register to compute with."""
        return self.rng.choice(VALUES) if self.rng.random() < 0.9 else self.rng.randrange(32)

    def target(self) -> int:
        """A register that may be overwritten."""
        return self.rng.choice(VALUES) if self.rng.random() < 0.97 else 0

    def immediate(self, row: Instruction, name: str) -> int:
        """A value that the operand can hold, the ends more often than chance has it."""
        operand = row.fields[name]
        allowed = operand.range
        pick = self.rng.random()
        if pick < 0.1:
            value = allowed[-1]
        elif pick < 0.2:
            value = allowed[0]
        else:
            value = self.rng.choice(allowed)
        return value if value not in operand.forbidden else allowed[-1]
