"""Privilege modes and traps."""

from __future__ import annotations

from enum import IntEnum


class Mode(IntEnum):
    """Privilege; with the H extension a bit V beside it tells S from VS and U from VU."""

    U = 0
    S = 1
    M = 3


#: Names of the modes in counters, by privilege and V.
MODE_NAMES = {(3, 0): "M", (1, 0): "S", (0, 0): "U", (1, 1): "VS", (0, 1): "VU"}

(INSTRUCTION_ACCESS, ILLEGAL, BREAKPOINT, LOAD_MISALIGNED, LOAD_ACCESS) = (1, 2, 3, 4, 5)
(STORE_MISALIGNED, STORE_ACCESS, ECALL) = (6, 7, 8)
(INSTRUCTION_PAGE, LOAD_PAGE, STORE_PAGE) = (12, 13, 15)

#: The order in which pending interrupts are taken: external, software, timer; machine first.
INTERRUPT_ORDER = (11, 3, 7, 9, 1, 5)
SSIP, MSIP, STIP, MTIP, SEIP, MEIP = (1 << n for n in (1, 3, 5, 7, 9, 11))
MACHINE_INTERRUPTS = MSIP | MTIP | MEIP
SUPERVISOR_INTERRUPTS = SSIP | STIP | SEIP


class Trap(Exception):
    """A synchronous exception: its cause, and what xtval is to hold (unsigned)."""

    def __init__(self, cause: int, value: int = 0):
        super().__init__(cause, value)
        self.cause, self.value = cause, value


class Illegal(Exception):
    """An access that the instruction's rules refuse: becomes an illegal-instruction trap."""
