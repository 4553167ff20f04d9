"""The floating-point control and status register, and whether floating point is on.

::

    fcsr     7   5  4    3    2    1    0
           +------+----+----+----+----+----+     fflags is its low part, frm the part above
           | FRM  | NV | DZ | OF | UF | NX |
           +------+----+----+----+----+----+

    mstatus  63      14 13
           +----+   +-----+     FS: 0 off (everything of floating point is illegal), 1 initial,
           | SD |   | FS  |     2 clean, 3 dirty (the state may have changed); SD: FS is dirty
           +----+   +-----+

A guest's floating point is off where its own FS (vsstatus) or its hypervisor's (mstatus) is off,
and what it changes makes both dirty.
"""

from __future__ import annotations

from models.machine.traps import Illegal

FS, SD = 3 << 13, 1 << 63
FLAGS, MODES = 0x1F, 0x7
MISA_FLOAT = 1 << ord("F") - ord("A") | 1 << ord("D") - ord("A")

#: The registers that F and D add, and the bits that a write changes.
FLOAT: dict[str, int] = {"fflags": FLAGS, "frm": MODES, "fcsr": 0xFF}
NUMBERS = range(1, 4)


class FloatRegisters:
    """The part of `Csrs` that F and D add.

    Attributes
    ----------
    floats
        Whether the extensions are there.
    fcsr
        Flags and rounding mode.
    """

    floats: bool
    virtual: int
    mstatus: int
    vsstatus: int
    fcsr: int

    def check_floats(self) -> None:
        """Raise Illegal while floating point is off (as it always is where there is none)."""
        if not self.mstatus & FS or (self.virtual and not self.vsstatus & FS):
            raise Illegal

    def changed_floats(self) -> None:
        """Note that a register, a flag or the rounding mode has changed."""
        self.mstatus |= FS
        if self.virtual:
            self.vsstatus |= FS

    def _read_fflags(self) -> int:
        return self.fcsr & FLAGS

    def _write_fflags(self, value: int) -> None:
        self._write_fcsr(self.fcsr & ~FLAGS | value & FLAGS)

    def _read_frm(self) -> int:
        return self.fcsr >> 5

    def _write_frm(self, value: int) -> None:
        self._write_fcsr(self.fcsr & FLAGS | (value & MODES) << 5)

    def _write_fcsr(self, value: int) -> None:
        self.fcsr = value & FLOAT["fcsr"]
        self.changed_floats()


def with_summary(status: int) -> int:
    """Return mstatus, sstatus or vsstatus as it is read: with SD."""
    return status | SD if status & FS == FS else status
