"""What each kind of instruction does, one method a kind: what the plain stepper calls.

A method gets the decoded instruction and its address, makes every check before it writes anything,
and returns the address of the next instruction; it raises Trap or Illegal instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.machine import traps
from models.machine.csr import TABLE
from models.machine.csr_bits import MIE, MPIE, MPP, MPRV, SIE, SPIE, SPP, TSR, TVM, TW
from models.machine.decode import Decoded
from models.machine.isa import BY_NAME
from models.machine.semantics import M64, function, s64
from models.machine.traps import Illegal, Mode, Trap

if TYPE_CHECKING:
    from models.machine.hart import Hart

TRASH = 32  # writes to x0 go to a register that no instruction names


class Instructions:
    """The kinds of instructions of one hart.

    Attributes
    ----------
    kinds
        By kind of the table's rows.
    """

    def __init__(self, hart: Hart):
        self.hart, self.x = hart, hart.x
        self.csrs, self.mmu, self.bus = hart.csrs, hart.mmu, hart.bus
        self.kinds: dict[str, Callable[[Decoded, int], int]] = {
            kind: getattr(self, f"_{kind}")
            for kind in {row.kind for row in BY_NAME.values() if not row.compressed}
        }

    def _value(self, d: Decoded, pc: int, memory: int = 0) -> int:
        x = self.x
        return function(d.base.name)(x[d.rs1], x[d.rs2], d.imm, pc, memory)

    def _alu(self, d: Decoded, pc: int) -> int:
        self.x[d.rd or TRASH] = self._value(d, pc)
        return s64(pc + d.length)

    def _load(self, d: Decoded, pc: int) -> int:
        memory = self.mmu.load(self.x[d.rs1] + d.imm & M64, d.base.width)
        self.x[d.rd or TRASH] = self._value(d, pc, s64(memory))
        return s64(pc + d.length)

    def _store(self, d: Decoded, pc: int) -> int:
        self.mmu.store(self.x[d.rs1] + d.imm & M64, d.base.width, self._value(d, pc))
        return s64(pc + d.length)

    def _branch(self, d: Decoded, pc: int) -> int:
        return s64(pc + (d.imm if self._value(d, pc) else d.length))

    def _jal(self, d: Decoded, pc: int) -> int:
        target = self._value(d, pc)
        self.x[d.rd or TRASH] = s64(pc + d.length)
        return target

    _jalr = _jal

    # ---- atomics
    def _lr(self, d: Decoded, pc: int) -> int:
        address, width = self.x[d.rs1] & M64, d.base.width
        if address % width:
            raise Trap(traps.LOAD_MISALIGNED, address)
        memory = self._extend(self.mmu.load(address, width), width)
        self.hart.reservation = address, memory
        self.x[d.rd or TRASH] = memory
        return s64(pc + d.length)

    def _sc(self, d: Decoded, pc: int) -> int:
        address, width = self.x[d.rs1] & M64, d.base.width
        reserved, self.hart.reservation = self.hart.reservation, None
        failed = 1
        # As QEMU: the reservation is an address and the value read there; an SC that lost it
        # fails without an access.
        if reserved is not None and reserved[0] == address:
            if address % width:
                self.hart.reservation = reserved
                raise Trap(traps.STORE_MISALIGNED, address)
            place = self.mmu.reach(address, width)
            if self._extend(self.bus.load(place, width), width) == reserved[1]:
                self.mmu.store(address, width, self._value(d, pc))
                failed = 0
        self.x[d.rd or TRASH] = failed
        return s64(pc + d.length)

    def _amo(self, d: Decoded, pc: int) -> int:
        address, width = self.x[d.rs1] & M64, d.base.width
        if address % width:
            raise Trap(traps.STORE_MISALIGNED, address)
        place = self.mmu.reach(address, width)
        memory = self._extend(self.bus.load(place, width), width)
        self.mmu.store(address, width, self._value(d, pc, memory))
        self.x[d.rd or TRASH] = memory
        return s64(pc + d.length)

    @staticmethod
    def _extend(value: int, width: int) -> int:
        return s64(value << 64 - 8 * width) >> 64 - 8 * width

    # ---- system
    def _csr(self, d: Decoded, pc: int) -> int:
        csrs, number = self.csrs, d.csr
        swap = d.base.match & 0x3000 == 0x1000
        write = swap or bool(d.imm or d.rs1)
        try:
            csrs.check(number, write)
        except Illegal:
            if not self._hole(TABLE[number][0] if number in TABLE else ""):
                raise
            write = False
        old = s64(csrs.read(number))
        if write:
            # rs1 is read before rd is written: they may be one register.
            new = self._value(d, pc, 0 if swap else s64(csrs.read_to_modify(number)))
            csrs.write(number, new)
        self.x[d.rd or TRASH] = old
        return s64(pc + d.length)

    def _hole(self, name: str) -> bool:
        """Tell whether an instruction that should trap is a hole here."""
        return name in self.hart.holes and self.csrs.mode == Mode.U and not self.hart.virtual

    def _fence(self, d: Decoded, pc: int) -> int:
        # One hart, and code caches that see every store: FENCE and FENCE.I have nothing to do.
        return s64(pc + d.length)

    def _system(self, d: Decoded, pc: int) -> int:
        if self.csrs.mode < d.base.privilege:
            if self._hole(d.base.name):
                return s64(pc + d.length)
            raise Illegal
        action: Callable[[Decoded, int], int] = getattr(self, f"_do_{d.base.semantics}")
        return action(d, pc)

    def _do_ecall(self, d: Decoded, pc: int) -> int:
        raise Trap(traps.ECALL + self.csrs.mode)

    def _do_ebreak(self, d: Decoded, pc: int) -> int:
        raise Trap(traps.BREAKPOINT)

    def _do_wfi(self, d: Decoded, pc: int) -> int:
        if self.csrs.mode == Mode.S and self.csrs.mstatus & TW:
            raise Illegal
        self.hart.waiting = self.hart.attention = True
        return s64(pc + d.length)

    def _do_sfence_vma(self, d: Decoded, pc: int) -> int:
        if self.csrs.mode == Mode.S and self.csrs.mstatus & TVM:
            raise Illegal
        address = self.x[d.rs1] & M64 if d.rs1 else None
        self.mmu.flush(address, self.x[d.rs2] & 0xFFFF if d.rs2 else None)
        return s64(pc + d.length)

    def _do_sret(self, d: Decoded, pc: int) -> int:
        csrs = self.csrs
        if csrs.mode == Mode.S and csrs.mstatus & TSR:
            raise Illegal
        status = csrs.mstatus
        mode = Mode.S if status & SPP else Mode.U
        status = status & ~(SIE | SPP | MPRV) | SPIE | (SIE if status & SPIE else 0)
        return self._return(mode, status, csrs.sepc)

    def _do_mret(self, d: Decoded, pc: int) -> int:
        status = self.csrs.mstatus
        mode = Mode((status & MPP) >> 11)
        status = status & ~(MIE | MPP) | MPIE | (MIE if status & MPIE else 0)
        if mode != Mode.M:
            status &= ~MPRV
        return self._return(mode, status, self.csrs.mepc)

    def _return(self, mode: Mode, status: int, pc: int) -> int:
        self.hart.settle(1)  # the return itself retires in the mode that it leaves
        self.csrs.mstatus = status
        self.hart.enter(mode)
        return s64(pc)
