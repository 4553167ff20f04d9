"""Guests that want to know whether they are on a board of their own: small programs that look.

Each leaves what it saw in its registers s0 to s11. On the bare board it always sees the same, so a
virtual machine in which it sees anything else has been found out. (s8, s10 and s11 are place, cause
and value of the last trap, s9 is where the program goes on after it.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from models import stored
from models.machine.assembler import Program, assemble

#: Bytes of RAM, and instructions after which a guest has ended, or has gone astray.
MEMORY, MOST = 1 << 20, 5_000
#: s0 to s11.
ANSWERS = (8, 9, *range(18, 28))


@dataclass(frozen=True)
class Tell:
    """One way in which a guest could tell.

    Attributes
    ----------
    name : str
    file : str
        What it does after `begin.S`, in M-mode; it ends at `done`.
    before : str
        Lines before those of the file, by which two guests that share it differ.
    holes : tuple of str
        What its processor lets pass in silence, natively as well.
    """

    name: str
    file: str
    before: str = ""
    holes: tuple[str, ...] = ()


@cache
def program(tell: Tell) -> Program:
    """Assemble the guest: to be entered in M-mode at its first instruction."""
    begin, look = (stored.text(__name__, name) for name in ("begin.S", tell.file))
    return assemble(f"{begin}{tell.before}{look}        j done\n", name=tell.file)


_LOOKED_AT = ("stvec", "scause", "satp")
_KERNEL = "        .equ MODE, 1\n"
_USER = """\
        .equ MODE, 0
        entry KERNEL, 0, 0x200000df     # the code is the user's, too
"""
_NOTHING = """\
        .macro between
        .endm
"""
_NEW_CODE = """\
        .macro between
        j 5f
        .balign 4096
5:
        .endm
"""

TELLS = (
    Tell("time that privileged instructions take", "privileged_time.S"),
    Tell("time that a page's first touch takes", "first_touch.S"),
    Tell("counters that it sets itself", "own_counters.S"),
    Tell("where a timer interrupts", "timer.S"),
    Tell("how long it slept", "sleep.S"),
    Tell("what the processor says it is", "identity.S"),
    Tell("registers of a hypervisor", "hypervisor_registers.S"),
    Tell("bits that registers keep", "kept_bits.S"),
    Tell("bits that protection keeps", "protection.S"),
    Tell("where memory ends", "memory_end.S"),
    Tell("what its devices say they are", "devices.S"),
    Tell("what a trap leaves", "traps.S"),
    Tell("loads with another mode's rights", "other_rights.S"),
    Tell("accessed and dirty bits", "accessed_and_dirty.S"),
    Tell("its own code, read back", "code_read.S"),
    Tell("its own code, changed", "code_changed.S"),
    Tell("a jump into the middle of an instruction", "middle.S"),
    Tell("a jump into the middle, where registers can be read", "middle.S", holes=("sscratch",)),
    Tell("a kernel's look at registers", "registers_below.S", _KERNEL, _LOOKED_AT),
    Tell("a user's look at registers", "registers_below.S", _USER, _LOOKED_AT),
    Tell("the last page, which it has not mapped", "last_page.S"),
    Tell("a reservation, over a page's first touch", "reservation.S"),
    Tell("what a user may not do", "user.S"),
    Tell("a translation that it has changed, and not fenced", "stale.S", _NOTHING),
    Tell("the same, after code that it had never executed", "stale.S", _NEW_CODE),
)
