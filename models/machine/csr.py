"""Control and status registers of M, S and U mode (privileged specification 1.12).

A register is a plain attribute with the bits that a write can change (`csr_bits.WRITABLE`); one
whose reads or writes do more has methods `_read_<name>`, `_write_<name>`. Values are unsigned.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from models.machine.clock import Clock
from models.machine.csr_bits import (
    M64,
    MISA,
    MPP,
    MPRV,
    MSTATUS,
    MXR,
    SIE,
    SSTATUS,
    STCE,
    SUM,
    SXL,
    TIME_BIT,
    TVM,
    UXL,
    WRITABLE,
)
from models.machine.csr_bits import MIE as MIE_BIT
from models.machine.csr_counters import CounterRegisters
from models.machine.csr_float import FLOAT, FS, MISA_FLOAT, FloatRegisters, with_summary
from models.machine.csr_float import NUMBERS as FLOATS
from models.machine.csr_hypervisor import HYPERVISOR, M_GVA, MISA_H, MPV, HypervisorRegisters
from models.machine.csr_interrupts import InterruptRegisters
from models.machine.csr_names import NUMBERS
from models.machine.paging import BARE, LEVELS
from models.machine.pmp import ENTRIES, Pmp
from models.machine.traps import MACHINE, SUPERVISOR, USER, Illegal, Mode

#: What a snapshot keeps besides the registers.
KEPT = ("soft_mip", "lines", "exceptions", "_cycle_base", "_instret_base", "virtual")
COUNTERS = range(0xC00, 0xC20)
MIE, SATP, HGATP, TIMERS = 0x304, 0x180, 0x680, (0x14D, 0x24D)
#: number: (name, bits that a write changes)
TABLE = {NUMBERS[name]: (name, mask) for name, mask in WRITABLE.items()}
#: The same with the H extension.
HYPERVISOR_TABLE = TABLE | {NUMBERS[name]: (name, mask) for name, mask in HYPERVISOR.items()}
FLOAT_TABLE = {NUMBERS[name]: (name, mask) for name, mask in FLOAT.items()}


class Csrs(InterruptRegisters, HypervisorRegisters, FloatRegisters, CounterRegisters):
    """The registers of one hart.

    Parameters
    ----------
    clock, pmp
        What some registers show.
    hypervisor
        Whether the H extension is there.
    floats
        Whether F and D are there.

    Attributes
    ----------
    table
        The registers that are there, as `TABLE`.
    lines
        Interrupt wires, as bits of mip.
    on_interrupts, on_translation
        Called when something changes that decides whether an interrupt is taken, or how an
        address is translated or protected (True: protection changed too).
    """

    mstatus: int
    mtvec: int
    mepc: int
    mcause: int
    mtval: int
    medeleg: int
    mideleg: int
    mie: int
    stvec: int
    sepc: int
    scause: int
    stval: int
    satp: int
    mcounteren: int
    scounteren: int

    def __init__(self, clock: Clock, pmp: Pmp, hypervisor: bool = False, floats: bool = False):
        self.clock, self.pmp, self.hypervisor = clock, pmp, hypervisor
        self.floats = floats
        self.table = HYPERVISOR_TABLE if hypervisor else TABLE
        if floats:
            self.table = self.table | FLOAT_TABLE
        self.mode = MACHINE
        self.on_interrupts: Callable[[], None] = lambda: None
        self.on_translation: Callable[[bool], None] = lambda protection: None
        self._readers: dict[int, Callable[[], int]] = {}
        self._writers: dict[int, Callable[[int], None]] = {}
        for number, (name, mask) in self.table.items():
            read, write = (
                getattr(self, f"_read_{name}", None),
                getattr(self, f"_write_{name}", None),
            )
            self._readers[number] = read or self._plain_reader(name)
            self._writers[number] = write or self._plain_writer(name, mask)
        for n in range(ENTRIES):
            self._readers[0x3B0 + n] = partial(self.pmp.read_address, n)
            self._writers[0x3B0 + n] = partial(self._write_pmp_address, n)
        for n in (0, 2):
            self._readers[0x3A0 + n] = partial(self.pmp.read_register, n)
            self._writers[0x3A0 + n] = partial(self._write_pmp_config, n)
        self.reset()

    def reset(self) -> None:
        """Power-on: M-mode, no translation, nothing enabled."""
        for name, _ in self.table.values():
            setattr(self, name, 0)
        self.mode = MACHINE
        self.mstatus = UXL | SXL
        self.misa = MISA | (MISA_H if self.hypervisor else 0) | (MISA_FLOAT if self.floats else 0)
        self.soft_mip = 0  # what software set in mip: SSIP, STIP, SEIP
        self.lines = 0
        self.pmp.reset()
        self._reset_counters()
        self._write_mideleg(0)
        self._reset_hypervisor()

    def _plain_reader(self, name: str) -> Callable[[], int]:
        return partial(getattr, self, name)

    def _plain_writer(self, name: str, mask: int) -> Callable[[int], None]:
        def write(value: int) -> None:
            setattr(self, name, value & mask | getattr(self, name) & ~mask)

        return write

    # ------------------------------------------------------------------ access by instructions
    def check(self, number: int, write: bool) -> None:
        """Raise Illegal unless the present mode may make this access.

        Number bits 11:10 are 11 for a read-only register, bits 9:8 its least mode.
        """
        mode = self.mode
        if number not in self.table or (write and number >> 10 == 3):
            raise Illegal
        if self.floats and number in FLOATS:
            self.check_floats()
        if mode == MACHINE:
            return
        if self.virtual:
            self._check_machine(number)
            self._check_guest(number)
            return
        # HS-mode stands between S and M: registers of its own have 10 in bits 9:8.
        if (number >> 8 & 3) > (mode if mode != SUPERVISOR else 2):
            raise Illegal
        self._check_machine(number)
        if mode == SUPERVISOR and self.mstatus & TVM and number in (SATP, HGATP):
            raise Illegal
        if mode == USER and number in COUNTERS and not self.scounteren >> (number & 31) & 1:
            raise Illegal

    def _check_machine(self, number: int) -> None:
        """Raise Illegal where M-mode keeps a register from all below."""
        if number in COUNTERS and not self.mcounteren >> (number & 31) & 1:
            raise Illegal
        timer_granted = self.menvcfg & STCE and self.mcounteren & TIME_BIT
        if number in TIMERS and not timer_granted:
            raise Illegal

    def reader(self, number: int) -> Callable[[], int]:
        """Return what reads a register."""
        return self._readers[number]

    def read(self, number: int) -> int:
        """Return a register's value (`check` first, for an instruction)."""
        return self._readers[number]()

    def read_to_modify(self, number: int) -> int:
        """Return the value that a read-modify-write starts from: mip's wires stay out of it."""
        if number in (0x344, 0x144):
            soft = self.soft_mip | (self.hvip if self.hypervisor else 0)
            return soft & (self.mideleg if number == 0x144 else M64)
        return self._readers[number]()

    def write(self, number: int, value: int) -> None:
        """Set a register; bits that cannot change stay."""
        self._writers[number](value & M64)

    # ------------------------------------------------------------------ status
    def _read_sstatus(self) -> int:
        return with_summary(self.mstatus & (SSTATUS | FS | 3 << 32))

    def _write_sstatus(self, value: int) -> None:
        mask = SSTATUS | FS
        self._write_mstatus(self.mstatus & ~mask | value & mask)

    def _read_mstatus(self) -> int:
        return with_summary(self.mstatus)

    def _write_mstatus(self, value: int) -> None:
        if value & MPP == 2 << 11:  # no such mode
            value = value & ~MPP | self.mstatus & MPP
        mask = MSTATUS | (MPV | M_GVA if self.hypervisor else 0) | (FS if self.floats else 0)
        changed = (value ^ self.mstatus) & mask
        self.mstatus ^= changed
        if changed & (SUM | MXR | MPRV | MPP | MPV):
            self.on_translation(False)
        if changed & value & (MIE_BIT | SIE):  # one more may be taken now
            self.on_interrupts()

    def _write_stvec(self, value: int) -> None:
        if value & 2 == 0:  # modes 2 and 3 are reserved: the register stays
            self.stvec = value

    def _write_mtvec(self, value: int) -> None:
        if value & 2 == 0:
            self.mtvec = value

    # ------------------------------------------------------------------ translation, protection
    def _write_satp(self, value: int) -> None:
        if value >> 60 in (BARE, *LEVELS):  # a mode that is not there: the register stays
            self.satp = value
            self.on_translation(False)

    def _write_pmp_config(self, register: int, value: int) -> None:
        if self.pmp.write_register(register, value):
            self.on_translation(True)

    def _write_pmp_address(self, n: int, value: int) -> None:
        if self.pmp.write_address(n, value):
            self.on_translation(True)

    # ------------------------------------------------------------------ snapshots
    def state(self) -> dict[str, int | list[int]]:
        """Return every register as plain numbers."""
        own = ("pmp", "hpm", "mhpm")  # kept below, or always zero
        names = [name for name, _ in self.table.values() if not name.startswith(own)]
        return {
            **{name: int(getattr(self, name)) for name in (*names, *KEPT)},
            "mode": int(self.mode),
            "pmpcfg": list(self.pmp.config),
            "pmpaddr": list(self.pmp.address),
        }

    def load_state(self, state: dict[str, int | list[int]]) -> None:
        """Take back what `state` returned."""
        for name, value in state.items():
            if name == "pmpcfg":
                self.pmp.config = list(value)  # type: ignore[arg-type]
            elif name == "pmpaddr":
                self.pmp.address = list(value)  # type: ignore[arg-type]
            else:
                setattr(self, name, value)
        self.mode = Mode(self.mode)
        if self.virtual not in (0, 1) or (self.virtual and self.mode == MACHINE):
            raise ValueError(f"V is {self.virtual} in {self.mode.name}-mode; 0 or 1, in M-mode 0")
        self.pmp.update()
        self._timer()
        self._guest_timer()
        self.on_translation(True)
