"""What each kind of instruction does, one method a kind: what the plain stepper calls.

A method gets the decoded instruction and its address, makes every check before it writes anything,
and returns the address of the next instruction; it raises Trap or Illegal instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.machine import traps
from models.machine.csr_bits import MIE, MPIE, MPP, MPRV, SIE, SPIE, SPP, TSR, TVM, TW
from models.machine.csr_hypervisor import MPV, SPV, VTSR, VTVM, VTW
from models.machine.decode import Decoded
from models.machine.instructions_float import FloatInstructions
from models.machine.instructions_hypervisor import TRASH, HypervisorInstructions
from models.machine.isa import BY_NAME
from models.machine.semantics import M64, function, s64
from models.machine.traps import MACHINE, SUPERVISOR, USER, Illegal, Mode, Trap, VirtualInstruction

if TYPE_CHECKING:
    from models.machine.hart import Hart


class Instructions(HypervisorInstructions, FloatInstructions):
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
            raise self.mmu.fault(traps.LOAD_MISALIGNED, address)
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
                raise self.mmu.fault(traps.STORE_MISALIGNED, address)
            place = self.mmu.reach(address, width)
            if self._extend(self.bus.load(place, width), width) == reserved[1]:
                self.mmu.store(address, width, self._value(d, pc))
                failed = 0
        self.x[d.rd or TRASH] = failed
        return s64(pc + d.length)

    def _amo(self, d: Decoded, pc: int) -> int:
        address, width = self.x[d.rs1] & M64, d.base.width
        if address % width:
            raise self.mmu.fault(traps.STORE_MISALIGNED, address)
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
        if self.hart.holes and number in csrs.table and self._hole(csrs.table[number][0]):
            write = False
        else:
            csrs.check(number, write)
        number = csrs.substitute(number)
        old = s64(csrs.read(number))
        if write:
            # rs1 is read before rd is written: they may be one register.
            new = self._value(d, pc, 0 if swap else s64(csrs.read_to_modify(number)))
            csrs.write(number, new)
        self.x[d.rd or TRASH] = old
        return s64(pc + d.length)

    def _hole(self, name: str) -> bool:
        """Tell whether an instruction that should trap is a hole here."""
        return name in self.hart.holes and self.csrs.mode == USER and not self.csrs.virtual

    def _fence(self, d: Decoded, pc: int) -> int:
        # One hart, and code caches that see every store: FENCE and FENCE.I have nothing to do.
        return s64(pc + d.length)

    def _system(self, d: Decoded, pc: int) -> int:
        if self.csrs.mode < d.base.privilege:
            if self._hole(d.base.name):
                return s64(pc + d.length)
            # What a guest's supervisor may do, only its hypervisor keeps from its user.
            waits = d.base.name == "wfi" and self.csrs.mstatus & TW
            if self.csrs.virtual and d.base.privilege == SUPERVISOR and not waits:
                raise VirtualInstruction
            raise Illegal
        action: Callable[[Decoded, int], int] = getattr(self, f"_do_{d.base.semantics}")
        return action(d, pc)

    def _do_ecall(self, d: Decoded, pc: int) -> int:
        csrs = self.csrs  # a call from VS has the number between those from S and M
        raise Trap(traps.ECALL + csrs.mode + (csrs.virtual if csrs.mode == SUPERVISOR else 0))

    def _do_ebreak(self, d: Decoded, pc: int) -> int:
        raise Trap(traps.BREAKPOINT)

    def _do_wfi(self, d: Decoded, pc: int) -> int:
        csrs = self.csrs
        if csrs.mode == SUPERVISOR and csrs.mstatus & TW:
            raise Illegal
        if csrs.virtual and csrs.hstatus & VTW:
            raise VirtualInstruction
        self.hart.waiting = self.hart.attention = True
        return s64(pc + d.length)

    def _do_sfence_vma(self, d: Decoded, pc: int) -> int:
        csrs = self.csrs
        if csrs.virtual and csrs.hstatus & VTVM:
            raise VirtualInstruction
        if csrs.mode == SUPERVISOR and not csrs.virtual and csrs.mstatus & TVM:
            raise Illegal
        address = self.x[d.rs1] & M64 if d.rs1 else None
        asid = self.x[d.rs2] & 0xFFFF if d.rs2 else None
        self.mmu.flush(address, asid, csrs.virtual_machine if csrs.virtual else 0)
        return s64(pc + d.length)

    def _do_sret(self, d: Decoded, pc: int) -> int:
        csrs = self.csrs
        if csrs.virtual:
            if csrs.hstatus & VTSR:
                raise VirtualInstruction
            mode, csrs.vsstatus = self._popped(csrs.vsstatus)
            return self._return(mode, csrs.mstatus & ~MPRV, csrs.vsepc, 1)
        if csrs.mode == SUPERVISOR and csrs.mstatus & TSR:
            raise Illegal
        virtual = 1 if csrs.hstatus & SPV else 0
        csrs.hstatus &= ~SPV
        mode, status = self._popped(csrs.mstatus)
        return self._return(mode, status & ~MPRV, csrs.sepc, virtual)

    @staticmethod
    def _popped(status: int) -> tuple[Mode, int]:
        """Return the mode that SRET goes to, and sstatus or vsstatus then."""
        mode = SUPERVISOR if status & SPP else USER
        return mode, status & ~(SIE | SPP) | SPIE | (SIE if status & SPIE else 0)

    def _do_mret(self, d: Decoded, pc: int) -> int:
        status = self.csrs.mstatus
        mode = Mode((status & MPP) >> 11)
        virtual = 1 if status & MPV and mode != MACHINE else 0
        status = status & ~(MIE | MPP | MPV) | MPIE | (MIE if status & MPIE else 0)
        if mode != MACHINE:
            status &= ~MPRV
        return self._return(mode, status, self.csrs.mepc, virtual)

    def _return(self, mode: Mode, status: int, pc: int, virtual: int) -> int:
        self.hart.settle(1)  # the return itself retires in the mode that it leaves
        self.csrs.mstatus = status
        self.hart.enter(mode, virtual)
        return s64(pc)
