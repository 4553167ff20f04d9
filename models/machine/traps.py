"""Privilege modes and traps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Mode(IntEnum):
    """Privilege; with the H extension a bit V beside it tells S from VS and U from VU."""

    U = 0
    S = 1
    M = 3


#: The same as plain names: in Python 3.11 a member costs 0.1 µs to look up, a step asks five times.
USER, SUPERVISOR, MACHINE = Mode.U, Mode.S, Mode.M

#: Names of the modes in counters, by privilege and V (S is called HS if there is the H extension).
MODE_NAMES = {(3, 0): "M", (1, 0): "S", (0, 0): "U", (1, 1): "VS", (0, 1): "VU"}

(INSTRUCTION_ACCESS, ILLEGAL, BREAKPOINT, LOAD_MISALIGNED, LOAD_ACCESS) = (1, 2, 3, 4, 5)
(STORE_MISALIGNED, STORE_ACCESS, ECALL) = (6, 7, 8)
(INSTRUCTION_PAGE, LOAD_PAGE, STORE_PAGE) = (12, 13, 15)
(INSTRUCTION_GUEST_PAGE, LOAD_GUEST_PAGE, VIRTUAL_INSTRUCTION, STORE_GUEST_PAGE) = range(20, 24)

#: The order in which pending interrupts are taken: external, software, timer; machine first, the
#: guest's last.
INTERRUPT_ORDER = (11, 3, 7, 9, 1, 5, 10, 2, 6)
SSIP, MSIP, STIP, MTIP, SEIP, MEIP = (1 << n for n in (1, 3, 5, 7, 9, 11))
VSSIP, VSTIP, VSEIP = (1 << n for n in (2, 6, 10))
SUPERVISOR_INTERRUPTS = SSIP | STIP | SEIP
GUEST_INTERRUPTS = VSSIP | VSTIP | VSEIP


@dataclass(frozen=True)
class GuestFault:
    """What a trap tells a hypervisor besides cause and value.

    Attributes
    ----------
    guest
        xtval is a guest's virtual address: becomes GVA.
    physical
        Guest physical address that the second stage did not translate, shifted right by 2, for
        htval or mtval2.
    instruction
        For htinst or mtinst: of the choices that section 8.6.3 leaves, always zero, but for the
        second stage's fault on an entry of the guest's table, where a code is prescribed.
    """

    guest: bool = False
    physical: int = 0
    instruction: int = 0


NO_GUEST = GuestFault()


class Trap(Exception):
    """A synchronous exception: its cause, what xtval is to hold (unsigned), and for hypervisors."""

    def __init__(self, cause: int, value: int = 0, detail: GuestFault = NO_GUEST):
        self.cause, self.value, self.detail = cause, value, detail


class Illegal(Exception):
    """An access that the instruction's rules refuse: becomes an illegal-instruction trap."""


class VirtualInstruction(Exception):
    """What only the hypervisor forbids its guest: becomes a virtual-instruction trap."""
