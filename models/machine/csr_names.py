"""Names of the control and status registers.

Sources: privileged specification 20211203 (tables 2.2 to 2.6), unprivileged specification 20191213
(Zicsr counters, F), Sstc 1.0. The registers of V and of the debug trigger module are left out.
"""

from __future__ import annotations

_USER = {"fflags": 0x001, "frm": 0x002, "fcsr": 0x003}
_USER |= {"cycle": 0xC00, "time": 0xC01, "instret": 0xC02}

_SUPERVISOR = {
    "sstatus": 0x100,
    "sie": 0x104,
    "stvec": 0x105,
    "scounteren": 0x106,
    "senvcfg": 0x10A,
    "sscratch": 0x140,
    "sepc": 0x141,
    "scause": 0x142,
    "stval": 0x143,
    "sip": 0x144,
    "stimecmp": 0x14D,
    "satp": 0x180,
    "scontext": 0x5A8,
}

_HYPERVISOR = {
    "vsstatus": 0x200,
    "vsie": 0x204,
    "vstvec": 0x205,
    "vsscratch": 0x240,
    "vsepc": 0x241,
    "vscause": 0x242,
    "vstval": 0x243,
    "vsip": 0x244,
    "vstimecmp": 0x24D,
    "vsatp": 0x280,
    "hstatus": 0x600,
    "hedeleg": 0x602,
    "hideleg": 0x603,
    "hie": 0x604,
    "htimedelta": 0x605,
    "hcounteren": 0x606,
    "hgeie": 0x607,
    "henvcfg": 0x60A,
    "htval": 0x643,
    "hip": 0x644,
    "hvip": 0x645,
    "htinst": 0x64A,
    "hgatp": 0x680,
    "hcontext": 0x6A8,
    "hgeip": 0xE12,
}

_MACHINE = {
    "mstatus": 0x300,
    "misa": 0x301,
    "medeleg": 0x302,
    "mideleg": 0x303,
    "mie": 0x304,
    "mtvec": 0x305,
    "mcounteren": 0x306,
    "menvcfg": 0x30A,
    "mcountinhibit": 0x320,
    "mscratch": 0x340,
    "mepc": 0x341,
    "mcause": 0x342,
    "mtval": 0x343,
    "mip": 0x344,
    "mtinst": 0x34A,
    "mtval2": 0x34B,
    "mseccfg": 0x747,
    "tselect": 0x7A0,
    "tdata1": 0x7A1,
    "tdata2": 0x7A2,
    "tdata3": 0x7A3,
    "mcontext": 0x7A8,
    "dcsr": 0x7B0,
    "dpc": 0x7B1,
    "dscratch0": 0x7B2,
    "dscratch1": 0x7B3,
    "mcycle": 0xB00,
    "minstret": 0xB02,
    "mvendorid": 0xF11,
    "marchid": 0xF12,
    "mimpid": 0xF13,
    "mhartid": 0xF14,
    "mconfigptr": 0xF15,
}

_NUMBERED = {
    **{f"hpmcounter{n}": 0xC00 + n for n in range(3, 32)},
    **{f"mhpmcounter{n}": 0xB00 + n for n in range(3, 32)},
    **{f"mhpmevent{n}": 0x320 + n for n in range(3, 32)},
    **{f"pmpcfg{n}": 0x3A0 + n for n in range(0, 16, 2)},  # RV64 has the even ones only
    **{f"pmpaddr{n}": 0x3B0 + n for n in range(64)},
}

#: Number of each register, by name.
NUMBERS: dict[str, int] = {**_USER, **_SUPERVISOR, **_HYPERVISOR, **_MACHINE, **_NUMBERED}

#: Name of each register, by number.
NAMES: dict[int, str] = {number: name for name, number in NUMBERS.items()}
