"""Where everything lies in an image of programs.

The image starts with the frame (machine-mode code, and one page of supervisor trap stubs that all
programs share); then come equal slots, one a program::

    page 0      header (initial and final state) and trap log
    page 1, 2   code
    page 3..5   data
    page 6..9   page tables: root and the levels below

What a program does is seen by comparing its whole slot afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

PAGE = 4096
BASE = 0x8000_0000
STUBS = BASE + PAGE
SLOTS = BASE + 0x10000

CODE, DATA, TABLES = 1, 3, 6
CODE_PAGES, DATA_PAGES, TABLE_PAGES = 2, 3, 4

# Devices of QEMU's `virt` that the frame touches.
MSIP = 0x0200_0000
MTIMECMP = 0x0200_4000
FINISHER = 0x0010_0000
FINISHER_PASS = 0x5555

# The header, in double words. CURRENT counts segments; SEGMENTS holds their addresses, 0 at end.
CURRENT, SEGMENTS = 0, 1
REGISTERS = 9  # initial x1..x31 stand at REGISTERS + 1 ..
CSR_TABLE = 41
HEADER_BYTES = 1024

#: CSRs that a program finds set, in this order; at its end their values are stored here again.
CSRS = (
    *(f"pmpaddr{number}" for number in range(16)),
    *("pmpcfg0", "pmpcfg2", "medeleg", "mideleg", "mcounteren", "scounteren", "senvcfg"),
    *("stvec", "sscratch", "sepc", "scause", "stval", "satp", "mtvec", "mepc", "mcause", "mtval"),
    *("mcountinhibit", "stimecmp", "menvcfg", "mie", "mip", "mstatus"),
)

# A record of the log, in double words; x1..x31 stand at their number.
ENTRY = 0  # which entry of the vector table was taken
#: CSRs that a record holds from this double word on.
RECORD_CSRS_AT = 32
RECORD_CSRS = (
    *("mcause", "mepc", "mtval", "mstatus", "mip", "mie", "scause", "sepc", "stval", "satp"),
    *("medeleg", "mideleg", "stvec", "sscratch", "sie", "sip"),
)

#: Of floating point a record holds these.
FLOATS = ("fcsr", *(f"f{n}" for n in range(32)))

# Stub tables in the stubs' page: the first 16 entries, each one instruction that traps to M.
STUB_TABLES = {"ecall": 0x000, "ebreak": 0x100, "illegal": 0x200}
STUB_CAUSE = {"ecall": 9, "ebreak": 3, "illegal": 2}


@dataclass(frozen=True)
class Layout:
    """What differs between images of programs.

    Attributes
    ----------
    slot_pages
        Pages of a slot.
    batch
        Programs in one image.
    segments
        Most segments of a program; a page holds the header and so many records.
    record_bytes
        Size of a record.
    csrs, record_csrs
        As `CSRS`, `RECORD_CSRS`.
    forget
        Bits of mstatus that the frame clears when it takes over, besides MPRV, MPIE and MIE.
    quiet, fences
        Instructions by which it switches interrupt sources off, and drops translations.
    floats
        Whether there are floating-point registers: a record holds them after the CSRs.
    """

    slot_pages: int
    batch: int
    segments: int
    record_bytes: int
    csrs: tuple[str, ...]
    record_csrs: tuple[str, ...]
    forget: int = 0
    quiet: tuple[str, ...] = ()
    fences: tuple[str, ...] = ("sfence.vma",)
    floats: bool = False

    @property
    def record(self) -> tuple[str, ...]:
        """What a record holds, double word by double word."""
        names = ("entry", *(f"x{n}" for n in range(1, 32)), *self.record_csrs)
        return names + (FLOATS if self.floats else ())

    @property
    def slot(self) -> int:
        """Bytes of a slot."""
        return self.slot_pages * PAGE

    def slot_address(self, number: int) -> int:
        """The physical address of a program's slot."""
        return self.first + number * self.slot

    @property
    def first(self) -> int:
        """The first slot: each is aligned to its size if that is a power of two."""
        return SLOTS if self.slot & self.slot - 1 else max(SLOTS, BASE + self.slot)

    def image_size(self, programs: int) -> int:
        """Bytes of an image of that many programs."""
        return self.slot_address(programs) - BASE


#: Programs of a machine without the H extension.
PLAIN = Layout(10, 1024, 7, 384, CSRS, RECORD_CSRS)
