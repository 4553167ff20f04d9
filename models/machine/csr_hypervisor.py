"""Control and status registers of the H extension (privileged specification 1.12, chapter 8).

hstatus (what the hypervisor says of its guest), and what H adds to mstatus::

     33  32  22   21   20  9    8    7   6          39  38
    +------+----+---+----+--+----+---+---+        +---+---+
    | VSXL |VTSR|VTW|VTVM|HU|SPVP|SPV|GVA|        |MPV|GVA|
    +------+----+---+----+--+----+---+---+        +---+---+

hgatp, the root of the second stage (vsatp is the first's, in satp's form)::

     63  60 59 58 57   44 43                    0
    +------+-----+-------+-----------------------+
    | MODE |  0  | VMID  |    PPN (its two low bits are 0: the root is 16 KiB)
    +------+-----+-------+-----------------------+

With V=1 an instruction that names a supervisor register gets the VS register in its place
(`substitute`). There are no guest external interrupts (GEILEN is 0), so bit 12 of the interrupt
registers, hgeip, hgeie and hstatus.VGEIN are zero.
"""

from __future__ import annotations

from collections.abc import Callable

from models.machine.clock import NEVER, Clock
from models.machine.csr_bits import FIOM, M64, MXR, SSTATUS, STCE, SUM, TIME_BIT, UXL
from models.machine.csr_float import FS, with_summary
from models.machine.paging import BARE, LEVELS
from models.machine.traps import (
    GUEST_INTERRUPTS,
    MACHINE,
    USER,
    VSSIP,
    VSTIP,
    Illegal,
    Mode,
    VirtualInstruction,
)

GVA, SPV, SPVP, HU = (1 << n for n in (6, 7, 8, 9))
VTVM, VTW, VTSR = (1 << n for n in (20, 21, 22))
VSXL = 2 << 32  # 64 bits, fixed
M_GVA, MPV = 1 << 38, 1 << 39
VMID_MASK = (1 << 14) - 1
MISA_H = 1 << ord("H") - ord("A")

#: The registers that H adds or widens, and the bits that a write changes.
HYPERVISOR: dict[str, int] = {
    "medeleg": 0xF0B7FF,
    "mie": 0xAAA | GUEST_INTERRUPTS,
    "hstatus": VTSR | VTW | VTVM | HU | SPVP | SPV | GVA,
    "hedeleg": 0xB1FF,
    "hideleg": GUEST_INTERRUPTS,
    "hie": GUEST_INTERRUPTS,
    "hip": VSSIP,
    "hvip": GUEST_INTERRUPTS,
    "hgeie": 0,
    "hgeip": 0,
    "htimedelta": M64,
    "hcounteren": 0xFFFFFFFF,
    "henvcfg": FIOM | STCE,
    "htval": M64,
    "htinst": M64,
    "hgatp": M64 & ~(3 << 58 | 3),
    "vsstatus": SSTATUS,
    "vsie": GUEST_INTERRUPTS >> 1,
    "vstvec": M64,
    "vsscratch": M64,
    "vsepc": M64 & ~1,
    "vscause": M64,
    "vstval": M64,
    "vsip": VSSIP >> 1,
    "vstimecmp": M64,
    "vsatp": M64,
    "mtinst": M64,
    "mtval2": M64,
}
_COUNTERS = range(0xC00, 0xC20)
_SATP, _STIMECMP = 0x180, 0x14D


class HypervisorRegisters:
    """The part of `Csrs` that the H extension adds.

    Attributes
    ----------
    hypervisor
        Whether the extension is there.
    virtual
        V: whether a guest runs (with S: VS, with U: VU).
    """

    clock: Clock
    hypervisor: bool
    floats: bool
    virtual: int
    mode: Mode
    table: dict[int, tuple[str, int]]
    on_interrupts: Callable[[], None]
    on_translation: Callable[[bool], None]
    mstatus: int
    mie: int
    menvcfg: int
    mcounteren: int
    scounteren: int
    hstatus: int
    hvip: int
    hideleg: int
    hedeleg: int
    hcounteren: int
    henvcfg: int
    htimedelta: int
    hgatp: int
    htval: int
    htinst: int
    mtval2: int
    mtinst: int
    vsstatus: int
    vstvec: int
    vsepc: int
    vscause: int
    vstval: int
    vsatp: int
    vstimecmp: int

    def _reset_hypervisor(self) -> None:
        for name in HYPERVISOR:  # without the extension too: they stay zero then
            setattr(self, name, 0)
        self.virtual = 0
        self.hstatus, self.vsstatus = VSXL, UXL
        self.vstimecmp = M64
        self.clock.schedule(None, self._guest_timer)

    # ------------------------------------------------------------------ access by instructions
    def substitute(self, number: int) -> int:
        """Return the register that a number names now: with V=1 the guest's own."""
        if self.virtual and number >> 8 == 1 and number + 0x100 in self.table:
            return number + 0x100
        return number

    @property
    def virtual_machine(self) -> int:
        """The TLB's tag of the guest: its number in hgatp plus one."""
        return (self.hgatp >> 44 & VMID_MASK) + 1

    def _check_guest(self, number: int) -> None:
        """Raise VirtualInstruction where the hypervisor keeps an existing register from a guest."""
        least, user = number >> 8 & 3, self.mode == USER
        granted = self.hcounteren & (self.scounteren if user else M64)
        if (
            least > self.mode
            or (number in _COUNTERS and not granted >> (number & 31) & 1)
            or (number == _SATP and self.hstatus & VTVM)
            or (number == _STIMECMP and not (self._read_henvcfg() & STCE and granted & TIME_BIT))
        ):
            if least == MACHINE:
                raise Illegal
            raise VirtualInstruction

    # ------------------------------------------------------------------ interrupts
    def guest_pending(self) -> int:
        """Return the VS-level bits of mip: what the hypervisor injects, and the guest's timer."""
        if self._read_henvcfg() & STCE and self.guest_time() >= self.vstimecmp:
            return self.hvip | VSTIP
        return self.hvip

    def _read_hip(self) -> int:
        return self.guest_pending()

    def _write_hip(self, value: int) -> None:
        self._write_hvip(self.hvip & ~VSSIP | value & VSSIP)

    def _write_hvip(self, value: int) -> None:
        self.hvip = value & GUEST_INTERRUPTS
        self.on_interrupts()

    def _read_hie(self) -> int:
        return self.mie & GUEST_INTERRUPTS

    def _write_hie(self, value: int) -> None:
        self.mie = self.mie & ~GUEST_INTERRUPTS | value & GUEST_INTERRUPTS
        self.on_interrupts()

    def _write_hideleg(self, value: int) -> None:
        self.hideleg = value & GUEST_INTERRUPTS
        self.on_interrupts()

    # A guest sees its interrupts where a supervisor has its own: one bit lower.
    def _read_vsip(self) -> int:
        return (self.guest_pending() & self.hideleg) >> 1

    def _write_vsip(self, value: int) -> None:
        mask = VSSIP & self.hideleg
        self._write_hvip(self.hvip & ~mask | value << 1 & mask)

    def _read_vsie(self) -> int:
        return (self.mie & self.hideleg) >> 1

    def _write_vsie(self, value: int) -> None:
        self._write_hie(self.mie & ~self.hideleg | value << 1 & self.hideleg)

    # ------------------------------------------------------------------ status and translation
    def _write_hstatus(self, value: int) -> None:
        mask = HYPERVISOR["hstatus"]
        self.hstatus = self.hstatus & ~mask | value & mask

    def _read_vsstatus(self) -> int:
        return with_summary(self.vsstatus)

    def _write_vsstatus(self, value: int) -> None:
        changed = (value ^ self.vsstatus) & (SSTATUS | (FS if self.floats else 0))
        self.vsstatus ^= changed
        if changed & (SUM | MXR):
            self.on_translation(False)
        self.on_interrupts()

    def _write_vstvec(self, value: int) -> None:
        if value & 2 == 0:  # modes 2 and 3 are reserved: the register stays
            self.vstvec = value

    def _write_vsatp(self, value: int) -> None:
        if value >> 60 in (BARE, *LEVELS):
            self.vsatp = value
            self.on_translation(False)

    def _write_hgatp(self, value: int) -> None:
        if value >> 60 in (BARE, *LEVELS):
            self.hgatp = value & HYPERVISOR["hgatp"]
            self.on_translation(False)

    # ------------------------------------------------------------------ time
    def guest_time(self) -> int:
        """Return what a guest reads as time."""
        return self.clock.now() + self.htimedelta & M64

    def _write_htimedelta(self, value: int) -> None:
        self.htimedelta = value
        self._guest_timer()

    def _read_henvcfg(self) -> int:
        return self.henvcfg & (self.menvcfg & STCE | FIOM)

    def _write_henvcfg(self, value: int) -> None:
        """Set it; STCE is zero while menvcfg has it zero."""
        self.henvcfg = value & (FIOM | self.menvcfg & STCE)
        self._guest_timer()

    def _write_vstimecmp(self, value: int) -> None:
        self.vstimecmp = value
        self._guest_timer()

    def _guest_timer(self) -> None:
        """Come back when the guest's timer is due, or stops being so because its time wraps."""
        time = self.guest_time()
        ahead = (self.vstimecmp if time < self.vstimecmp else 1 << 64) - time
        armed = self._read_henvcfg() & STCE and ahead < NEVER and self.vstimecmp != M64
        self.clock.schedule(self.clock.now() + ahead if armed else None, self._guest_timer)
        self.on_interrupts()
