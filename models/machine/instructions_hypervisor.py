"""What the instructions of the H extension do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.machine.csr_bits import TVM
from models.machine.csr_hypervisor import HU, VMID_MASK
from models.machine.decode import Decoded
from models.machine.semantics import M64, s64
from models.machine.traps import Illegal, Mode, VirtualInstruction

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.machine.csr import Csrs
    from models.machine.hart import Hart
    from models.machine.mmu import Mmu

TRASH = 32  # writes to x0 go to a register that no instruction names


class HypervisorInstructions:
    """The part of `Instructions` that the H extension adds."""

    hart: Hart
    csrs: Csrs
    mmu: Mmu
    x: list[int]
    _value: Callable[..., int]

    def _hload(self, d: Decoded, pc: int) -> int:
        """HLV, HLVX: load as the guest would, in the mode that hstatus.SPVP names."""
        self._for_hypervisor(user=True)
        context = self.mmu.guest_context(execute=d.base.name.startswith("hlvx"))
        memory = self.mmu.load(self.x[d.rs1] & M64, d.base.width, context)
        self.x[d.rd or TRASH] = self._value(d, pc, s64(memory))
        return s64(pc + d.length)

    def _hstore(self, d: Decoded, pc: int) -> int:
        """HSV."""
        self._for_hypervisor(user=True)
        context = self.mmu.guest_context()
        self.mmu.store(self.x[d.rs1] & M64, d.base.width, self._value(d, pc), context)
        return s64(pc + d.length)

    def _for_hypervisor(self, user: bool = False) -> None:
        """Raise unless a hypervisor runs; with hstatus.HU its programs may load and store too."""
        csrs = self.csrs
        if not csrs.hypervisor:
            raise Illegal
        if csrs.virtual:
            raise VirtualInstruction
        if csrs.mode == Mode.U and not (user and csrs.hstatus & HU):
            raise Illegal

    def _do_hfence_vvma(self, d: Decoded, pc: int) -> int:
        self._for_hypervisor()
        address = self.x[d.rs1] & M64 if d.rs1 else None
        asid = self.x[d.rs2] & 0xFFFF if d.rs2 else None
        self.mmu.flush(address, asid, self.csrs.virtual_machine)
        return s64(pc + d.length)

    def _do_hfence_gvma(self, d: Decoded, pc: int) -> int:
        self._for_hypervisor()
        if self.csrs.mode == Mode.S and self.csrs.mstatus & TVM:
            raise Illegal
        self.mmu.flush_guest((self.x[d.rs2] & VMID_MASK) + 1 if d.rs2 else None)
        return s64(pc + d.length)
