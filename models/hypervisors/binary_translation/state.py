"""The guest's control and status registers in memory, so that translated code gets at them itself.

x0 is an address: ``ld a0, -2040(x0)`` needs no register that is not the guest's. So one page of the
hypervisor's stands at the top of the address space of the guest's kernel, and a CSR instruction
that keeps calling the hypervisor becomes one load or one store of it, which takes as much time.

Offsets from -2048 to -1537 alone are used: then bits 31 to 29 of the instruction are 100, and its
second half, taken for an instruction of 16 bits, is a reserved one.

What the guest leaves in the page is written to its CSRs by their own rules, and can do no more than
the instruction could.
"""

from __future__ import annotations

from models.hypervisors.host import Host
from models.machine.csr import Csrs
from models.machine.csr_names import NUMBERS
from models.machine.decode import Decoded, encode
from models.machine.memory import PAGE
from models.machine.traps import Mode

TOP = (1 << 64) - PAGE
FIRST = -2048
#: Registers that change at exits only, in the modes that may read them whatever else is set
#: (satp, the timers and the counters may be refused).
_SUPERVISOR = ("sstatus", "sie", "stvec", "sscratch", "sepc", "scause", "stval", "scounteren")
_MACHINE = ("mstatus", "mie", "mtvec", "mscratch", "mepc", "mcause", "mtval", "medeleg", "mideleg",
            "mhartid", "misa")  # fmt: skip
READABLE = {
    NUMBERS[name]: (-2048 + 8 * n, Mode.S if name in _SUPERVISOR else Mode.M)
    for n, name in enumerate(_SUPERVISOR + _MACHINE)
}
#: Those that are plain memory: each value can be written, and a write changes nothing else.
WRITABLE = frozenset(
    NUMBERS[name]
    for name in ("sscratch", "scause", "stval", "mscratch", "mcause", "mtval")
)  # fmt: skip


class StatePage:
    """The page of one virtual machine.

    Parameters
    ----------
    host
        Whose page it takes.
    csrs
        The guest's registers.

    Attributes
    ----------
    place
        Its physical address, 0 until something is inlined.
    """

    def __init__(self, host: Host, csrs: Csrs):
        self._host, self._csrs = host, csrs
        self.place = 0
        self._used: dict[int, int] = {}  # CSRs that inlined code names, and their index in RAM
        self._kept: dict[int, int] = {}  # what stood there, of those that it may write

    def replacement(self, decoded: Decoded, mode: Mode) -> int | None:
        """Return the load or store that does what a CSR instruction does; None if there is none.

        Raises
        ------
        OutOfFrames
            If it is the first and the hypervisor has no page left.
        """
        offset, least = READABLE.get(decoded.csr, (0, Mode.M))
        if decoded.base.kind != "csr" or not offset or mode < least:
            return None
        name, swaps = decoded.base.name, decoded.base.name == "csrrw"
        if name in ("csrrs", "csrrc") and not decoded.rs1 and decoded.rd:
            word = encode("ld", rd=decoded.rd, rs1=0, imm=offset)
        elif swaps and not decoded.rd and decoded.csr in WRITABLE:
            word = encode("sd", rs2=decoded.rs1, rs1=0, imm=offset)
        else:
            return None
        if not self.place:
            self.place = self._host.frames.take(self._host.board)
        ram = self._host.board.ram
        self._used[decoded.csr] = self.place + PAGE + offset - ram.base >> 3
        if decoded.csr in WRITABLE:
            self._kept[decoded.csr] = 0
        return word

    def load(self) -> None:
        """Write what inlined code reads: before the guest's kernel is entered."""
        u64, kept, read = self._host.board.ram.u64, self._kept, self._csrs.read
        for number, index in self._used.items():
            u64[index] = value = read(number)
            if number in kept:
                kept[number] = value

    def store(self) -> None:
        """Take over what inlined code has written: after it was left."""
        u64 = self._host.board.ram.u64
        for number, before in self._kept.items():
            value = u64[self._used[number]]
            if value != before:
                self._csrs.write(number, value)

    def clear(self) -> None:
        """Give the page back: nothing is inlined any more."""
        if self.place:
            self._host.frames.give(self.place)
        self.place = 0
        self._used.clear()
        self._kept.clear()
