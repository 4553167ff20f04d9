"""What the instructions of F and D do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.machine.instructions_hypervisor import TRASH
from models.machine.semantics import M64, s64
from models.machine.semantics_float import box, function, unbox
from models.machine.softfloat import DOUBLE, SINGLE, Arithmetic, Rounding
from models.machine.traps import Illegal

if TYPE_CHECKING:
    from models.machine.csr import Csrs
    from models.machine.decode import Decoded
    from models.machine.hart import Hart
    from models.machine.mmu import Mmu

DYNAMIC = 7


class FloatInstructions:
    """The part of `Instructions` that F and D add."""

    hart: Hart
    csrs: Csrs
    mmu: Mmu
    x: list[int]

    #: By bits 26:25 of the encoding.
    _units = (Arithmetic(SINGLE), Arithmetic(DOUBLE))

    def _float(self, d: Decoded, pc: int) -> int:
        """Compute: set fd or rd, and raise flags."""
        csrs, f = self.csrs, self.hart.f
        csrs.check_floats()
        single = not d.base.match >> 25 & 3
        unit = self._units[0 if single else 1]
        unit.rounding, unit.flags = self._rounding(d), 0
        operands = f[d.fs1], f[d.fs2], f[d.fs3]
        x, y, z = map(unbox, operands) if single else operands
        value = function(d.base.name)(unit, x, y, z, operands[0], self.x[d.rs1], 0)
        if "fd" in d.base.fields:
            f[d.fd] = box(value) if single else value
            csrs.changed_floats()
        else:
            self.x[d.rd or TRASH] = s64(value)
        if unit.flags:
            csrs.fcsr |= unit.flags
            csrs.changed_floats()
        return s64(pc + d.length)

    def _rounding(self, d: Decoded) -> Rounding:
        """Return the rounding mode of an instruction that has one."""
        if "rm" not in d.base.fields:
            return Rounding.RNE
        mode = self.csrs.fcsr >> 5 if d.rm == DYNAMIC else d.rm
        if mode > Rounding.RMM:
            raise Illegal
        return Rounding(mode)

    def _fload(self, d: Decoded, pc: int) -> int:
        self.csrs.check_floats()
        memory = self.mmu.load(self.x[d.rs1] + d.imm & M64, d.base.width)
        self.hart.f[d.fd] = box(memory) if d.base.width == 4 else memory
        self.csrs.changed_floats()
        return s64(pc + d.length)

    def _fstore(self, d: Decoded, pc: int) -> int:
        self.csrs.check_floats()
        value = self.hart.f[d.fs2] & (1 << 8 * d.base.width) - 1
        self.mmu.store(self.x[d.rs1] + d.imm & M64, d.base.width, value)
        return s64(pc + d.length)
