"""Random privileged pieces: CSRs, returns, fences, interrupts, and what must trap."""

from __future__ import annotations

import random
from dataclasses import dataclass

from models.machine.csr_names import NUMBERS
from models.machine.decode import decode
from models.machine.isa import INSTRUCTIONS
from tests.machine.differential import layout as at
from tests.machine.differential.emit import POINTERS, SCRATCH, SPECIAL, VALUES, Code
from tests.machine.differential.tables import AddressSpace

SSIP, MSIP, STIP, MTIP, SEIP, MEIP = (1 << bit for bit in (1, 3, 5, 7, 9, 11))
SIE, MIE, SPIE, MPIE, SPP, MPRV, SUM, MXR, TVM, TW, TSR = (
    1 << bit for bit in (1, 3, 5, 7, 8, 17, 18, 19, 20, 21, 22)
)
UXL_64 = 2 << 32
STCE = 1 << 63

#: CSRs whose value is the passing of time: what is read is dropped at once.
TIMES = {NUMBERS[name] for name in ("cycle", "time", "instret", "mcycle", "minstret")}
#: CSRs that tell which machine this is.
IDENTITY = {NUMBERS[name] for name in ("mvendorid", "marchid", "mimpid")}
#: CSRs that any value may be written to.
FREE = [
    NUMBERS[name]
    for name in (
        *("sscratch", "stval", "scause", "mtval", "mcause", "mcycle", "minstret"),
        "misa",
        *("cycle", "instret", "time", "mhartid", "mconfigptr"),
    )
]
#: CSRs that the frame stands on: written only with values that leave it standing.
GUARDED = (
    *("mstatus", "sstatus", "medeleg", "stvec", "satp", "mtvec", "mscratch"),
    *("mie", "sie", "mideleg", "stimecmp", "pmpcfg0", "pmpaddr1", "pmpaddr5"),
)
#: CSRs of which only some bits are written: QEMU keeps others too (see `explained`).
BITS = {
    **dict.fromkeys(("mcounteren", "scounteren"), 4294967295),
    **dict.fromkeys(("sepc", "mepc"), (1 << 64) - 2),
    **dict.fromkeys(("sip", "mip"), SSIP | STIP | SEIP),
    "senvcfg": 1,
    "menvcfg": 1,
    "mcountinhibit": 0b101,
    "pmpaddr12": (1 << 54) - 1,
}
_UNWRITTEN = {NUMBERS[name] for name in (*GUARDED, *BITS, "pmpcfg2")} | {
    NUMBERS[f"pmpaddr{n}"] for n in range(16)
}
#: Event counters, which QEMU leaves out where the specification wants them to read zero; and the
#: one register of H that QEMU's M-mode has without it.
_STRANGE = {
    *range(0xB03, 0xB20),
    *range(0xC03, 0xC20),
    *range(0x323, 0x340),
    NUMBERS["vstimecmp"],
}
#: Interrupts enabled together: QEMU takes the lowest number first, the specification has an order
#: of its own; of these the first is the same.
ENABLED = (
    *(0, SSIP, MSIP, STIP, MTIP, SEIP, MSIP | MTIP, MSIP | STIP, MSIP | SEIP, MTIP | SEIP),
    *(SSIP | STIP, SSIP | STIP | MEIP),
)
#: Modes of satp that are in neither machine.
ABSENT = (*range(1, 8), *range(11, 16))
#: Flags of a PMP entry; W without R is reserved.
PMP_FLAGS = (0, 1, 3, 4, 5, 7)


@dataclass
class Rules:
    """What the program at hand may do.

    Attributes
    ----------
    space
        Its page tables, or None if it runs without translation.
    stub
        Which stub table its supervisor traps go to.
    strict
        Instruction fetch faults are delegated, so stubs and code must stay reachable.
    protected
        Physical memory protection may be set up and changed.
    base
        The slot's physical address.
    """

    space: AddressSpace | None
    stub: str
    strict: bool
    protected: bool
    base: int

    @property
    def stub_address(self) -> int:
        """Where the stub table is seen from S-mode."""
        start = self.space.page(2) if self.space else at.STUBS
        return start + at.STUB_TABLES[self.stub]

    def boundary(self, rng: random.Random) -> int:
        """A value of pmpaddr: never where it would cut the frame's own accesses in two."""
        return self.base + rng.randrange(at.DATA * at.PAGE, at.PLAIN.slot, 4) >> 2

    def pointers(self, mode: int) -> tuple[int, ...]:
        """The pointer registers of a mode, good ones more often."""
        if self.space is None:
            return POINTERS
        return (18, 19) if mode == 3 else (2, 8, 9) * 4 + (20, 21, 21)

    def delegation(self, code_value: int) -> int:
        """Take from a medeleg value what would never come back."""
        code_value &= ~(1 << at.STUB_CAUSE[self.stub]) & 0xB3FF
        return code_value if self.strict else code_value & ~(1 << 1 | 1 << 12)

    def satp(self, code: Code) -> int:
        """A satp value: the program's own, off, or one that cannot be."""
        rng = code.rng
        space = self.space
        if space is None:
            return rng.choice((0, 0, rng.choice(ABSENT) << 60))
        value = rng.getrandbits(16) << 44 | space.root
        if self.strict or rng.random() < 0.8:
            return value | space.mode << 60
        return rng.choice((0, value | rng.choice((8, 9, *ABSENT)) << 60, value))


def status(code: Code, mode: int) -> int:
    """A value of mstatus that returns to `mode`."""
    value = mode << 11
    for bit, chance in ((SUM, 0.5), (MXR, 0.4), (TVM, 0.1), (TW, 0.1), (TSR, 0.1)):
        value |= bit if code.rng.random() < chance else 0
    return value | code.rng.getrandbits(64) & (SIE | SPIE | SPP | MPIE)


def any_csr(code: Code) -> int:
    """A CSR number: known, or any."""
    while True:
        known = code.rng.random() < 0.8
        number = code.rng.choice(_KNOWN) if known else code.rng.randrange(4096)
        if number not in _STRANGE:
            return number


_KNOWN = tuple(NUMBERS.values())


def _forget_time(code: Code, csr: int, rd: int) -> None:
    if csr in TIMES | IDENTITY and rd:
        code.put("addi", rd=rd, rs1=0, imm=0)


def read_csr(code: Code) -> None:
    """Read any CSR; most numbers are illegal here."""
    csr, rd = any_csr(code), code.target()
    form = code.rng.choice(("csrrs", "csrrc", "csrrsi", "csrrci"))
    code.put(form, rd=rd, csr=csr)
    _forget_time(code, csr, rd)


def write_csr(code: Code) -> None:
    """Write a CSR that may hold anything, or one that may not be written."""
    if code.rng.random() < 0.3:
        name, mask = code.rng.choice(list(BITS.items()))
        scratch = code.rng.choice(SCRATCH)
        code.li(scratch, code.rng.choice((*SPECIAL, code.rng.getrandbits(64))) & mask)
        forms = ("csrrs", "csrrc") if name == "menvcfg" else ("csrrw", "csrrs", "csrrc")
        code.put(code.rng.choice(forms), rd=code.target(), csr=NUMBERS[name], rs1=scratch)
        return
    csr = code.rng.choice(FREE) if code.rng.random() < 0.8 else any_csr(code)
    if csr in _UNWRITTEN:
        return
    rd = code.target()
    if code.rng.random() < 0.7:
        source = code.value()
        if code.rng.random() < 0.3:
            source = code.rng.choice(SCRATCH)
            code.li(source, code.rng.choice((*SPECIAL, code.rng.getrandbits(64))))
        read_only = csr >> 10 == 3
        form = "csrrw" if read_only else code.rng.choice(("csrrw", "csrrs", "csrrc"))
        code.put(form, rd=rd, csr=csr, rs1=source)
    else:
        form = code.rng.choice(("csrrwi", "csrrsi", "csrrci"))
        code.put(form, rd=rd, csr=csr, uimm=code.rng.randrange(32))
    _forget_time(code, csr, rd)


def guarded_csr(code: Code, rules: Rules) -> None:
    """Write a CSR that the frame stands on, with a value that leaves it standing."""
    rng, scratch = code.rng, code.rng.choice(SCRATCH)
    name = rng.choice(GUARDED if rules.protected else GUARDED[:-3])
    rd = rng.choice([n for n in VALUES if n != scratch])
    if name in ("mstatus", "sstatus"):
        value = status(code, rng.choice((0, 1, 3)))
        value |= MPRV if rng.random() < 0.2 else 0
        form = rng.choice(("csrrw", "csrrs", "csrrc")) if name == "sstatus" else "csrrw"
    elif name == "medeleg":
        value, form = rules.delegation(rng.getrandbits(16)), "csrrw"
    elif name == "stvec":
        value, form = rules.stub_address | rng.randrange(2), "csrrw"
    elif name == "satp":
        value, form = rules.satp(code), "csrrw"
    elif name in ("mie", "sie"):
        value, form = rng.choice(ENABLED), "csrrw"
    elif name == "stimecmp":  # past or never: the two clocks do not agree in between
        code.li(scratch, STCE)
        code.put("csrrs", rd=0, csr=NUMBERS["menvcfg"], rs1=scratch)
        value, form = rng.choice((0, -1)), "csrrw"
    elif name.startswith("pmpaddr"):
        value, form = rules.boundary(rng), "csrrw"
    elif name == "mideleg":
        code.put("csrrw", rd=0, csr=NUMBERS["mie"], rs1=0)
        value, form = rng.getrandbits(12) & (SSIP | STIP | SEIP), "csrrw"
    elif name == "pmpcfg0":
        flags = [rng.choice(PMP_FLAGS) | rng.randrange(4) << 3 for _ in range(7)]
        value, form = int.from_bytes(bytes([*flags, 0x1F]), "little"), "csrrw"
    else:
        _swap(code, NUMBERS[name], scratch, rd)
        return
    code.li(scratch, value)
    code.put(form, rd=rd, csr=NUMBERS[name], rs1=scratch)
    if name == "mstatus" and code.mode == 3:
        data_mode = value >> 11 & 3 if value & MPRV else 3
        code.pointers = rules.pointers(data_mode)
    if name.startswith("pmpaddr") and code.mode == 3:  # QEMU sees the entry above only so
        code.put("csrrs", rd=scratch, csr=NUMBERS["pmpcfg0"], rs1=0)
        code.put("csrrw", rd=0, csr=NUMBERS["pmpcfg0"], rs1=scratch)
    if name == "satp" or name.startswith("pmp"):
        code.put("sfence.vma")


def _swap(code: Code, csr: int, scratch: int, rd: int) -> None:
    """Write any legal value, see what was kept, put the old one back."""
    if code.mode == 3:  # no interrupt may come in between
        code.put("csrrci", rd=0, csr=NUMBERS["mstatus"], uimm=MIE)
    value = code.rng.getrandbits(64) & ~3 if csr == NUMBERS["mtvec"] else code.rng.getrandbits(64)
    code.li(scratch, value)
    code.put("csrrw", rd=scratch, csr=csr, rs1=scratch)
    code.put("csrrw", rd=rd, csr=csr, rs1=scratch)


def illegal(code: Code) -> None:
    """An encoding that is none: chance, or an instruction with bits turned."""
    while True:
        pick = code.rng.random()
        if pick < 0.4:
            word = code.rng.getrandbits(32) | 3
        elif pick < 0.7:
            row = code.rng.choice(INSTRUCTIONS)
            word = row.match ^ 1 << code.rng.randrange(row.bits)
        else:
            word = code.rng.getrandbits(16)
        if word & 3 != 3:
            word &= 0xFFFF
        if decode(word) is None:
            return code.raw(word, 4 if word & 3 == 3 else 2)


#: Physical addresses at which neither QEMU's board nor this one has anything.
NOWHERE = (0x0100_0000, 0x0F00_0000, 1 << 50, 1 << 55, 0x7FFF_FFFF_FFFF_F000)


def _wild(code: Code, rules: Rules) -> int:
    """An address where nothing is, for whatever translation is on."""
    rng = code.rng
    space = rules.space
    if space is None or code.mode == 3 or rng.random() < 0.3:
        return rng.choice(NOWHERE) + rng.randrange(0, 512, 8)
    choices = [space.page(3), space.page(16), space.window ^ 1 << 63]
    choices += [space.window ^ 1 << 40, space.window ^ 1 << 50]
    return rng.choice(choices) + rng.randrange(16)


def wild_access(code: Code, rules: Rules) -> None:
    """A load, store or atomic that must fault."""
    scratch = code.rng.choice(SCRATCH)
    address = _wild(code, rules)
    code.li(scratch, address)
    names = ["lb", "lh", "lw", "ld", "sb", "sh", "sw", "sd", "lr.w"]
    if rules.space and code.mode < 3 and address % 8 == 0:
        names += ["amoadd.d", "amoswap.w"]
    name = code.rng.choice(names)
    row_fields = {"rs1": scratch}
    row_fields |= {"rs2": 10} if name[0] in "sa" else {"rd": 10}
    code.put(name, **row_fields)


def wild_jump(code: Code, rules: Rules) -> None:
    """A jump to where nothing can be executed."""
    scratch = code.rng.choice(SCRATCH)
    code.li(scratch, _wild(code, rules))
    code.put("jalr", rd=code.target(), rs1=scratch)


def returns(code: Code) -> None:
    """MRET or SRET where it is not allowed, or WFI (a trap there, or an interrupt is pending)."""
    names = {0: ("mret", "sret", "wfi", "sfence.vma"), 1: ("mret",), 3: ()}[code.mode]
    if names:
        code.put(code.rng.choice(names))


def fences(code: Code) -> None:
    """A fence of any kind."""
    name = code.rng.choice(("fence", "fence.tso", "fence.i", "sfence.vma"))
    if name == "sfence.vma":
        code.put(name, rs1=code.rng.choice((0, *code.pointers)), rs2=code.rng.choice((0, 10)))
    elif name == "fence":
        code.put(name, pred=code.rng.randrange(16), succ=code.rng.randrange(16))
    else:
        code.put(name)


def trap(code: Code) -> None:
    """End a segment: a call, or a breakpoint."""
    code.put(code.rng.choice(("ecall", "ecall", "ebreak", "c.ebreak")))


def interrupts(code: Code) -> None:
    """In M-mode: raise some interrupts, enable some, delegate some."""
    rng = code.rng
    if rng.random() < 0.4:
        code.li(5, at.MSIP)
        code.put("addi", rd=6, rs1=0, imm=1)
        code.put("sw", rs1=5, rs2=6, imm=0)
    if rng.random() < 0.4:
        code.li(5, at.MTIMECMP)
        code.put("sd", rs1=5, rs2=0, imm=0)
    if rng.random() < 0.4:
        code.li(5, STCE)
        code.put("csrrs", rd=0, csr=NUMBERS["menvcfg"], rs1=5)
        code.put("csrrw", rd=0, csr=NUMBERS["stimecmp"], rs1=0)
    for bit in (SSIP, STIP, SEIP):
        if rng.random() < 0.4:
            code.li(5, bit)
            code.put("csrrs", rd=0, csr=NUMBERS["mip"], rs1=5)
    code.li(5, rng.getrandbits(12) & (SSIP | STIP | SEIP))
    code.put("csrrw", rd=0, csr=NUMBERS["mideleg"], rs1=5)
    code.li(5, rng.choice(ENABLED))
    code.put("csrrw", rd=0, csr=NUMBERS["mie"], rs1=5)
