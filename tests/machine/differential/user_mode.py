"""Unprivileged programs against Unicorn, which stops at any trap: so here nothing traps."""

from __future__ import annotations

import random
import struct
from collections import Counter
from dataclasses import dataclass

import unicorn
from unicorn import riscv_const

from tests.machine.differential.compute import compute
from tests.machine.differential.emit import POINTERS, SPECIAL, Code

CODE, DATA = 0x8000_0000, 0x8000_4000
CODE_BYTES, DATA_BYTES = 0x4000, 0x4000
PIECES = 60
#: Extensions of the board that Unicorn does not have.
UNKNOWN: frozenset[str] = frozenset()
_REGISTERS = [getattr(riscv_const, f"UC_RISCV_REG_X{number}") for number in range(32)]


@dataclass(frozen=True)
class UserProgram:
    """Code, initial registers and data; the code ends in a jump to itself at `end`."""

    code: bytes
    registers: tuple[int, ...]
    data: bytes
    mix: Counter[str]

    @property
    def end(self) -> int:
        """Where it comes to rest."""
        return CODE + len(self.code) - 4


def generate(seed: int, number: int) -> UserProgram:
    """The program of that number: always the same."""
    rng = random.Random(f"{seed}/user/{number}")
    code = Code(rng, CODE, 0, POINTERS, Counter(), faults=False, unknown=UNKNOWN)
    for _ in range(PIECES):
        compute(code)
    code.put("jal", rd=0, imm=0)
    registers = [0] + [
        rng.choice(SPECIAL) if rng.random() < 0.4 else rng.getrandbits(64) for _ in range(31)
    ]
    for pointer in POINTERS:
        registers[pointer] = DATA + rng.randrange(0x1000, 0x3000, rng.choice((1, 8)))
    return UserProgram(
        bytes(code.data),
        tuple(value & (1 << 64) - 1 for value in registers),
        rng.randbytes(DATA_BYTES),
        code.mix,
    )


class Unicorn:
    """The oracle: one machine, used again and again."""

    def __init__(self) -> None:
        self.machine = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV64)
        self.machine.mem_map(CODE, CODE_BYTES)
        self.machine.mem_map(DATA, DATA_BYTES)

    def run(self, program: UserProgram) -> tuple[tuple[int, ...], bytes]:
        """Registers and data afterwards."""
        machine = self.machine
        machine.mem_write(CODE, program.code)
        machine.mem_write(DATA, program.data)
        machine.ctl_remove_cache(CODE, CODE + CODE_BYTES)
        for register, value in zip(_REGISTERS[1:], program.registers[1:], strict=True):
            machine.reg_write(register, value)
        machine.emu_start(CODE, program.end)
        registers = tuple(machine.reg_read(register) for register in _REGISTERS)
        return registers, bytes(machine.mem_read(DATA, DATA_BYTES))


def words(data: bytes) -> tuple[int, ...]:
    """Memory as 64-bit words, for a readable difference."""
    return struct.unpack(f"<{len(data) // 8}Q", data)
