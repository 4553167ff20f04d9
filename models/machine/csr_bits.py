"""The bits of the control and status registers, and which a write can change.

mstatus (sstatus shows the bits that S-mode owns)::

     35 34 33 32   22  21  20  19  18   17  12 11  8    7    5    3   1
    +-----+-----+ +---+--+---+---+---+----+ +----+---+----+----+---+---+
    | SXL | UXL | |TSR|TW|TVM|MXR|SUM|MPRV| |MPP |SPP|MPIE|SPIE|MIE|SIE|
    +-----+-----+ +---+--+---+---+---+----+ +----+---+----+----+---+---+
"""

from models.machine.pmp import ENTRIES
from models.machine.traps import SUPERVISOR_INTERRUPTS

M64 = (1 << 64) - 1
SIE, MIE, SPIE, MPIE, SPP = (1 << n for n in (1, 3, 5, 7, 8))
MPP, MPRV, SUM, MXR, TVM, TW, TSR = (3 << 11, *(1 << n for n in range(17, 23)))
UXL, SXL = 2 << 32, 2 << 34  # 64 bits, fixed
SSTATUS = SIE | SPIE | SPP | SUM | MXR
MSTATUS = SSTATUS | MIE | MPIE | MPP | MPRV | TVM | TW | TSR
FIOM, STCE = 1, 1 << 63
MISA = 2 << 62 | sum(1 << ord(letter) - ord("A") for letter in "ACIMSU")
TIME_BIT = 1 << 1  # of mcounteren and scounteren: bit n lets the mode below read counter n

#: The registers that are there, and the bits that a write changes.
WRITABLE: dict[str, int] = {
    "sstatus": SSTATUS,
    "sie": M64,
    "stvec": M64,
    "scounteren": 0xFFFFFFFF,
    "senvcfg": FIOM,
    "sscratch": M64,
    "sepc": M64 & ~1,
    "scause": M64,
    "stval": M64,
    "sip": M64,
    "stimecmp": M64,
    "satp": M64,
    "mstatus": MSTATUS,
    "misa": 0,
    "medeleg": 0xB3FF,
    "mideleg": SUPERVISOR_INTERRUPTS,
    "mie": 0xAAA,
    "mtvec": M64,
    "mcounteren": 0xFFFFFFFF,
    "menvcfg": FIOM | STCE,
    "mcountinhibit": 0b101,
    "mscratch": M64,
    "mepc": M64 & ~1,
    "mcause": M64,
    "mtval": M64,
    "mip": SUPERVISOR_INTERRUPTS,
    "mcycle": M64,
    "minstret": M64,
    "cycle": 0,
    "time": 0,
    "instret": 0,
    "mvendorid": 0,
    "marchid": 0,
    "mimpid": 0,
    "mhartid": 0,
    "mconfigptr": 0,
}
for _n in range(3, 32):  # event counters: there, and always zero
    WRITABLE |= {f"hpmcounter{_n}": 0, f"mhpmcounter{_n}": 0, f"mhpmevent{_n}": 0}
WRITABLE |= {"pmpcfg0": M64, "pmpcfg2": M64} | {f"pmpaddr{_n}": M64 for _n in range(ENTRIES)}
