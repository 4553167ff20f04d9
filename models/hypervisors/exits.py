"""What a hypervisor gets to see of its guest: the exit, as the board's trap delivered it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from models.machine.decode import decode, encode

#: Reasons of exits by the privileged instruction that trapped, or its kind.
REASONS = {
    "csr": "csr",
    "mret": "trap-return",
    "sret": "trap-return",
    "sfence.vma": "fence",
    "wfi": "wait",
}
#: Exceptions whose value is the instruction's word, and those that one instruction alone raises.
TELLS = frozenset({"illegal-instruction", "virtual-instruction"})
CALLS = frozenset({"ecall-u", "ecall-s", "ecall-vs"})
ECALL = encode("ecall")


class Exit(NamedTuple):
    """Why the guest left the physical hart (what KVM_RUN returns in its structure).

    Attributes
    ----------
    cause
        Name of the exception or interrupt, as in `models.events`.
    interrupt
        It is an interrupt: nothing of the instruction at `pc` has happened, and it was not tried.
    pc
        Where the guest stood, signed.
    value
        mtval: the address, or the instruction's word.
    completed
        Attempts before it: what the guest's time goes on by. The one that made the exit is not
        among them.
    excepted
        How many of them raised an exception that the guest's own handlers took (with the H
        extension).
    physical
        mtval2 as an address: the guest physical address of a guest-page fault.
    instruction
        mtinst.
    """

    cause: str
    interrupt: bool
    pc: int
    value: int
    completed: int
    excepted: int = 0
    physical: int = 0
    instruction: int = 0

    @property
    def word(self) -> int:
        """The instruction that made it, where the exit tells that; else 0."""
        if self.cause in TELLS:
            return self.value
        return ECALL if self.cause in CALLS else 0


@lru_cache(maxsize=1 << 10)
def privileged_reason(word: int) -> str:
    """Name the reason of an exit by an instruction that a guest's kernel may execute.

    "exception" if it is none of those: the guest's own affair.
    """
    decoded = decode(word)
    if decoded is None:
        return "exception"
    return REASONS.get(decoded.base.kind, REASONS.get(decoded.base.name, "exception"))
